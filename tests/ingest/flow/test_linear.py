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
