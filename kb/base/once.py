"""What is dear to find, found once for a state of what it is found in."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Made = TypeVar("Made")
_MOST = 64  # things kept; more would be one for each of many viewers


class Once:
    """Values by key for one state at a time. Safe to share between threads, which at worst find the
    same value twice."""

    def __init__(self, most: int = _MOST) -> None:
        """Keeps up to ``most`` values; with one more it begins anew."""
        self._most = most
        self._held: tuple[Hashable, dict[Hashable, object]] = (None, {})

    def get(self, key: Hashable, state: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` finds, asked for once while the ``state`` stays; to be read only."""
        held = self._held
        if held[0] != state or len(held[1]) >= self._most:
            held = self._held = state, {}
        if key not in held[1]:
            held[1][key] = make()
        return cast("Made", held[1][key])
