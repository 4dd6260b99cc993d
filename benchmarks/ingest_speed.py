"""How fast documents are read and taken in: ``python -m benchmarks.ingest_speed``.

Pages a second of the product's PDF reading (layout, tables, order, cleaning; without OCR) beside
plain PDFium text in the same run, in processor time of one process and by the clock on all cores, and the
share of time of every step; then notes, from file to store (without the sentence model), beside MeCab alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2

from benchmarks.search_quality import ROOT
from ingest.describe.cases import cases
from ingest.flow.prepare import termed, with_vectors
from ingest.flow.reading import read_here, term_here
from ingest.flow.worker import Workers, worker_count
from ingest.page import Extract
from ingest.readers import read
from ingest.split.chunks import chunks
from ingest.split.clean import clean
from kb.base.config import BUILTIN_MODEL, Settings
from kb.base.errors import ReadError
from kb.language.encoder import load_encoder
from kb.language.tokens import _tagger as mecab
from kb.language.tokens import tokenize
from kb.storage.writer import FileState, open_writer

ReadAll = Callable[[Sequence[Path]], object]


def main() -> None:
    """Prints both figures, their ratio and the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    files = sorted((options.shared / "documents" / "pdf").glob("**/*.pdf"))
    files += sorted((options.shared / "seed").glob("*.pdf"))
    pages = {path: plain(path) for path in files}
    total = sum(pages.values())
    print(
        f"{len(files)} PDFs, {total} pages, {worker_count()} workers, medians of {options.runs} runs"
    )
    alone = [(_processor(plain, files), _processor(_read_here, files)) for _ in range(options.runs)]
    ratios = [plainly / product for plainly, product in alone]
    print(f"  processor time of one process: ratio {_spread(ratios)}")
    theirs, ours = _speeds(options.runs, total, files)
    ratios = [b / a for a, b in zip(theirs, ours, strict=True)]
    print(f"  plain PDFium {median(theirs):8.0f} pages/s")
    print(f"  product      {median(ours):8.0f} pages/s   ratio {_spread(ratios)}")
    spent = steps(files)
    for name, seconds in spent.most_common():
        print(f"  {name:10} {seconds / spent.total():6.1%}")
    _tell_notes(sorted(options.shared.glob("casenotes*/**/*.md")))


def _spread(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _processor(function: Callable[[Path], object], files: Sequence[Path]) -> float:
    started = time.process_time()
    for path in files:
        function(path)
    return time.process_time() - started


def _read_here(path: Path) -> object:
    with suppress(ReadError):
        return read_here(path, None)
    return None


def _tell_notes(files: Sequence[Path]) -> None:
    """Processor time of notes from file to store, each step beside MeCab alone on the same text."""
    encoder, spent = load_encoder(str(BUILTIN_MODEL)), Counter[str]()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_writer(Settings(data=Path(folder))) as writer,
    ):
        writer.use_model(encoder.model_id, encoder.dimension)
        read = partial(term_here, password=None, front={})
        for path in files:
            text = path.read_text(encoding="utf-8")
            spent["MeCab"] += _took(mecab().parse, text)[0]
            spent["tokenize"] += _took(tokenize, text)[0]
            seconds, found = _took(read, path)
            spent["read, describe, terms"] += seconds
            seconds, document = _took(partial(with_vectors, encoder=encoder), found)
            spent["vectors"] += seconds
            state = FileState(path.name, b"", 0, 0, "", str(path), str(path))
            spent["store"] += _took(partial(writer.put, state), document)[0]
    whole = sum(spent[step] for step in ("read, describe, terms", "vectors", "store"))
    print(f"{len(files)} notes: MeCab alone / everything {spent['MeCab'] / whole:.3f}")
    for name, seconds in spent.most_common():
        print(f"  {name:22} {seconds / len(files) * 1000:6.2f} ms a note")


def _took(function: Callable[[Any], Any], value: Any) -> tuple[float, Any]:
    started = time.process_time()
    found = function(value)
    return time.process_time() - started, found


def plain(path: Path) -> int:
    """Reads the plain text of every page; the number of pages (0 when it cannot be opened)."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return 0
    for page in document:
        page.get_textpage().get_text_bounded()
    return len(document)


def steps(files: Sequence[Path]) -> Counter[str]:
    """Seconds that each step takes, one file after the other."""
    spent: Counter[str] = Counter()
    encoder = load_encoder(str(BUILTIN_MODEL))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        with open_writer(settings) as writer:
            writer.use_model(encoder.model_id, encoder.dimension)
            for path in files:
                extract = _extract(path, spent)
                if extract is None:
                    continue
                drafts = _step(spent, "split", lambda e: cases(e)[0], extract)
                for draft in drafts:
                    _step(spent, "chunks", chunks, draft)
                    for section in draft.sections:
                        _step(spent, "tokenise", tokenize, section.text)
                before = Counter(spent)
                document = _step(
                    spent, "embed", lambda e: with_vectors(termed(e), encoder), extract
                )
                known = sum((spent - before).values())  # prepare repeats the steps above
                for name in ("split", "chunks", "tokenise"):
                    known -= _LAST.get(name, 0.0)
                spent["embed"] = before["embed"] + max(known, 0.0)
                _LAST.clear()
                state = FileState(path.name, b"", 0, 0, "", path.name, path.name)
                _step(spent, "store", lambda d, s=state: writer.put(s, d), document)  # type: ignore[misc]
    return spent


_LAST: dict[str, float] = {}  # seconds of each step for the file at hand


def _extract(path: Path, spent: Counter[str]) -> Extract | None:
    try:
        extract = _step(spent, "read", read, path)
    except ReadError:
        return None
    pages = _step(spent, "clean", clean, extract.pages)
    if not any(page.text.strip() for page in pages):
        return None
    return Extract(extract.reader, pages, extract.front_matter, warnings=extract.warnings)


def _step(spent: Counter[str], name: str, function: Callable[[Any], Any], value: Any) -> Any:
    started = time.perf_counter()
    result = function(value)
    seconds = time.perf_counter() - started
    spent[name] += seconds  # type: ignore[assignment]
    _LAST[name] = _LAST.get(name, 0.0) + seconds
    return result


def _speeds(runs: int, total: int, files: Sequence[Path]) -> tuple[list[float], list[float]]:
    """Pages a second of PDFium and of the product, in turn, so that both meet the same load; all
    processes are there and have read everything once before."""
    theirs, ours = [], []
    with _plain_pool() as read_plain, _our_pool() as read_ours:
        for run in range(runs + 1):
            for read_all, found in ((read_plain, theirs), (read_ours, ours)):
                started = time.perf_counter()
                read_all(files)
                if run:
                    found.append(total / (time.perf_counter() - started))
    return theirs, ours


@contextmanager
def _plain_pool() -> Iterator[ReadAll]:
    with multiprocessing.get_context("spawn").Pool(worker_count()) as pool:
        yield lambda files: pool.map(plain, files, chunksize=1)


@contextmanager
def _our_pool() -> Iterator[ReadAll]:
    with Workers() as workers, ThreadPoolExecutor(workers.size) as threads:

        def attempt(path: Path) -> None:
            with suppress(ReadError):
                workers.call("ingest.flow.reading:read_here", path, None)

        yield lambda files: list(threads.map(attempt, files))


if __name__ == "__main__":
    main()
