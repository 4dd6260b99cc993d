"""`python -m scripts.kits.sizes`: what each package of locks/ weighs where this runs, in MB, the heaviest first."""

from __future__ import annotations

import re
from importlib import metadata

from scripts.kits.parts import LOCKS, ROOT

_LEAST = 5  # MB; lighter ones are told together
_OWN = ("kb", "ingest", "web", "dxkb")


def weight(package: str) -> float:
    """Megabytes of a package's files, 0 where it is not installed (for another system)."""
    try:
        files = metadata.files(package) or ()
    except metadata.PackageNotFoundError:
        return 0.0
    places = (file.locate() for file in files)
    return sum(p.stat().st_size for p in places if p.is_file()) / 1e6  # type: ignore[attr-defined]


def own_weight() -> float:
    """Megabytes of the program itself, without what Python keeps of files that were run."""
    files = (file for name in _OWN for file in (ROOT / name).rglob("*"))
    return sum(f.stat().st_size for f in files if f.is_file() and f.suffix != ".pyc") / 1e6


def named(lock: str) -> set[str]:
    """The packages of a lock."""
    text = (LOCKS / f"{lock}.txt").read_text("utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def main() -> None:
    """Prints what shipped settings need, what scans add, what DXKB_MODEL adds."""
    light, ocr = named("light"), named("ocr")
    heavy = named("full") - light - ocr | {"torch"}
    own = {"dxkb": own_weight()}
    for title, weights in (
        ("light", {name: weight(name) for name in light} | own),
        ("ocr", {name: weight(name) for name in ocr}),
        ("DXKB_MODEL", {name: weight(name) for name in heavy}),
    ):
        print(f"{title}: {sum(weights.values()):.0f} MB")
        for name, megabytes in sorted(weights.items(), key=lambda one: -one[1]):
            if megabytes >= _LEAST:
                print(f"  {name} {megabytes:.0f}")


if __name__ == "__main__":
    main()
