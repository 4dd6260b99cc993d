"""RapidOCR beside tesseract: characters right, processor seconds a page, memory.

usage: python -m benchmarks.ocr [rapidocr|tesseract]...   (needs ``../shared``)

Two made scans whose text is known, and pages of text PDFs that are read as if they were pictures. F1 of the
longest common subsequence with the true text (the order of columns counts), and of the bag of characters;
white space does not count. Memory is the largest that this process or a program it ran took.
"""

from __future__ import annotations

import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from rapidfuzz.distance import LCSseq

from ingest.readers import read
from ingest.readers.ocr.recognise import recognise
from kb.base.errors import ReadError
from kb.language.text import fold_text

_DOCUMENTS = Path(__file__).resolve().parents[2] / "shared" / "documents"
_SCANS = ("scan_300.pdf", "scan_200_noisy.pdf")
_EVERY = 4  # of the text PDFs, by name
_FEWEST = 100  # characters of a page that is worth comparing


def main() -> None:
    """Prints a line for each scan and one for all pages of text PDFs."""
    for engine in sys.argv[1:] or ("rapidocr", "tesseract"):
        true = _plain((_DOCUMENTS / "made" / "gt.txt").read_text("utf-8"))
        for name in _SCANS:
            path = _DOCUMENTS / "made" / name
            document = pypdfium2.PdfDocument(path)
            numbers = range(1, len(document) + 1)
            document.close()
            texts, seconds = zip(*(_read(path, n, engine) for n in numbers), strict=True)
            _tell(engine, name, [("".join(texts), true)], sum(seconds) / len(seconds))
        pages = [(_read(path, 1, engine), text) for path, text in _text_pages()]
        took = [seconds for (_, seconds), _ in pages]
        _tell(engine, f"{len(pages)} pages of text PDFs", [(t, true) for (t, _), true in pages], sum(took) / len(took))  # fmt: skip
        largest = max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(f"{engine}: {largest / 1024:.0f} MiB", flush=True)


def _text_pages() -> Iterator[tuple[Path, str]]:
    for path in sorted((_DOCUMENTS / "pdf").rglob("*.pdf"))[::_EVERY]:
        text = _plain(read(path).pages[0].text)
        if len(text) >= _FEWEST:
            yield path, text


def _read(path: Path, number: int, engine: str) -> tuple[str, float]:
    """What stands on a page, "" where it was given up, and the processor seconds that it took."""
    began = _spent()
    try:
        text = _plain(recognise(path, None, number, engine).text)
    except ReadError as error:
        print(f"{engine}: {path.name} p.{number}: {error.told.code}", flush=True)
        text = ""
    return text, _spent() - began


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _tell(engine: str, what: str, texts: list[tuple[str, str]], seconds: float) -> None:
    letters = sum(len(found) + len(true) for found, true in texts)
    same = sum(LCSseq.similarity(found, true) for found, true in texts)
    bag = sum((Counter(found) & Counter(true)).total() for found, true in texts)
    print(
        f"{engine}: {what}: F1 {2 * same / letters:.4f}, bag {2 * bag / letters:.4f}, {seconds:.1f} s a page",
        flush=True,
    )


def _plain(text: str) -> str:
    return re.sub(r"[\s|｜]", "", fold_text(text))


if __name__ == "__main__":
    main()
