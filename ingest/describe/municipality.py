"""Which municipality a case is about, and the words that say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.describe.others import is_elsewhere, own_text
from ingest.page import Extract
from ingest.split.labels import exact_label
from ingest.split.plates import is_municipal, plate, shown
from ingest.split.series import subject
from kb.base.types import CaseDraft, Evidence
from kb.language.text import fold_text
from kb.places.gazetteer import Gazetteer, Mention, Place

_SUBJECT = re.compile(r"^(?:は|では|が|の|における|で|、|$)")
_NOW = re.compile(r"[(（]現(?:在)?(?:の|[・、])?$")
_AT_END = re.compile(
    r"[(（【\[［〔「『][^(（【\[［〔「『)）】\]］〕」』]*[)）】\]］〕」』][)）】\]］〕」』\s]*$"
)
_ITSELF = re.compile(r"(?<![一-龥々])[本当]([市町村区])(?=[はがでもにのをへと、])")
_SITE = re.compile(
    r"(?:役所|役場)?(?:公式)?(?:の)?(?:ホームページ|ウェブ(?:サイト)?|web(?:サイト)?|サイト|hp)?"
)
_LOCATED = re.compile(
    r"〒\s*\d{3}|(?:株式会社|有限会社|合同会社|[(（][株有][)）]|㈱|㈲).*\d\s*[-－‐−丁番]\s*\d?|[市区町村郡][^\s、。]{1,12}\d+\s*(?:[-－‐−]\s*\d|丁目|番地)"
)
"""A line with an address: it says where somebody is, a consultant as well as a town hall."""
_CAPTION = re.compile(r"\s*[（(【\[]?(?:図表?|表|写真|出典|出所|資料|参考|注|※|＊)")
_SHORT = 40
"""Characters of the longest line that can be a name plate: 「兵庫県 企画部 デジタル戦略課」."""
_PLATES = 4
"""Lines at the head of a case where a name plate can stand."""
_DOMINANT = 0.6
_EARLY = 300
"""Characters of a section on the first page within which a text says whom it is about."""
_OFTEN = 4
_SHARED = 3
"""Municipalities that a case of several names at least, to be one of their prefecture."""
_AROUND = 30


@dataclass(frozen=True, slots=True)
class Whose:
    """The place of a case: its ``name``, and the ``place`` itself unless the name is ambiguous."""

    name: str
    place: Place | None
    evidence: Evidence


def document_prefecture(extract: Extract, names: Sequence[str], gazetteer: Gazetteer) -> str:
    """The prefecture a whole document is about, "" when it does not say: as given, as its title or
    cover names it alone, or the one in which at least three of the cases called ``names`` lie, all
    of those that lie in one prefecture only."""
    given = extract.front_matter.get("prefecture")
    if isinstance(given, str) and gazetteer.resolve(given):
        return _full_prefecture(given, gazetteer)
    first = extract.pages[0].blocks if extract.pages else ()
    plates = [b.text for b in first[:12] if len(b.text) <= _SHORT and b.kind == "line"]
    plates.append(str(extract.front_matter.get("title", "")))
    named = {
        m.candidates[0].prefecture
        for text in plates
        for m in gazetteer.mentions(text)
        if len({place.prefecture for place in m.candidates}) == 1
    }
    if len(named) == 1:
        return named.pop()
    sure = {name: p.prefecture for name in names if (p := gazetteer.resolve(name))}
    inside = set(sure.values())
    return inside.pop() if len(inside) == 1 and len(sure) >= 3 else ""


def document_place(title: str, prefecture: str, gazetteer: Gazetteer) -> Whose | None:
    """The municipality that the title of a whole document names: 「加古川市 DX事例集」."""
    mention = _titled(title, prefecture, gazetteer)
    if mention is None or not is_municipal(mention):
        return None
    return _found(mention, title, None, prefecture, gazetteer)


def topped(extract: Extract, prefecture: str, gazetteer: Gazetteer) -> Whose | None:
    """The municipality whose name alone stands on top of the first page, as on a cover."""
    for block in extract.pages[0].blocks[:1] if extract.pages else ():
        if block.kind == "line" and plate(block.text.strip(), gazetteer):
            for mention in filter(is_municipal, gazetteer.mentions(block.text, prefecture or None)):
                return _found(mention, block.text, extract.pages[0].number, prefecture, gazetteer)
    return None


def sited(extract: Extract, gazetteer: Gazetteer) -> Whose | None:
    """The municipality whose own site a page is of, by what its title says of the site (南国市公式サイト)."""
    name = str(extract.front_matter.get("site", ""))
    mentions = _towns(name, gazetteer)
    if len(mentions) != 1 or not _SITE.fullmatch(fold_text(name[mentions[0].end :])):
        return None
    return _found(mentions[0], name, None, "", gazetteer)


def filed(extract: Extract, gazetteer: Gazetteer) -> Whose | None:
    """The one municipality that the name of the file gives, in Japanese or, behind its prefecture,
    in romaji (``hyogo_kobe_forms.md``); for a document that names none itself."""
    name = str(extract.front_matter.get("default_title", ""))
    mentions = _towns(name, gazetteer)
    if len({shown(mention) for mention in mentions}) == 1:
        return _found(mentions[0], name, None, "", gazetteer)
    for outer, inner in pairwise(name.split()):
        prefectures = [
            p for p in gazetteer.find(outer) if outer.isascii() and p.name == p.prefecture
        ]
        inside = [
            p for p in gazetteer.find(inner) if [p.prefecture] == [o.name for o in prefectures]
        ]
        if len(inside) > 1:  # 鹿児島 is the prefecture, too
            inside = [p for p in inside if p.name != p.prefecture]
        if len(inside) == 1:
            found = inside[0]
            return Whose(found.name, found, Evidence("municipality", found.name, None, name))
    return None


def _towns(text: str, gazetteer: Gazetteer) -> list[Mention]:
    return [mention for mention in gazetteer.mentions(text) if is_municipal(mention)]


def whose(draft: CaseDraft, prefecture: str, gazetteer: Gazetteer) -> Whose | None:
    """The place a case is about: the one its heading or label row names (``draft.municipality``),
    the subject of its title, a name plate at its head, or the one its text speaks of most."""
    page = draft.pages[0] if draft.pages else None
    if draft.municipality:
        return _named(draft, prefecture, gazetteer)
    mention = _titled(draft.title, prefecture, gazetteer)
    if mention:
        return _found(mention, draft.title, page, prefecture, gazetteer)
    plated = _plate(draft, prefecture, gazetteer)
    if plated and not _LOCATED.search(plated.evidence.text):
        return plated
    return _spoken_of(draft, prefecture, gazetteer) or plated


def _named(draft: CaseDraft, prefecture: str, gazetteer: Gazetteer) -> Whose:
    """The municipality that splitting found, with the text that shows which of its namesakes."""
    page = draft.pages[0] if draft.pages else None
    for at, text in [(page, draft.title), *_plates(draft)]:
        for mention in gazetteer.mentions(text, prefecture or None):
            if shown(mention) == draft.municipality:
                found = _found(mention, text, at, prefecture, gazetteer)
                if found.place:
                    return found
    place = gazetteer.resolve(draft.municipality, prefecture or None)
    place = place or gazetteer.resolve(draft.municipality)
    evidence = Evidence("municipality", draft.municipality, page, draft.title)
    return Whose(draft.municipality, place, evidence)


def _titled(title: str, prefecture: str, gazetteer: Gazetteer) -> Mention | None:
    """The place a title is about: the first one in brackets at its end, else its subject."""
    mentions = gazetteer.mentions(title, prefecture or None)
    if closing := _AT_END.search(title):
        inside = [m for m in mentions if m.start >= closing.start() and m.end < len(title)]
        if inside:  # （北海道・伊達市） is the city
            return next(filter(is_municipal, inside), inside[0]) if len(inside) == 2 else inside[0]
    if mentions:
        return subject(title, gazetteer)
    english = gazetteer.mentions_en(title) if title.isascii() else ()
    return english[0] if len(english) == 1 else None


def shared_prefecture(draft: CaseDraft, gazetteer: Gazetteer) -> str:
    """The prefecture in which all municipalities lie that a case of no single one names, three or more;
    "" where it names fewer, or some elsewhere."""
    named = {
        place.name: place.prefecture
        for section in draft.sections
        for mention in gazetteer.mentions(section.text)
        for place in mention.candidates
        if is_municipal(mention)
    }
    inside = set(named.values())
    return inside.pop() if len(named) >= _SHARED and len(inside) == 1 else ""


def _plates(draft: CaseDraft) -> list[tuple[int | None, str]]:
    """Facts that name the place, then the first short lines: (page, text)."""
    facts, lines = [], []
    for section in draft.sections:
        for line in section.text.splitlines():
            name, sign, said = line.partition("：" if "：" in line else "｜")
            label = exact_label(name) if sign else None
            if label and label.kind == "place" and "｜" not in said:
                facts.append((section.page, said))
    if draft.sections:
        first = draft.sections[0]
        head = [first.heading, *first.text.splitlines()[:_PLATES]]
        # a row of a table (joined by ｜) or a bullet names one of many
        plain = [text for text in head if "｜" not in text and not text.startswith("・")]
        lines = [(first.page, text) for text in plain if len(text) <= _SHORT]
    return facts + lines


def _plate(draft: CaseDraft, prefecture: str, gazetteer: Gazetteer) -> Whose | None:
    for page, text in _plates(draft):
        mentions = gazetteer.mentions(text, prefecture or None)
        is_plain = not text.rstrip().endswith("。") and not _CAPTION.match(text)
        towns = [m for m in mentions if is_municipal(m)]
        around = {place.prefecture for m in towns for place in m.candidates}
        if towns and around.issuperset(shown(m) for m in mentions if m not in towns):
            mentions = tuple(towns)  # 太子町（兵庫県） names one place
        if len({shown(m) for m in mentions}) == 1 and is_plain:
            return _found(mentions[0], text, page, prefecture, gazetteer)
    return None


def _spoken_of(draft: CaseDraft, prefecture: str, gazetteer: Gazetteer) -> Whose | None:
    """The municipality named most in the text; named once, it must be what a sentence is about, and
    named first on later pages, it must be named often: reports name neighbours in passing."""
    counts: Counter[str] = Counter()
    first: dict[str, tuple[Mention, str, int | None]] = {}
    about: set[str] = set()
    for section in draft.sections:
        if is_elsewhere(section.heading):
            continue
        own = own_text(section.text, "")  # a sentence on another town names it in passing
        own = "\n".join("" if _LOCATED.search(line) else line for line in own.split("\n"))
        for mention in gazetteer.mentions(own, prefecture or None):
            if is_municipal(mention):
                name = shown(mention)
                counts[name] += 1
                first.setdefault(name, (mention, section.text, section.page))
                after = section.text[mention.end :]
                if _NOW.search(section.text, max(0, mention.start - 5), mention.start):
                    after = after.lstrip(")） ")
                if _SUBJECT.match(after):
                    about.add(name)
    counts = _of_its_kind(counts, draft)
    if not counts:
        return None
    _unite_wards(counts, {name: mention for name, (mention, _, _) in first.items()})
    name, count = counts.most_common(1)[0]
    mention, text, page = first[name]
    early = not draft.pages or (page == draft.pages[0] and mention.start < _EARLY)
    enough = count >= 2 or name in about
    if count < _DOMINANT * counts.total() or not (enough if early else count >= _OFTEN):
        return None
    return _found(mention, text, page, prefecture, gazetteer)


def _of_its_kind(counts: Counter[str], draft: CaseDraft) -> Counter[str]:
    """The municipalities that can be the one that calls itself 本町 or 当市; all where none does."""
    called = {m[1] for s in draft.sections for m in _ITSELF.finditer(s.text)}
    if len(called) != 1:
        return counts
    return Counter({name: n for name, n in counts.items() if name.endswith(tuple(called))})


def _unite_wards(counts: Counter[str], named: Mapping[str, Mention]) -> None:
    """Counts the 中央区 of 浜松市 for 浜松市, where the text names both; a ward of many cities may be
    of any."""
    cities = {m.place.code: name for name, m in named.items() if m.place and not m.place.parent}
    for name, mention in named.items():
        parents = {place.parent for place in mention.candidates}
        if "" in parents or not cities:
            continue
        count = counts.pop(name)
        for parent in parents & cities.keys():
            counts[cities[parent]] += count


def _found(
    mention: Mention, text: str, page: int | None, prefecture: str, gazetteer: Gazetteer
) -> Whose:
    name = shown(mention)
    place = mention.place or (gazetteer.resolve(name, prefecture) if prefecture else None)
    left, right = max(0, mention.start - _AROUND), mention.end + _AROUND
    around = " ".join(text[left:right].split())
    return Whose(name, place, Evidence("municipality", name, page, around))


def _full_prefecture(name: str, gazetteer: Gazetteer) -> str:
    place = gazetteer.resolve(name)
    return place.prefecture if place else name
