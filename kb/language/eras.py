"""The Japanese eras."""

from __future__ import annotations

from collections.abc import Mapping

ERAS: Mapping[str, int] = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "r": 2018,
    "h": 1988,
    "s": 1925,
}
"""The western year before the first of every era, by its name and by its letter (folded)."""
