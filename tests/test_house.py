"""The measures of the house: small files, small functions, few parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

FILES = [
    path for room in ("kb", "ingest", "web", "dxkb") for path in sorted((ROOT / room).rglob("*.py"))
]
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 40
MOST_FILES = 15


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in FILES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_function_is_long() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": lines
        for path in FILES
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("room", ["kb", "ingest", "web"])
def test_no_folder_is_crowded(room: str) -> None:
    folders = {path.parent for path in FILES if path.is_relative_to(ROOT / room)}
    crowded = {
        str(folder.relative_to(ROOT)): files
        for folder in folders
        if (files := len([f for f in folder.glob("*.py") if f.name != "__init__.py"])) > MOST_FILES
    }
    assert crowded == {}


def test_one_name_means_one_thing() -> None:
    """No two modules define a public class of the same name."""
    defined: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                defined.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: places for name, places in defined.items() if len(places) > 1} == {}
