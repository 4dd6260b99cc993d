"""Words that people stamp on what not everybody may see: 部外秘, 取扱注意, 庁内限り."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60  # characters of a line that a stamp in brackets stands in
_WHO = "(?:[部課局]内|庁内|内部|行政内部|関係者|関係機関|職員|役員|委員)"
_WORD = (
    "取り?扱い?(?:厳重)?注意|[部社庁省課局外対]外秘|庁内秘|極秘|厳秘|マル秘|機密性[23](?:情報)?|機密(?:情報|文書|資料)?"
    f"|{_WHO}(?:限り?|限定|用|のみ|外秘)(?:資料|文書)?|対外厳?秘|{_WHO}(?:外|以外)(?:へ|へ?の)?(?:配布|転送)?(?:厳禁|禁止)"
    "|非公開(?:資料)?|未公表(?:資料)?|公表前|内部(?:検討)?資料|内部検討用|取り?扱い?には?(?:十分)?(?:御|ご)?注意|複写(?:厳禁|禁止)|持ち?出し?(?:厳禁|禁止)|転載・?配布禁止|会議後回収|要回収"
    "|confidential|internal(?:use)?only|classified|notforpublic(?:release|distribution)"
)
_OPEN, _CLOSE = "([{<「『【〔〈《≪※★*●■◆・", ")]}>」』】〕〉》≫※★*●■◆・"
_ONE = rf"[{re.escape(_OPEN)}]*(?:{_WORD}|秘)[{re.escape(_CLOSE)}]*"
_ALONE = re.compile(rf"(?:注釈:)?{_ONE}(?:[、,/]?{_ONE})*(?:でお願いします|です|とします)?。?")
_BRACKETED = re.compile(rf"[(\[{{<「『【〔〈《≪](?P<stamp>{_WORD}|秘)[)\]}}>」』】〕〉》≫]")
_QUOTES = "「『"
_SENTENCE = re.compile("[。、]")
_SAID = re.compile(
    r"(?:この|本|当|当該|添付の?)(?:資料|文書|書類|ファイル|メール|議事録|報告書)(?:は|を)、?[^。、]{0,10}?"
    rf"[{re.escape(_OPEN)}]*(?P<stamp>{_WORD})(?!では|[にがを])"
)
_PART = re.compile(r"[_\-\s.・、,+&]+")
_KEPT = re.compile("(?<=.)(?:資料|文書|書類|ファイル|データ)$")
_FOLDER = "庁内"
"""The name of a folder that says by itself who may see it."""


def stamped(line: str) -> str:
    """The word that is stamped on a line: alone there, in brackets beside a title, or said of the paper
    itself (「この資料は庁内限り」); "" where there is none."""
    text = _plain(line)
    if is_stamp(line):
        return "・".join(re.findall(f"{_WORD}|秘", text))
    found = _beside(text) if len(text) <= _LONGEST else None
    found = found or _SAID.search(text)
    return found["stamp"] if found else ""


def is_stamp(line: str) -> bool:
    """Whether a line is nothing but a stamp."""
    return bool(_ALONE.fullmatch(_plain(line)))


def stamped_path(path: str) -> tuple[str, ...]:
    """The words that the names of a file and of its folders within the corpus carry: 「【庁内限り】契約.docx」,
    「取扱注意_契約.docx」, what lies in 「部外秘/」."""
    *folders, name = path.split("/")
    own = [word for folder in folders for word in _in_name(folder, _FOLDER)]
    return tuple(dict.fromkeys([*own, *_in_name(name.rpartition(".")[0] or name)]))


def _beside(text: str) -> re.Match[str] | None:
    """The stamp in brackets before or behind a title; words within a sentence or in quotes are spoken of."""
    is_title = not _SENTENCE.search(text)
    for found in _BRACKETED.finditer(text):
        is_at_edge = found.start() == 0 or found.end() == len(text)
        if found[0][0] not in _QUOTES and (is_at_edge or is_title):
            return found
    return None


def _in_name(name: str, plain: str = "") -> list[str]:
    text = unicodedata.normalize("NFKC", name).lower()
    if plain and text.strip() == plain:
        return [plain]
    inside = [m["stamp"] for m in _BRACKETED.finditer(_plain(name))]
    parts = (part.strip(_OPEN + _CLOSE) for part in _PART.split(text))
    return inside or [
        part for part in parts if len(part) > 1 and _ALONE.fullmatch(_KEPT.sub("", part))
    ]


def _plain(line: str) -> str:
    return "".join(unicodedata.normalize("NFKC", line).lower().split())
