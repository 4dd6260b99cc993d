"""What all tests share. In CI a test that is skipped because something is missing is a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from kb.base.config import Settings
from tests.paths import SHARED

hypothesis.settings.register_profile("dxkb", deadline=None)  # no test fails for a slow machine
hypothesis.settings.load_profile("dxkb")


@pytest.fixture
def shared() -> Path:
    """The folder of real documents beside the checkout; the test is skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared")
    return SHARED


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty corpus and a data folder of its own."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    return Settings(data=tmp_path / "data", corpus=corpus)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turns a skip into a failure in CI."""
    report = yield
    if report.skipped and os.environ.get("CI"):  # type: ignore[attr-defined]
        report.outcome = "failed"  # type: ignore[attr-defined]
        report.longrepr = f"skipped in CI: {report.longrepr}"  # type: ignore[attr-defined]
    return report
