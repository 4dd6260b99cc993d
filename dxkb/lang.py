"""Japanese or English: what a person at the terminal reads."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lang:
    """A language, "ja" or "en". Calling it picks a sentence: ``say("こんにちは", "Hello")``."""

    code: str

    def __call__(self, ja: str, en: str) -> str:
        return en if self.code == "en" else ja


def choose(given: str | None, env: Mapping[str, str] | None = None) -> Lang:
    """The language asked for, else the locale's: English only where the locale says English."""
    if given:
        return Lang(given)
    env = os.environ if env is None else env
    spoken = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    if not spoken:
        spoken = locale.getlocale()[0] or ""
    return Lang("en" if spoken.lower().startswith("en") else "ja")
