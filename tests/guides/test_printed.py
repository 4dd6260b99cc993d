"""Every figure in a table stands in what the commands of its section printed, and one program printed them all.

What each command printed is kept in ``benchmarks/printed`` (``benchmarks/printed.py``). A section that names one of those commands
has its tables looked up there; columns that are no measurement of today's say so in their head.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from benchmarks.printed import COMMANDS, FOLDER
from tests.paths import ROOT
from tests.support.guides import DOCUMENTS

NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?) ?([％%]?)")
NOT_MEASURED = re.compile(r"目標|初見|first sight|first measured|written|何のため|記録")
"""Heads of columns with what is wanted, or what another day's program gave."""


@cache
def kept() -> dict[str, str]:
    """What each command printed, below its line on program, day and machine."""
    found = {}
    for path in FOLDER.glob("*.txt"):
        command, _, rest = path.read_text("utf-8").partition("\n")
        found[command.removeprefix("$ ")] = rest
    return found


def sections(text: str) -> Iterator[str]:
    """Parts of a page, from one heading to the next, without commands that are shown to be typed."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from re.split(r"^(?=#{1,6} )", text, flags=re.MULTILINE)


def named(section: str) -> list[str]:
    """The printed commands that a section names."""
    return [code for code in re.findall(r"`([^`\n]+)`", section) if code in kept()]


def figures(section: str) -> Iterator[tuple[str, str]]:
    """(row, figure) of a section's tables: every number beyond the first column."""
    measured: list[bool] = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            measured = []
        elif not measured:
            measured = [not NOT_MEASURED.search(cell) for cell in cells]
        elif not set(line) <= set("|-: "):
            for cell in (c for c, m in zip(cells[1:], measured[1:], strict=False) if m):
                plain = re.sub(r"`[^`]*`|\([^()]*\)|（[^（）]*）", "", cell)
                yield from ((cells[0], "".join(n.groups())) for n in NUMBER.finditer(plain))


def printed(figure: str, output: str) -> bool:
    """Whether a number of the output is the figure, as it is or rounded as the figure is; of shares their percent."""
    percent = figure[-1] in "％%"
    value = Decimal(figure.rstrip("％%").replace(",", ""))
    numbers = [Decimal(n[1].replace(",", "")) for n in NUMBER.finditer(output)]
    shares = [100 * number for number in numbers] if percent else []
    return any(round(n, -int(value.as_tuple().exponent)) == value for n in numbers + shares)


def missing(text: str) -> list[str]:
    """Figures of a page that its commands did not print."""
    found = []
    for section in sections(text):
        if commands := named(section):
            output = "\n".join(kept()[command] for command in commands)
            found += [f"{row}: {n}" for row, n in figures(section) if not printed(n, output)]
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_figures_were_printed_by_the_commands_beside_them(document: Path) -> None:
    assert missing(document.read_text("utf-8")) == []


def test_every_command_was_run_on_the_same_program() -> None:
    assert set(kept()) == set(COMMANDS.values())
    programs = {re.match(r"# program (\w+), ", output)[1] for output in kept().values()}  # type: ignore[index]
    assert len(programs) == 1, programs
    (program,) = programs
    assert f"`{program}`" in (ROOT / "docs" / "figures.md").read_text("utf-8")


def test_every_command_that_was_printed_stands_in_a_document() -> None:
    told = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    assert [command for command in COMMANDS.values() if f"`{command}`" not in told] == []


def test_a_figure_that_was_not_printed_is_noticed() -> None:
    command = COMMANDS["own"]
    page = (
        f"# A\n\nBy `{command}`.\n\n| | n | wanted (目標) |\n|---|---|---|\n| all | 153 | 7.77 |\n"
    )
    assert missing(page) == []
    assert missing(page.replace("153", "154")) == ["all: 154"]
    assert missing(page.replace("153", "0.81123")) == ["all: 0.81123"]
    assert missing(page.replace("153", "0.82")) == []
    assert printed("1.65％", "share 0.0165")
    assert not printed("1.65", "share 0.0165")
