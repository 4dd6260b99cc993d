"""Name plates: municipalities that stand on a line of their own, and the titles they belong to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ingest.split.outline import Heading, Item
from kb.places.gazetteer import Gazetteer, Mention

_LONGEST = 30
"""Characters of the longest plate: 「神奈川県開成町　企画政策課（人口18,000人）」."""
_NEAR = 3
"""Blocks below a title among which its plate stands."""
_SIGNS = re.compile(
    r"[\s　()（）【】\[\]［］〔〕「」『』<>＜＞≪≫《》〈〉|｜/／:：・･,、―－—–~〜～\-■◆●▼□◇○◎▶★]+"
)
_BESIDE = re.compile(
    r"[0-9０-９]{0,3}(?:[^のはがをにで]{0,12}(?:課|部|局|室|係|班|センター|役場|役所)|人口約?[\d,.０-９，．]+[万千]*人?)*"
)


def is_municipal(mention: Mention) -> bool:
    """True for a municipality, False for a prefecture."""
    return any(place.name != place.prefecture for place in mention.candidates)


def shown(mention: Mention) -> str:
    """The name of a mention as it should be shown: without the prefecture before it."""
    names = {place.name for place in mention.candidates}
    return names.pop() if len(names) == 1 else mention.text


def plate(text: str, gazetteer: Gazetteer) -> str:
    """The municipality when ``text`` is no more than its name, with an office or the population
    beside it; else ""."""
    if not 2 <= len(text) <= _LONGEST:
        return ""
    mentions = gazetteer.mentions(text)
    names = {shown(mention) for mention in mentions if is_municipal(mention)}
    if len(names) != 1:
        return ""
    borders = [0, *(at for mention in mentions for at in (mention.start, mention.end)), len(text)]
    rest = "".join(text[a:b] for a, b in list(pairwise(borders))[::2])
    return names.pop() if _BESIDE.fullmatch(_SIGNS.sub("", rest)) else ""


def plated(
    stream: Sequence[Item], group: Sequence[Heading], gazetteer: Gazetteer
) -> dict[int, tuple[int, str]]:
    """(place in the stream, municipality) of the plates of headings of ``group``, by the headings'
    places: all of them just below, all just above, or anywhere on a page of one title."""
    names = {
        at: name
        for at, item in enumerate(stream)
        if item.block.kind == "line" and (name := plate(item.block.text.strip(), gazetteer))
    }
    if not group or len(set(names.values())) < 2:
        return {}
    borders = [heading.at for heading in group[1:]] + [len(stream)]
    windows = [
        {
            h.at: range(h.end, min(h.end + _NEAR, end))
            for h, end in zip(group, borders, strict=True)
        },
        {h.at: range(max(0, h.at - 2), h.at) for h in group},
        _pages(stream, group),
    ]
    found = [
        {at: one for at, window in way.items() if (one := _only(stream, at, window, names))}
        for way in windows
    ]
    return max(found, key=len)


def _pages(stream: Sequence[Item], group: Sequence[Heading]) -> dict[int, range]:
    """The items of the pages that have one title of ``group``, by the titles' places."""
    titles = Counter(stream[heading.at].page for heading in group)
    spans: dict[int, list[int]] = {}
    for at, item in enumerate(stream):
        spans.setdefault(item.page, [at, at])[1] = at
    return {
        h.at: range(spans[page][0], spans[page][1] + 1)
        for h in group
        if titles[page := stream[h.at].page] == 1
    }


def _only(
    stream: Sequence[Item], title: int, window: range, names: Mapping[int, str]
) -> tuple[int, str] | None:
    """The plate in ``window`` on the page of the title, None for none or several."""
    page = stream[title].page
    here = [(at, names[at]) for at in window if at in names and stream[at].page == page]
    return here[0] if len(here) == 1 else None
