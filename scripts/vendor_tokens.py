"""Vendors the design tokens that the stylesheets use.

Source: npm @digital-go-jp/design-tokens (Digital Agency of Japan, MIT). Run from anywhere:

    python scripts/vendor_tokens.py [PACKAGE.tgz]

Without an argument the package is fetched with ``npm pack``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@digital-go-jp/design-tokens@1.1.9"
STATIC = Path(__file__).parents[1] / "web" / "static"
VENDOR = STATIC / "vendor"

_DEFINITION = re.compile(r"^\s*(--[\w-]+):\s*(.+);$", re.MULTILINE)
_USE = re.compile(r"var\((--[\w-]+)")


def fetch(folder: Path) -> Path:
    """The package's tarball, downloaded into ``folder``."""
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True)
    return next(folder.glob("*.tgz"))


def needed(tokens: dict[str, str], stylesheets: str) -> dict[str, str]:
    """The tokens that ``stylesheets`` use, and those that these are made of."""
    waiting = _USE.findall(stylesheets)
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in tokens and name not in found:
            found.add(name)
            waiting += _USE.findall(tokens[name])
    return {name: value for name, value in tokens.items() if name in found}


def read(tarball: Path) -> tuple[dict[str, str], str, str]:
    """Tokens, licence and version of the package."""
    with tarfile.open(tarball) as archive:

        def text(name: str) -> str:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise FileNotFoundError(f"{name} is not in {tarball}")
            return member.read().decode("utf-8")

        tokens = dict(_DEFINITION.findall(text("dist/tokens.css")))
        return tokens, text("LICENSE"), json.loads(text("package.json"))["version"]


def main() -> None:
    """Writes web/static/vendor/tokens.css and the licence beside it."""
    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(sys.argv[1]) if len(sys.argv) > 1 else fetch(Path(folder))
        tokens, licence, version = read(tarball)
    stylesheets = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.css"))
    chosen = needed(tokens, stylesheets)
    lines = "".join(f"  {name}: {value};\n" for name, value in chosen.items())
    head = f"/* @digital-go-jp/design-tokens {version}, MIT: LICENSE-design-tokens.txt */\n"
    VENDOR.mkdir(parents=True, exist_ok=True)
    (VENDOR / "tokens.css").write_text(
        f"{head}:root {{\n{lines}}}\n", encoding="utf-8", newline="\n"
    )
    (VENDOR / "LICENSE-design-tokens.txt").write_text(licence, encoding="utf-8", newline="\n")
    print(f"{len(chosen)} of {len(tokens)} tokens")


if __name__ == "__main__":
    main()
