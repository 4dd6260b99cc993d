"""A release, made here: `python -m scripts.release 1.0.0` checks, builds and tags; it publishes nothing.

The tree must be clean and on main. What stands under Unreleased goes under the version's heading (a new one, or the one
that stands first and has no tag yet), version and changelog are committed, `dist/` gets the wheel, the sdist and both kits
with SHA256SUMS, and the commit its tag.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
_INIT, _LOG, _DIST = ROOT / "kb" / "__init__.py", ROOT / "CHANGELOG.md", ROOT / "dist"
_HEADING = "## Unreleased\n"


def prepared(changelog: str, version: str, day: str) -> str:
    """The changelog with the unreleased changes under their version, of that day: a new heading, or the first one where
    it is this version's, which has no tag yet. Raises ValueError for no version, or nothing to release."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ValueError(f"{version} is no version")
    before, heading, rest = changelog.partition(_HEADING)
    unreleased, _, earlier = rest.partition("\n## ")
    first, _, entries = earlier.partition("\n")
    changes = [unreleased.strip()]
    if first.startswith(f"{version} ("):
        changes.append(entries.partition("\n## ")[0].strip())
        earlier = entries.partition("\n## ")[2]
    told = "\n".join(filter(None, changes))
    if not heading or not told or f"\n## {version} (" in f"\n## {earlier}":
        raise ValueError(f"nothing under Unreleased that could be {version}")
    made = f"{before}{_HEADING}\n## {version} ({day})\n\n{told}\n"
    return f"{made}\n## {earlier}" if earlier else made


def main() -> None:
    """Makes the release of the version given."""
    version = sys.argv[1]
    if _run("git", "status", "--porcelain") or _run("git", "branch", "--show-current") != "main":
        sys.exit("only from a clean main")
    if _run("git", "tag", "--list", f"v{version}"):
        sys.exit(f"v{version} is there already")
    log, init = _LOG.read_text("utf-8"), _INIT.read_text("utf-8")
    try:
        log = prepared(log, version, f"{datetime.now(UTC):%Y-%m-%d}")
    except ValueError as error:
        sys.exit(str(error))
    _run("make", "check")
    _LOG.write_text(log, encoding="utf-8")
    told = re.sub(r'__version__ = "[^"]*"', f'__version__ = "{version}"', init)
    _INIT.write_text(told, encoding="utf-8")
    if _run("git", "status", "--porcelain"):
        _run("git", "commit", "--quiet", "--message", f"Version {version}", str(_LOG), str(_INIT))
    shutil.rmtree(_DIST, ignore_errors=True)
    for kit in ("windows", "windows-test", "kit", "kit-test", "packages"):
        _run("make", kit)
    files = sorted(
        file for file in _DIST.iterdir() if file.suffix != ".sha256" and file.name[0] != "."
    )
    (_DIST / "SHA256SUMS").write_text(
        _run("sha256sum", *(file.name for file in files), cwd=_DIST) + "\n"
    )
    _run("git", "tag", "--annotate", f"v{version}", "--message", f"dxkb {version}")
    print(
        f"v{version} is tagged, dist/ holds its files; now: git push --follow-tags, and hand out dist/"
    )


def _run(*command: str, cwd: Path = ROOT) -> str:
    print("+", *command, file=sys.stderr)
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed; nothing is tagged")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
