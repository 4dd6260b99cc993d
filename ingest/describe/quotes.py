"""The texts of a case to read facts from, and the words that a fact was read from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter

from ingest.describe.others import is_elsewhere, own_text
from ingest.describe.years import folded_once
from kb.base.types import CaseDraft, Evidence, Section
from kb.language.text import Folded, fold_text, sentences

_NEEDLESS = re.compile(r"(?<![a-z]) | (?![a-z])")
_AROUND = 30
"""Characters of text shown on both sides of what was read in a long sentence."""
_SENTENCE = 100
"""Characters up to which a sentence is shown whole."""
_SOURCES = re.compile("出典|出所|引用元|情報源|参考(?:資料|文献|リンク|url)?$")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text to read: the case's title (``role`` "") or a section."""

    role: str
    heading: str
    text: str
    page: int | None

    def quote(self, name: str, value: str, start: int, end: int) -> Evidence:
        """``value`` as read from ``text[start:end]``, with its sentence, or with the words around it
        in a long one."""
        spans = _spans(self.text)
        at = bisect_right(spans, start, key=itemgetter(0)) - 1
        left, right = spans[at] if at >= 0 else (0, 0)
        if not end <= right <= left + _SENTENCE:
            left, right = max(0, start - _AROUND), min(len(self.text), end + _AROUND)
        return Evidence(name, value, self.page, " ".join(self.text[left:right].split()))

    def matched(
        self, name: str, pattern: re.Pattern[str], unless: re.Pattern[str] | None = None
    ) -> Iterator[Evidence]:
        """What ``pattern`` finds in the text, or its named group, unless that is followed by ``unless``."""
        folded = squeezed(self.text)
        for match in pattern.finditer(folded.text):
            group = next((g for g in pattern.groupindex if match[g]), 0)
            if unless and unless.match(folded.text, match.end(group)):
                continue
            start, end = folded.span(*match.span(group))
            yield self.quote(name, " ".join(self.text[start:end].split()), start, end)


def parts(draft: CaseDraft) -> Iterator[SourceText]:
    """The title of a case and its sections."""
    yield SourceText("", "", draft.title, draft.pages[0] if draft.pages else None)
    yield from map(text_of, draft.sections)


def own(found: Iterable[SourceText], municipality: str) -> Iterator[SourceText]:
    """``found`` without the parts, and with blanks for the sentences, that speak of others than
    ``municipality``."""
    for told in found:
        if not is_elsewhere(told.heading):
            text = own_text(told.text, municipality)
            yield told if text is told.text else replace(told, text=text)


def own_parts(draft: CaseDraft, *without: str) -> tuple[SourceText, ...]:
    """What sections say of the case itself: not its list of sources, nor the roles ``without``, nor
    what is said of others."""
    told = _own_parts(draft.sections, draft.municipality)
    return tuple(part for part in told if part.role not in without) if without else told


@lru_cache(maxsize=4)  # a dozen kinds of facts each look at the same case
def _own_parts(sections: tuple[Section, ...], municipality: str) -> tuple[SourceText, ...]:
    told = (text_of(one) for one in sections if not _SOURCES.match(fold_text(one.heading)))
    return tuple(own(told, municipality))


def distinct(found: Iterable[Evidence], most: int) -> tuple[Evidence, ...]:
    """The first ``most`` of different values, each where it stands first."""
    values: dict[str, Evidence] = {}
    for evidence in found:
        values.setdefault(evidence.value, evidence)
    return tuple(values.values())[:most]


@lru_cache(maxsize=512)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    return sentences(text)


def text_of(section: Section) -> SourceText:
    """A section as a text to read."""
    return SourceText(section.role, section.heading, section.text, section.page)


@lru_cache(maxsize=512)
def squeezed(text: str) -> Folded:
    """``text`` folded, without the spaces that some producers set beside figures (「30 分 → 5 分」)."""
    folded = folded_once(text)
    needless = {match.start() for match in _NEEDLESS.finditer(folded.text)}
    if not needless:
        return folded
    keep = [i for i in range(len(folded.text)) if i not in needless]
    return Folded(
        "".join(folded.text[i] for i in keep),
        [folded.starts[i] for i in keep],
        [folded.ends[i] for i in keep],
    )
