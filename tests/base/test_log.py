"""The log tells what began, ended and failed, and nothing of what documents say or people ask."""

from __future__ import annotations

import json
import logging
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dxkb.main import main
from kb.base.config import Settings
from kb.base.log import KEPT, MOST_BYTES, NAME, configure
from tests.support.samples import note
from web.app import create_app
from web.services import Activity, Services

SECRET = "入札予定価格は三千万円"


@pytest.fixture(autouse=True)
def _unconfigured() -> Iterator[None]:
    yield
    configure(None)


def raise_quoting() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        raise RuntimeError(f"about {SECRET}") from error


def logged(data: Path) -> str:
    return (data / NAME).read_text(encoding="utf-8")


def test_an_exception_is_told_by_kind_and_place(tmp_path: Path) -> None:
    configure(tmp_path)
    try:
        raise_quoting()
    except RuntimeError:
        logging.getLogger("ingest.test").exception("cannot take apart %s", "a.pdf")
    text = logged(tmp_path)
    assert "cannot take apart a.pdf" in text
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "test_log.py:" in text
    assert "raise_quoting" in text
    assert SECRET not in text


def test_verbose_tells_the_words_on_stderr_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, verbose=True)
    try:
        raise_quoting()
    except RuntimeError:
        logging.getLogger("web.test").exception("failed")
    assert SECRET in capsys.readouterr().err
    assert SECRET not in logged(tmp_path)


def test_a_file_name_cannot_forge_a_line(tmp_path: Path) -> None:
    configure(tmp_path)
    logging.getLogger("kb.test").warning("failed %s", "a\n2026-01-01 ERROR forged\u202e.md")
    assert len(logged(tmp_path).splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_only_its_owner_reads_it_also_when_it_was_put_aside(tmp_path: Path) -> None:
    configure(tmp_path)
    before = os.umask(0)
    try:
        for i in range(12):
            logging.getLogger("kb.test").info("%d %s", i, "x" * (MOST_BYTES // 2))
    finally:
        os.umask(before)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [NAME, *(f"{NAME}.{n}" for n in range(1, KEPT + 1))]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert all(file.stat().st_size <= MOST_BYTES for file in files)


def test_a_log_that_cannot_be_written_costs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path / "none")
    logging.getLogger("kb.test").error("lost")
    assert capsys.readouterr() == ("", "")


def test_other_peoples_loggers_are_left_alone(tmp_path: Path) -> None:
    configure(tmp_path)
    logging.getLogger("pypdf").error(SECRET)
    logging.getLogger("kb.test").info("ours")
    assert SECRET not in logged(tmp_path)


def test_an_ingest_leaves_codes_and_paths(settings: Settings) -> None:
    note(settings.corpus, "good.md", f"## 取組\n\n{SECRET}です。", title="題")
    (settings.corpus / "bad.md").write_text(f"---\ntitle: [{SECRET}\n---\n", encoding="utf-8")
    assert main(["ingest", str(settings.corpus), "--data", str(settings.data)]) == 0
    first, second = logged(settings.data).splitlines()[-2:]
    assert "failed bad.md: read.front_matter" in first
    assert "ingest ends" in second
    assert SECRET not in logged(settings.data)
    assert main(["ingest", str(settings.corpus / "none"), "--data", str(settings.data)]) == 1
    assert "ingest: store.corpus_missing" in logged(settings.data)


def test_a_question_leaves_no_trace(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    note(settings.corpus, "good.md", "## 取組\n\n予防接種の予約です。", title="題")
    assert main(["ingest", str(settings.corpus), "--data", str(settings.data)]) == 0
    before = logged(settings.data)
    assert main(["search", SECRET, "--data", str(settings.data)]) == 0
    assert main(["search", " ", "--data", str(settings.data)]) == 2
    assert "usage.query_empty" not in capsys.readouterr().err
    assert logged(settings.data) == before


def test_a_page_that_breaks_is_logged_without_the_question(
    services: Services, tmp_path: Path
) -> None:
    def broken() -> Activity:
        raise RuntimeError(SECRET)

    configure(tmp_path)
    client = create_app(replace(services, activity=broken)).test_client()
    assert client.get("/documents", query_string={"name": SECRET}).status_code == 500
    text = logged(tmp_path)
    assert "GET /documents failed" in text
    assert "broken" in text
    assert SECRET not in text


def test_json_lines_say_the_same_and_no_more(services: Services, tmp_path: Path) -> None:
    configure(tmp_path, as_json=True)
    own = replace(services, settings=replace(services.settings, json_log=True))
    create_app(own).test_client().get("/", query_string={"q": SECRET})
    logging.getLogger("kb.test").warning("failed %s", "a\n\u200b{}.md")
    try:
        raise_quoting()
    except RuntimeError:
        logging.getLogger("ingest.test").exception("cannot take apart %s", "資料.pdf")
    first, second, third = (json.loads(line) for line in logged(tmp_path).splitlines())
    assert (first["event"], first["endpoint"], first["status"]) == ("request", "search.index", 200)
    assert (second["level"], second["event"]) == ("WARNING", "failed a\n\u200b{}.md")
    assert third["event"] == "cannot take apart 資料.pdf"
    assert any("raise_quoting" in line for line in third["exception"])
    assert SECRET not in logged(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its folder there")
def test_it_goes_on_where_the_folder_was_put_aside(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    configure(data)
    logging.getLogger("kb.test").info("before")
    data.rename(tmp_path / "aside")
    logging.getLogger("kb.test").info("lost")
    data.mkdir()
    logging.getLogger("kb.test").info("after")
    assert [line.rsplit(": ")[1] for line in logged(data).splitlines()] == ["after"]
