"""Every command that README and guides show is run, in their order, over the shipped corpus."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kb.base.config import Settings
from tests.paths import ROOT
from tests.support import web_world
from tests.support.guides import DOCUMENTS, Reader, agrees, environment, shown
from web.app import create_app

COMMANDS = {path: list(shown(path)) for path in DOCUMENTS}
RUN = [path for path, commands in COMMANDS.items() if not all(c.unrun for c in commands)]


@pytest.fixture
def reader(shipped: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Somebody in a folder with the shipped corpus, read already, who answers every prompt with a password."""
    shutil.copytree(shipped.data, tmp_path / "data")
    shutil.copytree(shipped.corpus, tmp_path / "corpus")
    (tmp_path / "backup").mkdir()
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery staple\n" * 20))
    settings = replace(shipped, data=tmp_path / "data", corpus=tmp_path / "corpus")
    return Reader(tmp_path, create_app(web_world.services(settings)).test_client(), [])


@pytest.mark.parametrize("document", RUN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_does_what_the_document_says(document: Path, reader: Reader) -> None:
    for command in COMMANDS[document]:
        if not command.unrun:
            printed = reader.types(command.line)
            if command.output:
                assert agrees(printed or "", command.output), f"{command.line}\n{printed}"


def test_few_commands_are_not_run_and_each_says_why() -> None:
    unrun = [c for commands in COMMANDS.values() for c in commands if c.unrun]
    assert len(unrun) <= 24, [f"{c.document}: {c.line}" for c in unrun]
    assert sum(map(len, COMMANDS.values())) >= 50


def test_an_output_that_is_not_printed_is_told() -> None:
    assert agrees("a 1\nb\nc\n", "a …\n…")
    assert agrees("a 1\nb\nc\n", "a 1\n…\nc")
    assert not agrees("a 1\nb\nc\n", "a 2\n…")
    assert not agrees("a 1\nb\nc\n", "a …")


def test_commands_named_in_the_text_exist() -> None:
    """Modules, files of tests and targets of make, wherever a document names one."""
    rules = re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = {target for rule in rules for target in rule.split()}
    missing = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for module in re.findall(r"python -m ((?:benchmarks|scripts|training)[\w.]*)", text):
            path = ROOT / module.replace(".", "/")
            if not (path.with_suffix(".py").exists() or (path / "__main__.py").exists()):
                missing.append((document.name, module))
        missing += [
            (document.name, p)
            for p in re.findall(r"\btests/[\w/]+\.\w+", text)
            if not (ROOT / p).exists()
        ]
        missing += [
            (document.name, m) for m in re.findall(r"`make ([a-z-]+)", text) if m not in named
        ]
    assert missing == []
