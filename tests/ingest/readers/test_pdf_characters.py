"""Every text PDF of the real documents gives poppler's characters, each as often as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.pdf_characters import Agreement, agreement


@pytest.fixture
def measured(shared: Path) -> list[Agreement]:
    found = (agreement(path) for path in sorted((shared / "documents").rglob("*.pdf")))
    return [one for one in found if one]


def test_characters_of_real_pdfs_are_right_and_whole(measured: list[Agreement]) -> None:
    assert len(measured) > 50
    wrong = [one for one in measured if min(one.precision, one.recall) < 0.99]
    assert [(one.path.name, one.precision, one.recall) for one in wrong] == []
