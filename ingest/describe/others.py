"""Sentences of a case that speak of somebody else: another town, a survey's answers, what is only
hoped for elsewhere. No fact of the case is read from them."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.language.text import fold_text, sentences
from kb.places.gazetteer import load_gazetteer

_OTHERS = re.compile(
    r"(?:^|[^そ])(?:他|ほか|近隣|隣|周辺|先進|先行)(?:の)?(?:自治体|市町村?|市区町村|団体|地域|都市|市|町(?!内)|村|県)(?:の|で|は|が|に|と|では|でも|から|にも|、)"
    r"|[市町村区県]でも(?:同じ|同様|似た|近い)|隣(?:の|接する)\S{1,8}[市町村]|(?:近隣|周辺|隣県|他県|県外)では|[市町村区県](?:さん)?(?:では|は)[^。]{1,60}?と(?:の話を)?(?:聞い|聞き|伺|のこと)|先進地|全国の(?:自治体|市町村)|全国では|国内では"
)
_ANSWERS = re.compile(
    r"」?と(?:の)?(?:回答|答え(?!合)|する回答|した団体|いう意見)|(?:団体|自治体|市町村|市町|町村)[はがの]?(?:約)?\d+(?:団体|市町|自治体|%|割)|回答が\d"
)
_SUSPECT = re.compile("[市町村区県他隣]|先進|先行|周辺|ほか|全国|国内|団体|自治体|回答|答え|意見")
"""Letters and words without which no sentence speaks of others."""
_ELSEWHERE = re.compile(
    r"^(?:他|ほか)の?(?:自治体|市町村|団体|地域|市|町)|先進(?:地|事例|自治体)|^参考(?:事例|にした)|^元のメール$|近隣(?:の)?(?:自治体|市町村?)"
)
_INTENDED = re.compile(r"目標|kpi|今後|将来|展望|見通し|予定|ロードマップ|想定|スケジュール")
TALK = re.compile(
    r"(?:視察|行政調査|先進地調査|復命|(?:出張|研修参加)の?(?=報告|復命|記録))(?:の?(?:報告|復命|記録|結果|メモ))?書?(?:について)?\s*(?:\([^)]*\))?$|^(?:視察|出張|復命|行政調査)(?:報告|記録|メモ)"
    r"|(?:^|[会議回部 ])(?:議事録|議事要旨|議事概要|会議録|会議要旨|発言要旨|質疑応答)\s*(?:\([^)]*\))?$"
)
"""Titles of what was said at a meeting, or seen elsewhere."""
_ASKING = "(?:依頼|照会|通知|案内|開催案内|周知|事務連絡)"
REQUEST = re.compile(rf"\({_ASKING}\)\s*$|^[【\[(〔]{_ASKING}[】\])〕]")
"""Titles of letters that ask others for something, or tell them."""
GUIDE = re.compile(
    r"手引|ガイド(?:ライン|ブック)?|マニュアル|進め方|要領|要綱|手順書|仕様書|募集要項|q\s*[&＆]\s*a|よくある(?:質問|問い?合わせ)|"
    r"チェックリスト|用語集"
)
"""Titles of documents that say how something is done, not what was done."""
BUDGET = re.compile(
    r"(?:補正|当初|専決|会計|骨格)予算|予算(?:書|案|説明書|の概要|額の?推移)|歳入|歳出|専決処分|債務負担|繰越(?:明許|計算|事業)|地方債現在高|基金現在高|決算報告|施政方針|(?:市|町|村|県|行)政報告|所信表明|提案理由"
)
"""Titles of papers on all that a municipality does in a year, whose figures are those of many works."""
_SUBJECT = re.compile(
    r"(?:^|[。、\n\s「（(・]|は|なお|また)(?P<name>[一-鿿々ァ-ヶぁ-ん]{1,7}?[市町村区])(?:さん|様)?(?:で)?(?:は|が|も)(?!じ)"
)
_OWN = ("当", "本", "同", "全", "各", "両", "我")


@lru_cache(maxsize=512)
def is_elsewhere(heading: str) -> bool:
    """True for the heading of a part about others: 「他の自治体の例」."""
    return bool(_ELSEWHERE.search(fold_text(heading)))


@lru_cache(maxsize=512)
def is_intended(heading: str) -> bool:
    """True for the heading of a part about what is hoped for: 「目標」「今後の予定」."""
    return bool(_INTENDED.search(fold_text(heading)))


@lru_cache(maxsize=512)
def own_text(text: str, municipality: str) -> str:
    """``text`` with blanks, as many characters, for the sentences that speak of others than
    ``municipality`` ("" for one that is not known: any town may be the case's own)."""
    if not _SUSPECT.search(text):
        return text
    kept, at = list[str](), 0
    for start, end in sentences(text):
        if _is_of_others(text[start:end], municipality):
            kept += [text[at:start], " " * (end - start)]
            at = end
    return "".join([*kept, text[at:]]) if kept else text


def _is_of_others(sentence: str, municipality: str) -> bool:
    if not _SUSPECT.search(sentence):
        return False
    folded = fold_text(sentence)
    if municipality and fold_text(municipality) in folded:
        return False
    if _OTHERS.search(folded) or _ANSWERS.search(folded):
        return True
    if not municipality or municipality.endswith(("都", "道", "府", "県")):
        return False
    return any(_is_town(found["name"]) for found in _SUBJECT.finditer(sentence))


@lru_cache(maxsize=4096)
def _is_town(name: str) -> bool:
    if name.startswith(_OWN):
        return False
    return any(place.name == name for place in load_gazetteer().find(name))
