"""The changelog at a release."""

import pytest

from scripts.release import is_prepared, prepared
from tests.paths import ROOT

LOG = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n"


def test_what_was_unreleased_gets_its_version() -> None:
    made = prepared(LOG, "1.0.0", "2026-12-01")
    assert "## Unreleased\n\n## 1.0.0 (2026-12-01)\n\n- New.\n\n## 0.1.0" in made
    with pytest.raises(ValueError, match="nothing"):
        prepared(made, "1.0.1", "2026-12-02")


def test_a_tree_that_is_that_version_already_is_only_built_and_tagged() -> None:
    assert is_prepared(LOG, '__version__ = "0.1.0"\n', "0.1.0")
    assert not is_prepared(LOG, '__version__ = "1.0.0"\n', "1.0.0")
    assert not is_prepared(LOG, '__version__ = "0.0.9"\n', "0.1.0")


@pytest.mark.parametrize("version", ["0.1.0", "v2", "1.0"])
def test_a_version_that_is_none_or_is_there_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="no new version"):
        prepared(LOG, version, "2026-12-01")


def test_the_changelog_of_this_tree_can_be_released() -> None:
    log = (ROOT / "CHANGELOG.md").read_text("utf-8")
    log = log.replace("## Unreleased\n", "## Unreleased\n\n- One more.\n", 1)
    assert prepared(log, "99.0.0", "2026-12-01")
