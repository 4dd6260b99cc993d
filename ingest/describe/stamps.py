"""Stamps on the first page that say who may see a document: 部外秘, 取扱注意, 庁内限り."""

from __future__ import annotations

import re
import unicodedata

from ingest.page import Extract

_HEAD = 20  # lines of what has no pages
_LONGEST = 60  # characters of a line that a stamp in brackets stands in
_WORD = (
    "取り?扱い?(?:厳重)?注意|[部社庁省課局外対]外秘|庁内秘|極秘|厳秘|マル秘|機密(?:情報|文書|資料)?|機密性[23](?:情報)?"
    "|(?:[部課局]内|庁内|内部|行政内部|関係者|関係機関|職員|役員|委員)(?:限り?|限定|用|のみ|外秘)(?:資料|文書)?"
    "|非公開(?:資料)?|未公表(?:資料)?|公表前|内部資料|複写(?:厳禁|禁止)|持ち?出し?(?:厳禁|禁止)|転載・?配布禁止"
    "|confidential|internal(?:use)?only|classified|notforpublic(?:release|distribution)"
)
_OPEN, _CLOSE = "([{<「『【〔〈《≪※★*●■◆・", ")]}>」』】〕〉》≫※★*●■◆・"
_ALONE = re.compile(rf"[{re.escape(_OPEN)}]*(?:{_WORD}|秘)[{re.escape(_CLOSE)}]*")
_BRACKETED = re.compile(rf"[(\[{{<「『【〔〈《≪](?P<stamp>{_WORD}|秘)[)\]}}>」』】〕〉》≫]")


def stamps(extract: Extract) -> tuple[str, ...]:
    """What is stamped on the first page, as it stands there and once each: alone on its line, or in
    brackets beside a title. Running heads count, so ask before they are taken away."""
    found: dict[str, None] = {}
    for page in extract.pages[:1]:
        lines = [part for block in page.blocks for part in re.split(r"[\n\t]", block.text)]
        for line in lines if page.number is not None else lines[:_HEAD]:
            text = "".join(unicodedata.normalize("NFKC", line).lower().split())
            inside = _BRACKETED.search(text) if len(text) <= _LONGEST else None
            if _ALONE.fullmatch(text) or inside:
                found[(inside["stamp"] if inside else text).strip(_OPEN + _CLOSE)] = None
    return tuple(found)
