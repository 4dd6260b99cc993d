"""The double-click: starts, opens the browser, opens the running one, stops; all below one's profile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dxkb import desktop
from tests.paths import ROOT
from tests.support.waiting import PATIENCE, until


def double_click(what: str, profile: Path, opened: Path) -> subprocess.Popen[str]:
    browser = opened.with_name("browser.sh")
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n')
    browser.chmod(0o755)
    env = {**os.environ, "LOCALAPPDATA": str(profile), "BROWSER": f"{browser} %s", "LANG": "ja_JP.UTF-8",
           "DXKB_SENTENCES": "0", "DXKB_DATA": "", "DXKB_CORPUS": "", "PYTHONPATH": str(ROOT)}  # fmt: skip
    # as a background job of a shell, which has it ignore an interrupt
    return subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "dxkb.desktop", what, "--quiet"],
        env=env, stdout=subprocess.PIPE, text=True, cwd=profile,
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> str:
    with process:
        try:
            return process.communicate(timeout=PATIENCE)[0].strip()
        finally:
            process.kill()


def test_a_second_double_click_opens_the_running_one_and_stop_ends_it(tmp_path: Path) -> None:
    profile, opened = tmp_path / "山田 太郎", tmp_path / "opened"
    profile.mkdir()
    with double_click("open", profile, opened) as running:
        note = profile / "dxkb" / "running.json"
        try:
            until(lambda: note.exists() or running.poll() is not None)
            assert said(double_click("open", profile, opened)) == ""
            url = json.loads(note.read_text())["url"]
            assert url in opened.read_text().split()
            assert running.poll() is None
            assert said(double_click("stop", profile, opened)) == "止めました。"
            assert running.wait(PATIENCE) == 0
        finally:
            running.kill()
    assert not desktop.stop(profile / "dxkb")
    assert {path.name for path in profile.iterdir()} == {"dxkb"}


def test_one_that_still_reads_its_first_documents_is_opened(tmp_path: Path) -> None:
    class Reads(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(503 if len(asked) < 3 else 200)

        def log_message(self, *told: object) -> None: ...

    asked: list[str] = []
    with HTTPServer(("127.0.0.1", 0), Reads) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        (tmp_path / "running.json").write_text(json.dumps({"url": url}))
        assert desktop._answering(tmp_path) == url
        server.shutdown()
    assert asked == ["/healthz"]


def test_the_documents_that_came_along_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "app" / "corpus"
    shipped.mkdir(parents=True)
    (shipped / "事例.md").write_text("# 書かない窓口\n", encoding="utf-8")
    shipped.chmod(0o555)
    (shipped / "事例.md").chmod(0o444)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "app" / "python"))
    mine = desktop._corpus(tmp_path)
    (mine / "事例.md").write_text("自分の資料", encoding="utf-8")
    assert (desktop._corpus(tmp_path) / "事例.md").read_text(encoding="utf-8") == "自分の資料"
