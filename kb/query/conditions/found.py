"""What the detectors of conditions find in a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.base.types import Filters


@dataclass(frozen=True, slots=True)
class Found:
    """What the folded text says from ``start`` to ``end``: its ``kind``, how to show it in Japanese
    and in English, the cases that are ``wanted``, the bounds
    ``low`` and ``high`` that it gives (inclusive), and whether it states a number. A case that
    ``says`` one of these words meets it, too; one that ``tells`` one of them is not known to fail it."""

    kind: str
    start: int
    end: int
    label: str
    label_en: str
    wanted: Filters
    low: int | None = None
    high: int | None = None
    is_number: bool = False
    other_than: str = ""
    says: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()

    def overlaps(self, other: Found) -> bool:
        """True where both share a character."""
        return self.start < other.end and other.start < self.end


def apart(found: Iterable[Found]) -> Iterator[Found]:
    """Of overlapping ones the first in the order given."""
    kept: list[Found] = []
    for one in found:
        if not any(one.overlaps(other) for other in kept):
            kept.append(one)
            yield one
