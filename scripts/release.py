"""A release, made here: `python -m scripts.release 1.0.0` checks, builds and tags; it publishes nothing.

The tree must be clean and on main, the changelog have an Unreleased heading. Version and heading are written and committed
(unless they stand there already, and only the tag is missing), `dist/` gets the wheel, the sdist and both kits with
SHA256SUMS, and the commit its tag.
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
    """The changelog with the unreleased changes under their version. Raises ValueError for none, or for a
    version that is there."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version) or f"## {version} " in changelog:
        raise ValueError(f"{version} is no new version")
    before, heading, rest = changelog.partition(_HEADING)
    if not heading or not rest.partition("\n## ")[0].strip():
        raise ValueError("nothing under Unreleased")
    return f"{before}{_HEADING}\n## {version} ({day})\n{rest}"


def is_prepared(changelog: str, init: str, version: str) -> bool:
    """True where the tree says that it is this version."""
    return f"## {version} (" in changelog and f'__version__ = "{version}"' in init


def main() -> None:
    """Makes the release of the version given."""
    version = sys.argv[1]
    if _run("git", "status", "--porcelain") or _run("git", "branch", "--show-current") != "main":
        sys.exit("only from a clean main")
    log, init = _LOG.read_text("utf-8"), _INIT.read_text("utf-8")
    is_tagged = bool(_run("git", "tag", "--list", f"v{version}"))
    if is_tagged or not is_prepared(log, init, version):
        try:
            log = prepared(log, version, f"{datetime.now(UTC):%Y-%m-%d}")
        except ValueError as error:
            sys.exit(str(error))
    _run("make", "check")
    if log != _LOG.read_text("utf-8"):
        _LOG.write_text(log, encoding="utf-8")
        told = re.sub(r'__version__ = "[^"]*"', f'__version__ = "{version}"', init)
        _INIT.write_text(told, encoding="utf-8")
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
