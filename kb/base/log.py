"""The log: ``dxkb.log`` in the data folder, for whoever looks after the machine; English, UTC.

A line tells what began, ended or failed, with the code of the message, paths and figures. What documents
say and what people ask is not in it: an exception is told by its kind and the lines of code it came
through, never by its words, which may quote a document. ``--verbose`` tells the same on stderr, with the
details, and with the words of exceptions. ``DXKB_LOG=json`` makes every line a JSON object.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

NAME = "dxkb.log"
MOST_BYTES = 1_000_000
"""Size at which the file is put aside; ``KEPT`` older ones stay beside it."""
KEPT = 3

_OURS = ("dxkb", "ingest", "kb", "web")  # other people's loggers may quote documents
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


def configure(data: Path | None, *, verbose: bool = False, as_json: bool = False) -> None:
    """Sends the product's log to the folder ``data`` (None: to no file) and, with ``verbose``, to
    stderr, ``as_json`` as an object a line; replaces what was configured before. Never fails: a log that cannot be written is lost."""
    handlers: list[logging.Handler] = [
        logging.NullHandler() if data is None else _File(data / NAME)
    ]
    if verbose:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        kind = _Objects if as_json else _Lines
        handler.setFormatter(kind(words=not isinstance(handler, _File)))
    for name in _OURS:
        logger = logging.getLogger(name)
        for old in logger.handlers[:]:
            logger.removeHandler(old)
            old.close()
        for handler in handlers:
            logger.addHandler(handler)
        logger.setLevel(logging.DEBUG if verbose else logging.INFO)


class _Lines(logging.Formatter):
    """An event a line, whatever the names of files hold; ``words`` tells what exceptions say."""

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        """UTC."""
        return time.gmtime(seconds)

    def __init__(self, *, words: bool) -> None:
        super().__init__(_FORMAT, "%Y-%m-%dT%H:%M:%SZ")
        self._words = words

    def format(self, record: logging.LogRecord) -> str:
        """The event; what another formatter made of its exception is neither used nor left behind."""
        record.exc_text = None
        try:
            return super().format(record)
        finally:
            record.exc_text = None

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, its signs that do not print escaped."""
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Kind and place of an exception and of those that led to it, the last one first."""
        if self._words:
            return super().formatException(ei)
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            lines.append(type(error).__name__)
            lines += [
                f"  {Path(at.filename).name}:{at.lineno} {at.name}"
                for at in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


class _Objects(_Lines):
    """An event a JSON object: time, level, process, logger, event, what ``extra={"fields": …}`` adds, and
    the kind and place of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The object on one line."""
        told = {
            "time": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "process": record.process,
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info).splitlines()
        line = json.dumps(told, ensure_ascii=False, default=str)
        return line.encode("utf-8", "backslashreplace").decode("utf-8")


class _File(RotatingFileHandler):
    """A file that only its owner reads, opened with the first event."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Writes on in a new file where a restore has put the folder aside."""
        if self.stream and not Path(self.baseFilename).exists():
            self.stream.close()
            self.stream = None
        super().emit(record)

    def doRollover(self) -> None:
        """Puts the file aside; where another process has it open (Windows) it grows on."""
        with contextlib.suppress(OSError):
            super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk or a missing folder costs the event, not the work."""
