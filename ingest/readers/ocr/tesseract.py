"""tesseract, where it is installed with its Japanese data."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from ingest.page import Mark
from ingest.readers.ocr.engines import find_tesseract
from ingest.readers.ocr.words import Picture, Piece
from kb.base.errors import ReadError

DPI = 300
"""What it is trained for."""
LEAST = 0.0
"""How sure it has to be of a line."""

_WORD = "5"  # the level of a word in its table
_COLUMNS = 12
_WIDE = 1.2  # times the height of the line: a gap that parts words even in Japanese
_LATIN = re.compile(r"[!-~]")


def pieces(picture: Picture, seconds: float) -> tuple[Piece, ...]:
    """The lines that stand on the picture, within ``seconds``. Raises ReadError: ``ocr`` or ``timeout``."""
    tesseract = find_tesseract()
    if tesseract is None:
        raise ReadError("read.ocr.missing")
    found = []
    for _, group in groupby(_words(_run(tesseract, picture, seconds)), lambda word: word[0]):
        words = list(group)
        letters = sum(len(mark.text) for _, mark, _ in words)
        certain = sum(sure * len(mark.text) for _, mark, sure in words) / letters
        marks = tuple(mark for _, mark, _ in words)
        found.append(Piece(_joined(marks), marks, certain))
    return tuple(found)


def _joined(words: Sequence[Mark]) -> str:
    """The line's text. It parts Japanese into words; a space stays between Latin words and where the
    print leaves one."""
    text = words[0].text
    height = max(word.box[3] - word.box[1] for word in words)
    for before, after in pairwise(words):
        is_latin = _LATIN.match(before.text[-1]) and _LATIN.match(after.text[0])
        is_apart = after.box[0] - before.box[2] > _WIDE * height
        text += (" " if is_latin or is_apart else "") + after.text
    return text


def _run(tesseract: Path, picture: Picture, seconds: float) -> str:
    """Tesseract's table of words. One thread: pages are read side by side instead."""
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [
                str(tesseract), "stdin", "stdout",
                "-l", "jpn", "--psm", "4", "--dpi", str(DPI), "tsv",
            ],
            input=b"P5 %d %d 255\n" % (picture.width, picture.height) + picture.pixels,
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ReadError("read.timeout.page", seconds=seconds) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReadError("read.ocr.failed", error=error) from error
    return done.stdout.decode("utf-8", "replace")


def _words(table: str) -> Iterator[tuple[tuple[str, ...], Mark, float]]:
    """The key of its line, the word, and how sure it is of it, 0–1."""
    for row in table.split("\n"):
        fields = row.rstrip("\r").split("\t")
        if len(fields) != _COLUMNS or fields[0] != _WORD or not fields[11].strip():
            continue
        left, top, width, height = (float(value) for value in fields[6:10])
        box = (left, top, left + width, top + height)
        yield tuple(fields[1:5]), Mark(fields[11].strip(), box), max(float(fields[10]), 0.0) / 100
