"""The changelog at a release."""

import pytest

from scripts.release import prepared
from tests.paths import ROOT

LOG = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n"


def test_what_was_unreleased_gets_its_version() -> None:
    made = prepared(LOG, "1.0.0", "2026-12-01")
    assert "## Unreleased\n\n## 1.0.0 (2026-12-01)\n\n- New.\n\n## 0.1.0" in made
    with pytest.raises(ValueError, match="nothing"):
        prepared(made, "1.0.1", "2026-12-02")


@pytest.mark.parametrize("version", ["0.1.0", "v2", "1.0"])
def test_a_version_that_is_none_or_is_there_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="no new version"):
        prepared(LOG, version, "2026-12-01")


def test_the_changelog_of_this_tree_can_be_released() -> None:
    assert prepared((ROOT / "CHANGELOG.md").read_text("utf-8"), "99.0.0", "2026-12-01")
