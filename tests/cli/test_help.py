"""The help and what is said for mistakes: everything has a text, in the reader's language, with a remedy."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from dxkb import serving
from dxkb.lang import Lang
from dxkb.main import build_parser, main
from dxkb.serving import run_server
from kb.base.config import Settings
from kb.base.messages import render

ENGLISH = re.compile(r"positional arguments|options:|usage:|show this help|show program")


@pytest.mark.parametrize(
    "command", ["", "serve", "eval", "doctor", "unpack", "user", "user rights"]
)
def test_help_is_japanese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*command.split(), "--help", "--lang=ja"] if command else ["--help", "--lang=ja"])
    told = capsys.readouterr().out
    assert not ENGLISH.search(told)
    assert "使い方: " in told
    assert "この説明を表示する" in told


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_option_has_a_help_text(lang: str) -> None:
    parsers = [build_parser(Lang(lang))]
    told: list[str] = []
    for parser in parsers:
        for action in parser._actions:
            below = action.choices if isinstance(action.choices, dict) else {}
            parsers += below.values()
            if not below and action.help is None:
                told.append(f"{parser.prog} {action.dest}")
    assert told == []


def test_doctor_takes_the_corpus(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.corpus.mkdir(exist_ok=True)
    data = ["--data", str(settings.data)]
    main(["doctor", "--lang", "ja", *data, "--corpus", str(settings.corpus)])
    assert f"{settings.corpus}" in capsys.readouterr().out
    main(["doctor", "--lang", "ja", *data, "--corpus", str(settings.corpus / "none")])
    assert "--corpus か DXKB_CORPUS" in capsys.readouterr().out


def test_files_that_are_not_there_are_told_with_a_remedy(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none")
    more = ["--data", str(settings.data), "--lang", "ja"]
    assert main(["unpack", missing, "--inspect", *more]) == 1
    told = capsys.readouterr().err
    assert f"ファイル {missing} を開けません" in told
    assert "確かめてください" in told
    assert main(["eval", missing, *more]) == 2
    assert "名前と場所を確かめ" in capsys.readouterr().err


@pytest.mark.parametrize(("host", "told"), [("0.0.0.0", True), ("127.0.0.1", False)])
def test_how_other_computers_reach_it_is_told(
    settings: Settings, host: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answering(
        app: object, host: str, listener: socket.socket, ready: Callable[[str], None]
    ) -> None:
        ready("http://localhost/")
        listener.close()

    monkeypatch.setattr(serving, "serve", answering)
    said: list[str] = []
    run_server(settings, (host, 0), watching=False, tell=lambda m: said.append(render(m, "ja")))
    reachable = [line for line in said if socket.gethostname() in line and "HTTPS" in line]
    assert bool(reachable) is told
