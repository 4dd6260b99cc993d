"""How much longer a search takes while files go in: ``python -m benchmarks.searching_while_ingesting``.

A server over the shipped corpus answers questions one after the other, first idle, then from when 300 notes are
dropped into its folder until they are found. Prints p50 and p95 of both, their ratio and the load of the
machine, for each run, and the median ratio; an answer that is no 200 ends it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

from benchmarks.search_quality import ROOT

QUESTIONS = (
    "スマート申請フォームの事例", "書かない窓口の効果", "防災アプリ 高齢者", "ドローンで配送した町", "examples of online booking",
    "兵庫県の保育の申請", "RPA 税務 時間削減", "予約システム 費用", "人口2万人以下の町のキャッシュレス", "議会のペーパーレス",
)  # fmt: skip


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--idle", type=float, default=20.0, help="seconds")
    options = parser.parse_args()
    ratios = [_run(options.files, options.idle) for _ in range(options.runs)]
    print(f"median ratio of p95: {median(ratios):.2f}")


def _run(files: int, idle: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        corpus, data = Path(folder, "corpus"), Path(folder, "data")
        shutil.copytree(ROOT / "corpus", corpus)
        command = [sys.executable, "-m", "dxkb"]
        env = {**os.environ, "DXKB_DATA": str(data), "DXKB_CORPUS": str(corpus)}
        subprocess.run([*command, "ingest"], env=env, check=True, capture_output=True)
        with subprocess.Popen(
            [*command, "serve", "--port", "0", "--lang", "en"],
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        ) as server:
            try:
                return _measured(server_address(server), corpus, files, idle)
            finally:
                server.terminate()


def server_address(server: subprocess.Popen[str]) -> str:
    """Host and port that a starting server tells; what it says afterwards is read away. Raises RuntimeError."""
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"http://([^/\s]+)/", line):
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return found[1]
    raise RuntimeError("the server does not start")


def _measured(address: str, corpus: Path, files: int, idle: float) -> float:
    end = time.monotonic() + 10.0
    _searches(address, lambda: time.monotonic() > end)  # everything is loaded
    end = time.monotonic() + idle
    before = _searches(address, lambda: time.monotonic() > end)
    known = _health(address)["generation"]
    for path, text in _notes(files):
        target = corpus / "dropped" / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    found = _searches(address, lambda: _is_in(_health(address), known + files))
    return _told(before, found)


def _notes(files: int) -> list[tuple[str, str]]:
    shipped = sorted((ROOT / "corpus" / "notes").glob("*.md"))
    return [
        (
            f"{n}.md",
            shipped[n % len(shipped)].read_text(encoding="utf-8") + f"\n\n追記 {n} 件目の取組。\n",
        )
        for n in range(files)
    ]


def _is_in(health: dict[str, int], generation: int) -> bool:
    return health["generation"] >= generation and not health["ingesting"]


def _health(address: str) -> dict[str, int]:
    found: dict[str, int] = json.loads(get_page(address, "/healthz"))
    return found


def _searches(address: str, is_over: Callable[[], bool]) -> list[float]:
    """Seconds of each search until it is over."""
    seconds: list[float] = []
    while not is_over():
        for question in QUESTIONS:
            started = time.perf_counter()
            get_page(address, f"/api/v1/search?{urlencode({'q': question})}")
            seconds.append(time.perf_counter() - started)
    return seconds


def get_page(address: str, path: str) -> bytes:
    """What a server at ``address`` answers; RuntimeError unless 200."""
    parts = urlsplit(f"//{address}")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {content[:200]!r}")
    return content


def _told(before: list[float], found: list[float]) -> float:
    p95 = [quantiles(times, n=20)[18] for times in (before, found)]
    for name, times, most in (("idle", before, p95[0]), ("ingesting", found, p95[1])):
        print(
            f"  {name:10} {len(times):5} searches  p50 {median(times) * 1000:6.0f} ms  p95 {most * 1000:6.0f} ms"
        )
    print(f"  ratio of p95 {p95[1] / p95[0]:.2f}   load {os.getloadavg()[0]:.1f}", flush=True)
    return p95[1] / p95[0]


if __name__ == "__main__":
    main()
