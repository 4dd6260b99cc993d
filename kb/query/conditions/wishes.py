"""What somebody says about the conditions that were understood: this one must, that one need not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["must", "prefer", "exclude"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """Conditions by their labels: those that shall not count, those that every answer must meet,
    those that are only preferred, and those that no answer may meet. ``strict``: all must be met,
    and where a case does not say, it does not meet."""

    ignored: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool = False

    def mode(self, label: str) -> Mode | None:
        """What was said of a condition; None for nothing."""
        if label in self.exclude:
            return "exclude"
        if label in self.must:
            return "must"
        return "prefer" if label in self.prefer else None


AS_TYPED = Wishes()
"""Nothing but what was typed."""
