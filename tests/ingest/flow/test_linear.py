"""What a broken file repeats costs as much as it is long: most of these took minutes before, for a
pattern that began anew at each of its characters, and now stays far within the limit of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.flow.prepare import Termed
from ingest.flow.worker import Workers

REPEATED = (
    " ",
    "\n",
    "<!-- ",
    "「",
    "…",
    "\\",
    "[x](",
    "[[",
    "__",
    "![",
    "<table ",
    "費用は1円。",
    "~~a ",
    "<s>a ",
    "```toc\n",
)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1) as few:
        yield few


@pytest.mark.parametrize("sign", REPEATED)
def test_a_sign_eighty_thousand_times_is_read_like_any_text(
    tmp_path: Path, workers: Workers, sign: str
) -> None:
    note = tmp_path / "note.md"
    note.write_text(f"# 題\n\n豊岡市の本文です。\n\n{sign * 80_000}\n", encoding="utf-8")
    found = workers.call("ingest.flow.reading:term_here", note, None, {})
    assert isinstance(found, Termed)
    assert [case.draft.municipality for case in found.cases] == ["豊岡市"]


def test_a_mail_of_a_hundred_thousand_lines_is_read(tmp_path: Path, workers: Workers) -> None:
    mail = tmp_path / "mail.eml"
    head = "From: a@example.jp\nSubject: a\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    text = "豊岡市の本文です。\n" + "予約した。\n" * 100_000
    mail.write_text(f"{head}\n{text}", encoding="utf-8")
    found = workers.call("ingest.flow.reading:term_here", mail, None, {})
    assert isinstance(found, Termed)
    assert len(found.cases) == 1
