"""Thousands of broken files through the reader workers: ``python -m benchmarks.fuzz``.

Prints how many were read or refused, by reason code, with the longest time and the most memory of a
worker. Bit flips, truncations, deep nesting, zip bombs, entity bombs, page trees of 100,000 pages.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.search_quality import ROOT
from ingest.flow.worker import Workers
from kb.base.errors import ReadError
from tests.support.mutations import mutants

REASONS = frozenset(
    {"read", "damaged", "empty", "password", "too_large", "timeout", "memory", "crash", "unreadable",
     "unsupported", "ocr", "encoding"}
)  # fmt: skip
"""What may become of a broken file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: ``code`` is "read" or a reason, ``explained`` says that people are told
    what to do."""

    name: str
    code: str
    explained: bool
    seconds: float


def originals(shared: Path) -> dict[str, bytes]:
    """Good files of four formats, by name."""
    made, docx = shared / "documents" / "made", shared / "documents" / "docx"
    paths = [
        made / "lo_writer.docx", made / "lo_impress.pptx", made / "lo_calc.xlsx",
        made / "lo_writer.pdf", made / "rl_unijis.pdf", made / "enc_owner_aes256.pdf",
        sorted(docx.glob("*.docx"), key=lambda path: path.stat().st_size)[0],
    ]  # fmt: skip
    return {path.name: path.read_bytes() for path in paths}


def outcomes(files: Iterable[tuple[str, bytes]], folder: Path) -> list[Outcome]:
    """Every file read in a worker, side by side."""

    def attempt(file: tuple[str, bytes]) -> Outcome:
        name, content = file
        path = folder / name
        path.write_bytes(content)
        started = time.perf_counter()
        try:
            workers.call("ingest.flow.reading:read_here", path, None)
            return Outcome(name, "read", True, time.perf_counter() - started)
        except ReadError as error:
            told = bool(error.message() and error.message("en"))
            return Outcome(name, error.code, told, time.perf_counter() - started)
        finally:
            path.unlink()

    with Workers() as workers, ThreadPoolExecutor(workers.size) as threads:
        return list(threads.map(attempt, files))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261123)
    options = parser.parse_args()
    files = mutants(originals(options.shared), options.files, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(files, Path(folder))
    _print(found)


def _print(found: Sequence[Outcome]) -> None:
    for code, n in Counter(outcome.code for outcome in found).most_common():
        slowest = max((o for o in found if o.code == code), key=lambda o: o.seconds)
        print(f"{code:12} {n:5}   slowest {slowest.seconds:6.2f} s  {slowest.name}")
    kinds = Counter((o.name.split("-")[1], o.code) for o in found)
    for (kind, code), n in sorted(kinds.items()):
        print(f"  {kind:10} {code:12} {n}")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    times = [outcome.seconds for outcome in found]
    print(f"{len(found)} files, median {median(times):.3f} s, longest {max(times):.2f} s, "
          f"largest worker {most:,.0f} MiB")  # fmt: skip
    unknown = [outcome for outcome in found if outcome.code not in REASONS]
    print(f"unknown reasons: {len(unknown)}")


if __name__ == "__main__":
    main()
