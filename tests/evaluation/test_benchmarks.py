"""The benchmarks can be run; `benchmarks.splitting` is, by tests/ingest/split/test_collections.py. No test judges a time."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.paths import ROOT

MODULES = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_every_benchmark_can_be_loaded(name: str) -> None:
    module = import_module(f"benchmarks.{name}")
    assert module.__doc__
