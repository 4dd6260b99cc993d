"""`make lock`: writes locks/ from pyproject.toml and constraints.txt: every file of every pin by its SHA-256.

`light.txt` is what shipped settings need, for every system, but for the recognition of scans: `ocr.txt` adds that.
`full.txt` is both and sentence-transformers, for whoever sets DXKB_MODEL. torch and what only torch brings are left out: whoever installs it chooses its build.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parents[1]
HEAVY = "sentence-transformers"
SCANS = "rapidocr"
_TORCH = re.compile(r"(?:torch|triton|setuptools|cuda|nvidia)\b")
_HEAD = "# Written by `make lock`; not by hand.\n"


def locked(requirements: list[str]) -> list[str]:
    """Pins with hashes of what is asked for and all that it brings, on every system."""
    done = subprocess.run(
        [find_uv_bin(), "pip", "compile", "--no-config", "--quiet", "--universal", "--python-version", "3.11",
         "--generate-hashes", "--no-annotate", "--no-header", "--constraint", "constraints.txt", "-"],
        input="\n".join(requirements), capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)
    entries = re.split(r"^(?=[a-z])", done.stdout, flags=re.MULTILINE)
    return [entry for entry in entries[1:] if not _TORCH.match(entry)]


def main() -> None:
    """Writes all three."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    light = locked([one for one in wanted if not one.startswith((HEAVY, SCANS))])
    with_scans = locked([one for one in wanted if not one.startswith(HEAVY)])
    ocr = [entry for entry in with_scans if entry not in light]
    for name, entries in (("light", light), ("ocr", ocr), ("full", locked(wanted))):
        (ROOT / "locks" / f"{name}.txt").write_text(_HEAD + "".join(entries), encoding="utf-8")


if __name__ == "__main__":
    main()
