"""The packages that dxkb stands on, with their licences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

# Where a licence may be chosen, or the package's own words do not say it.
_CHOSEN = {
    "tld": "MPL-1.1 (of MPL-1.1, GPL-2.0-only, LGPL-2.1-or-later)",
    "unidic-lite": "MIT; UniDic: BSD-3-Clause (of GPL-2.0, LGPL-2.1, BSD-3-Clause)",
}
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Library:
    """An installed package with its version and licence."""

    name: str
    version: str
    licence: str


def libraries(of: str = "dxkb") -> tuple[Library, ...]:
    """All that ``of`` brings and is installed, by name; extras are left out."""
    found: dict[str, Library] = {}
    waiting = [of]
    while waiting:
        name = waiting.pop()
        try:
            one = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        library = library_of(one)
        if library.name.lower() not in found:
            found[library.name.lower()] = library
            waiting += _required(one)
    return tuple(found[name] for name in sorted(found) if name != of)


def library_of(one: metadata.Distribution) -> Library:
    """What a package says of itself."""
    told = one.metadata
    given = {
        key: str(told[key]).strip() for key in ("License-Expression", "License") if key in told
    }
    short = given.get("License", "").partition("\n")[0]
    classes = [c.rpartition(":: ")[2] for c in told.get_all("Classifier") or () if "License" in c]
    licence = (
        _CHOSEN.get(told["Name"].lower())
        or given.get("License-Expression")
        or (short if len(short) <= 60 else "")
        or ", ".join(classes)
    )
    return Library(told["Name"], one.version, licence or "?")


def _required(one: metadata.Distribution) -> Iterator[str]:
    for line in one.requires or ():
        if "extra ==" not in line and (name := _NAME.match(line)):
            yield name.group()
