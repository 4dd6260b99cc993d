"""A server as it is started by ``dxkb serve``: its first answer, its memory, its idle time, and what any number of clients get."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import psutil

from benchmarks.searching_while_ingesting import get_page, server_address
from kb.base.config import Settings

_PATIENCE = 600.0  # seconds; on a busy machine


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, its processes, and processor and clock seconds until its first answer."""

    address: str
    process: psutil.Process
    first_answer_cpu_s: float
    first_answer_s: float

    def processes(self) -> list[psutil.Process]:
        """It and its siblings."""
        return [self.process, *self.process.children(recursive=True)]

    def seconds(self) -> float:
        """Processor seconds of all of them."""
        total = 0.0
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def memory(self) -> dict[str, float]:
        """MiB in memory, with the pages of mapped files; ``anonymous_mib`` without those; ``shared_out_mib`` with each page
        divided among the processes that map it."""
        each = [dict(m._asdict()) for m in (p.memory_full_info() for p in self.processes())]
        resident, shared, pss = (sum(m[k] for m in each) / 2**20 for k in ("rss", "shared", "pss"))
        return {
            "memory_mib": resident,
            "anonymous_mib": resident - shared,
            "shared_out_mib": pss,
        }


@contextmanager
def serving(settings: Settings, question: str, *more: str) -> Iterator[Server]:
    """A server over ``settings``, from when it has answered ``question``."""
    env = os.environ | {"DXKB_DATA": str(settings.data), "DXKB_CORPUS": str(settings.corpus)}
    command = [sys.executable, "-m", "dxkb", "serve", "--port", "0", "--lang", "en", *more]
    clock = time.monotonic()
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as started:
        try:
            address = server_address(started)
            get_page(address, search_path(question))
            process = psutil.Process(started.pid)
            server = Server(address, process, 0.0, time.monotonic() - clock)
            yield Server(address, process, server.seconds(), server.first_answer_s)
        finally:
            started.terminate()


def search_path(question: str) -> str:
    """The address of a search."""
    return f"/api/v1/search?{urlencode({'q': question})}"


def idle_share(server: Server, seconds: float) -> float:
    """Share of one core that the server takes when nobody asks, over so many seconds."""
    before, clock = server.seconds(), time.monotonic()
    time.sleep(seconds)
    return (server.seconds() - before) / (time.monotonic() - clock)


def at_rest(server: Server) -> None:
    """Waits until ten seconds have gone in which it did next to nothing."""
    end = time.monotonic() + _PATIENCE
    before = server.seconds()
    while time.monotonic() < end:
        time.sleep(10)
        if (now := server.seconds()) - before < 0.5:
            return
        before = now


def throughput(
    server: Server, questions: Sequence[str], clients: int, requests: int
) -> dict[str, float]:
    """So many clients ask ``requests`` questions together, each the next when the last is answered: answers a second of
    the clock, p95 of a client's wait in milliseconds, processor milliseconds of an answer, and cores busy meanwhile."""
    coming = iter(range(requests))
    lock, waits = threading.Lock(), list[float]()

    def ask() -> None:
        while True:
            with lock:
                number = next(coming, None)
            if number is None:
                return
            began = time.monotonic()
            get_page(server.address, search_path(questions[number % len(questions)]))
            waits.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    before, clock = server.seconds(), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, spent = time.monotonic() - clock, server.seconds() - before
    if len(waits) != requests:
        raise RuntimeError(f"{requests - len(waits)} of {requests} were not answered")
    return {
        "per_second": requests / took,
        "p95_ms": 1000 * quantiles(waits, n=20)[-1],
        "processor_ms": 1000 * spent / requests,
        "per_processor_second": requests / spent if spent else 0.0,
        "cores": spent / took,
    }


def corpus_of(folder: Path) -> Settings:
    """The settings of a folder that holds ``corpus`` and ``data``."""
    return Settings(data=folder / "data", corpus=folder / "corpus")
