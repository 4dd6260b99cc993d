"""A figure that was measured stands with what prints it, in its section or at the head of its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.support.guides import DOCUMENTS

MEASURED = re.compile(
    r"(?<![\w.])0\.\d{2,}(?!\d*\.\d)|\d ?(?:%|ms\b|s\b|[KMG]i?B\b|[KMG]B|ミリ秒|秒|seconds?\b)"
)
SOURCE = re.compile(
    r"`[^`\n]*(?:python -m|make [a-z]|pytest|dxkb [a-z]|tests/|/proc/|\.json|\.ci/run)[^`\n]*`"
    r"|judged by eye|目で見て"
)
LINK = re.compile(r"\]\([\w./-]+\.(?:md|json)[)#]")  # a line that leads to the page with the figure
SET = (  # no measurements: limits that the code holds to, and what a reader shall take for an example
    "8秒で読めた分", "1MBごとに", "10秒で答えるため", "メモリ10GBから", "10 GB", "空き3GB", "3 GB of disk", "最長10秒待ち", "10秒後に始め直し",
)  # fmt: skip


def untold(text: str) -> list[str]:
    """The lines with figures whose section, its parents and the head of the page name no source."""
    text = re.sub(r"```.*?```", "```", text, flags=re.DOTALL)
    found: list[str] = []
    told: dict[int, bool] = {}
    for section in re.split(r"^(?=#{1,6} )", text, flags=re.MULTILINE):
        level = len(section) - len(section.lstrip("#"))
        told = {n: is_told for n, is_told in told.items() if n < level}
        told[level] = bool(SOURCE.search(section))
        if not any(told.values()):
            lines = section.splitlines()
            figures = [x for x in lines if MEASURED.search(x) and not LINK.search(x)]
            found += [x for x in figures if not any(s in x for s in SET)]
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_measured_figure_stands_with_its_source(document: Path) -> None:
    assert untold(document.read_text("utf-8")) == []


def test_a_figure_without_a_source_is_noticed() -> None:
    page = "# A\n\n## B\n\nIt takes 12 ms.\n\n## C\n\n`make test` prints 0.95.\n\n### D\n\n0.41\n"
    assert untold(page) == ["It takes 12 ms."]
    assert untold(page.replace("# A\n", "# A\n\nBy `pytest tests/x.py`.\n", 1)) == []
