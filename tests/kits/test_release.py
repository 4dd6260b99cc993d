"""A release from the changelog to the tag, in a small repository whose `make` takes no time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.release import prepared
from tests.paths import ROOT

LOG = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n"
MAKEFILE = """\
check: ; test ! -e broken
windows kit packages: ; mkdir -p dist && echo $@ > dist/$@.zip && echo sum > dist/$@.zip.sha256
windows-test kit-test: ; test -e dist/$(@:-test=).zip
"""
ENVIRONMENT = {**os.environ, "GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@example.com",
               "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@example.com", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """With 0.1.0, tagged, and a change after it."""
    for folder in ("kb", "scripts"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "scripts" / "release.py", tmp_path / "scripts")
    (tmp_path / "kb" / "__init__.py").write_text('__version__ = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(LOG)
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / ".gitignore").write_text("dist/\n")
    run(tmp_path, "git", "init", "--quiet", "--initial-branch", "main")
    run(tmp_path, "git", "add", ".")
    run(tmp_path, "git", "commit", "--quiet", "--message", "First")
    run(tmp_path, "git", "tag", "v0.1.0")
    return tmp_path


def release(repository: Path, version: str) -> subprocess.CompletedProcess[str]:
    return run(
        repository, sys.executable, "scripts/release.py", version
    )  # its own, not this tree's


def is_dated_today(log: str, heading: str) -> bool:
    """True also where midnight was a moment ago."""
    now = datetime.now(UTC)
    return any(
        heading.format(f"{day:%Y-%m-%d}") in log for day in (now, now - timedelta(minutes=30))
    )


def test_a_release_is_checked_built_and_tagged(repository: Path) -> None:
    done = release(repository, "1.0.0")
    assert done.returncode == 0, done.stderr
    log = (repository / "CHANGELOG.md").read_text()
    assert is_dated_today(log, "## Unreleased\n\n## 1.0.0 ({})\n\n- New.\n\n## 0.1.0")
    assert (repository / "kb" / "__init__.py").read_text() == '__version__ = "1.0.0"\n'
    assert run(repository, "git", "describe", "--exact-match").stdout == "v1.0.0\n"
    assert run(repository, "git", "status", "--porcelain").stdout == ""
    sums = run(repository / "dist", "sha256sum", "--check", "SHA256SUMS")
    assert sums.stdout.split("\n") == ["kit.zip: OK", "packages.zip: OK", "windows.zip: OK", ""]
    again = release(repository, "1.0.0")
    assert (again.returncode, again.stderr.splitlines()[-1]) == (1, "v1.0.0 is there already")


@pytest.mark.parametrize(
    ("spoilt", "version", "told"),
    [
        ("", "v2", "v2 is no version"),
        ("", "1.0", "1.0 is no version"),
        ("", "0.1.0", "v0.1.0 is there already"),
        ("new", "1.0.0", "only from a clean main"),
        ("broken", "1.0.0", "make check failed; nothing is tagged"),
    ],
)
def test_what_cannot_be_released_is_told(
    repository: Path, spoilt: str, version: str, told: str
) -> None:
    if spoilt:
        (repository / spoilt).touch()
    if spoilt == "broken":
        run(repository, "git", "add", ".")
        run(repository, "git", "commit", "--quiet", "--message", "Broken")
    done = release(repository, version)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, told)
    assert run(repository, "git", "tag").stdout == "v0.1.0\n"


def test_a_heading_without_a_tag_takes_what_came_after_it(repository: Path) -> None:
    (repository / "CHANGELOG.md").write_text(
        prepared(LOG, "1.0.0", "2026-12-01").replace(
            "## Unreleased\n", "## Unreleased\n\n- Newer.\n"
        )
    )
    run(repository, "git", "commit", "--quiet", "--all", "--message", "Version 1.0.0, and more")
    assert release(repository, "1.0.0").returncode == 0
    log = (repository / "CHANGELOG.md").read_text()
    assert is_dated_today(log, "## Unreleased\n\n## 1.0.0 ({})\n\n- Newer.\n- New.\n\n## 0.1.0")
    assert run(repository, "git", "describe", "--exact-match").stdout == "v1.0.0\n"


def test_nothing_to_release_is_told() -> None:
    with pytest.raises(ValueError, match="nothing under Unreleased"):
        prepared(prepared(LOG, "1.0.0", "2026-12-01"), "1.0.1", "2026-12-02")
    with pytest.raises(ValueError, match="nothing under Unreleased"):
        prepared(LOG.replace("0.1.0", "0.2.0") + "\n## 0.1.0 (2025-01-01)\n", "0.1.0", "2026-12-02")


def test_the_changelog_of_this_tree_can_be_released() -> None:
    log = (ROOT / "CHANGELOG.md").read_text("utf-8")
    log = log.replace("## Unreleased\n", "## Unreleased\n\n- One more.\n", 1)
    assert "\n- One more.\n" in prepared(log, "99.0.0", "2026-12-01")
