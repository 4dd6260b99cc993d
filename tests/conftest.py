"""What all tests share. In CI a test that is skipped because something is missing is a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from flask.testing import FlaskClient

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.types import Viewer
from tests.paths import ROOT, SHARED
from tests.support import web_world
from tests.support.kept_workers import KeptWorkers
from web.app import create_app
from web.services import Services

hypothesis.settings.register_profile(  # no test fails for a slow machine, and in CI none for a change beside it
    "dxkb",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
hypothesis.settings.load_profile("dxkb")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The seed that brings the order of this run back."""
    if (seed := config.getoption("randomly_seed", None)) is not None:
        terminalreporter.write_line(f"order: --randomly-seed={seed}")


@pytest.fixture(scope="session", autouse=True)
def kept_workers() -> Iterator[None]:
    """Ingests of one test process share their worker processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.flow.reading.Workers", KeptWorkers)
        yield
    KeptWorkers.end_all()


@pytest.fixture
def shared() -> Path:
    """The folder of real documents beside the checkout; the test is skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared")
    return SHARED


@pytest.fixture
def over_a_file(tmp_path: Path) -> Settings:
    """An empty corpus and a data folder of its own."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    return Settings(data=tmp_path / "data", corpus=corpus)


@pytest.fixture
def settings(over_a_file: Settings) -> Settings:
    """What a test works on; a module whose tests hold for both kinds of store makes it `either`."""
    return over_a_file


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, over_a_file: Settings) -> Iterator[Settings]:
    """`settings` over the SQLite file, and once more over a PostgreSQL server: the contract is one."""
    if request.param == "sqlite":
        yield over_a_file
        return
    from tests.support.postgresql import on_server

    with on_server(over_a_file) as given:
        yield given


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped corpus, ingested once for all processes of a test run: to be read, or copied."""
    base = tmp_path_factory.getbasetemp()
    shared_base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    settings = Settings(data=shared_base / "shipped", corpus=ROOT / "corpus")
    done = shared_base / "shipped.done"
    with FileLock(shared_base / "shipped.lock"):
        if not done.exists():
            ingest(settings)
            done.touch()
    return settings


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small corpus of the web's tests, ingested once; tests work on copies of it (`world`)."""
    return web_world.build(tmp_path_factory.mktemp("ingested"))


@pytest.fixture(scope="module")
def world(ingested: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of `ingested` for a module; a test whose changes would show in others takes `own_world`."""
    return _copy(ingested, tmp_path_factory.mktemp("world"))


@pytest.fixture
def own_world(ingested: Settings, tmp_path: Path) -> Settings:
    """A copy of `ingested` for one test."""
    return _copy(ingested, tmp_path / "own_world")


def _copy(ingested: Settings, folder: Path) -> Settings:
    shutil.copytree(ingested.corpus.parent, folder, dirs_exist_ok=True)
    return replace(ingested, data=folder / "data", corpus=folder / "corpus")


@pytest.fixture(scope="module")
def services(world: Settings) -> Services:
    """The real store and the real search over `world`."""
    return web_world.services(world)


@pytest.fixture
def client(services: Services) -> FlaskClient:
    """The owner's browser."""
    return create_app(services).test_client()


@pytest.fixture
def public(services: Services) -> FlaskClient:
    """The browser of somebody who may see the public documents only."""
    return create_app(replace(services, viewer=lambda: Viewer.of())).test_client()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turns a skip into a failure in CI."""
    report = yield
    if report.skipped and os.environ.get("CI"):  # type: ignore[attr-defined]
        report.outcome = "failed"  # type: ignore[attr-defined]
        report.longrepr = f"skipped in CI: {report.longrepr}"  # type: ignore[attr-defined]
    return report
