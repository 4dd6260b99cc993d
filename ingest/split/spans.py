"""Where each case of a collection begins and ends, and what is left as its frame."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ingest.split.labels import continued, label_key
from ingest.split.outline import Heading, Item
from ingest.split.series import Head, is_frame, series
from kb.places.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class CaseSpan:
    """Items ``start`` to ``end`` (exclusive): a case with its ``head``, or a piece of the frame."""

    start: int
    end: int
    head: Head | None


def spans(
    stream: tuple[Item, ...], outline: tuple[Heading, ...], gazetteer: Gazetteer
) -> tuple[CaseSpan, ...]:
    """The cases and the frame around them, in order; one span without a head for a document that
    is no collection. The spans cover the stream without overlap."""
    group, heads = series(stream, outline, gazetteer)
    if not heads:
        return (CaseSpan(0, len(stream), None),)
    borders = [head.at for head in heads] + [len(stream)]
    ends = _Ends(outline, group, heads)
    found = [CaseSpan(0, borders[0], None)]
    for head, following in zip(heads, borders[1:], strict=True):
        end = ends.of(head, following, last=following == len(stream))
        found += [CaseSpan(head.at, end, head), CaseSpan(end, following, None)]
    return tuple(span for span in found if span.end > span.start)


class _Ends:
    """Finds the heading that leads from a case back to the frame."""

    def __init__(
        self, outline: tuple[Heading, ...], group: tuple[Heading, ...], heads: tuple[Head, ...]
    ) -> None:
        self._outline = outline
        self._begun = {head.at for head in heads}
        self._siblings = {heading.at for heading in group}
        self._rank = min((h.rank for h in group if h.at in self._begun), default=0)
        kinds = Counter(head.number.kinds for head in heads).most_common(1)[0][0]
        self._parents = ("1.",) if kinds == ("1-1",) else kinds[:-1]  # 2. stands above 2.1
        self._inner = Counter(
            label_key(h.text)
            for h in outline
            if heads[0].at < h.at < heads[-1].at and self._is_inner(h)
        )

    def of(self, head: Head, following: int, last: bool) -> int:
        """The end (exclusive) of the case that ``head`` begins; the next begins at ``following``."""
        for heading in self._outline:
            inside = head.at < heading.at < following and not continued(heading.text)[1]
            if inside and (self._leads_back(heading) or (last and self._is_strange(heading))):
                return heading.at
        return following

    def _is_inner(self, heading: Heading) -> bool:
        """True for a sibling of the heads that begins no case itself: a second title of a case."""
        sibling = heading.at in self._siblings and heading.at not in self._begun
        return sibling and not self._leads_back(heading)

    def _is_strange(self, heading: Heading) -> bool:
        """True for a sibling after the last case when cases have no such titles inside, or always
        the same ones."""
        if not self._is_inner(heading) or label_key(heading.text) in self._inner:
            return False
        return all(count >= 2 for count in self._inner.values())

    def _leads_back(self, heading: Heading) -> bool:
        if heading.at in self._siblings:
            parents = self._parents and heading.number.kinds == self._parents
            return bool(parents) or is_frame(heading.text)
        stated = heading.style.startswith("level") or {"part", "chapter"} & {*heading.number.kinds}
        return heading.rank < self._rank and (heading.opens or bool(stated))
