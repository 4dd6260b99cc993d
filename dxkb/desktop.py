"""What a double-click does: opens dxkb in the browser, starting it where it is not running, or stops it.

One per person: everything lies below their profile, so the program's folder may be read-only, shared or
moved. Who holds the lock is the one that runs; its note says where it answers.
"""

from __future__ import annotations

import _thread
import json
import os
import shutil
import signal
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError

from filelock import FileLock, Timeout

from dxkb.lang import choose
from kb.base.errors import DxkbError, StoreError
from kb.base.messages import Message

_PATIENCE = 120.0  # seconds that a start may take on an old PC while its virus scanner looks
_LOOK = 0.25


def main(arguments: Sequence[str] | None = None) -> int:
    """``open`` (the default) or ``stop``; ``--quiet`` shows no box. 0, or 1 for what is told in a box."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    place = profile()
    sys.pycache_prefix = str(place / "pycache")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # there is no console to write to
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    say, quiet = choose(None), "--quiet" in given
    try:
        place.mkdir(parents=True, exist_ok=True)
        if "stop" in given:
            told = say("cli.desktop.stopped" if stop(place) else "cli.desktop.not_running")
            _show(told, quiet)
        else:
            open_browser(place)
    except (DxkbError, OSError) as error:
        told = error.message(say.code) if isinstance(error, DxkbError) else str(error)
        _show(say("cli.desktop.failed", why=told, place=place), quiet)
        return 1
    return 0


def profile() -> Path:
    """Where this person's data lie."""
    if local := os.environ.get("LOCALAPPDATA"):
        return Path(local) / "dxkb"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "dxkb"


def open_browser(place: Path) -> None:
    """Shows the running one, or becomes it until it is stopped. Raises DxkbError, OSError."""
    lock = FileLock(place / "running.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        webbrowser.open(_answering(place))
        return
    with lock:
        for note in (_note(place), place / "stop"):
            note.unlink(missing_ok=True)
        _run(place)


def stop(place: Path) -> bool:
    """Ends the running one; False where none is. Raises StoreError where it does not end."""
    lock = FileLock(place / "running.lock", timeout=0)
    with suppress(Timeout):
        lock.acquire()
        lock.release()
        return False
    (place / "stop").touch()
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise StoreError("store.desktop_not_stopped") from error
    lock.release()
    return True


def _run(place: Path) -> None:
    from dxkb.serving import run_server
    from kb.base.config import load_settings
    from kb.base.log import configure

    env = dict(os.environ)
    env["DXKB_DATA"] = env.get("DXKB_DATA") or str(place / "data")
    env["DXKB_CORPUS"] = env.get("DXKB_CORPUS") or str(_corpus(place))
    settings = load_settings(env)
    configure(settings.data, as_json=settings.json_log)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started this may ignore it
    for task in (_await_stop, _await_start):
        threading.Thread(target=task, args=(place,), daemon=True).start()

    def tell(told: Message) -> None:
        if told.code == "cli.serve.open":
            _note(place).write_text(json.dumps(dict(told.args)), encoding="utf-8")

    with suppress(KeyboardInterrupt):
        run_server(settings, ("127.0.0.1", 0), watching=True, tell=tell)


def _corpus(place: Path) -> Path:
    """This person's documents, at first those that came with the program."""
    mine, shipped = place / "corpus", Path(sys.prefix).parent / "corpus"
    if not mine.exists():
        if shipped.is_dir():
            aside = place / "corpus.new"
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(shipped, aside, copy_function=shutil.copyfile)
            aside.rename(mine)
        else:
            mine.mkdir()
    return mine


def _await_start(place: Path) -> None:
    with suppress(DxkbError):
        webbrowser.open(_answering(place))


def _await_stop(place: Path) -> None:
    while not (place / "stop").exists():
        time.sleep(_LOOK)
    _thread.interrupt_main()


def _answering(place: Path) -> str:
    """Where the running one answers, as soon as it does. Raises StoreError."""
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with suppress(OSError, ValueError, KeyError):
            url: str = json.loads(_note(place).read_text(encoding="utf-8"))["url"]
            with suppress(HTTPError), straight.open(f"{url}healthz", timeout=5):
                pass  # 503 is an answer, too: its page says what is being read, for minutes on an old PC
            return url
        time.sleep(_LOOK)
    raise StoreError("store.desktop_no_answer")


def _note(place: Path) -> Path:
    return place / "running.json"


def _show(text: str, quiet: bool) -> None:
    if quiet or sys.platform != "win32":
        print(text)
    else:
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "DX事例ナレッジ", 0x40)


if __name__ == "__main__":
    sys.exit(main())
