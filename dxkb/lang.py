"""Japanese or English: what a person at the terminal reads."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass

from kb.base.messages import Message, message, render, value_name


@dataclass(frozen=True, slots=True)
class Lang:
    """A language, "ja" or "en". Calling it words a message: ``say("cli.search.found", n=3)``."""

    code: str

    def __call__(self, code: str, /, **args: object) -> str:
        return render(message(code, **args), self.code)

    def told(self, told: Message | None) -> str:
        """A message in this language, "" for none."""
        return render(told, self.code) if told else ""

    def name(self, kind: str, value: str) -> str:
        """A value of the data (a ``field``, ``status``, …) as this language shows it."""
        return value_name(kind, value, self.code)

    def either(self, ja: str, en: str) -> str:
        """The one of two names of the data that belongs to this language."""
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
