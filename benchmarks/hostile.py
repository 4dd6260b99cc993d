"""What a broken or hostile file costs: ``python -m benchmarks.hostile [--rows 30000] [--megabytes 50]``.

Prints seconds of processor for signs that are repeated 80,000 times in a note, for a list of so many rows as CSV,
and for JSON saved as text, each read, described and tokenised in a worker as an ingest does it; and the most
memory that a worker took. The time that other programs take is not in it.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.flow.prepare import Termed
from ingest.flow.worker import Workers
from kb.base.errors import ReadError

_SIGNS = ("**", "__", "![", "[x](", "<!-- ", "「", "\\", "…", "[[", "令和5年", "<table ", "~~a ")
_TOWNS = ("豊岡市", "養父市", "香美町", "朝来市", "宍粟市", "多可町", "丹波市", "西脇市", "加西市", "姫路市")  # fmt: skip


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=80_000)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--megabytes", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for sign in _SIGNS:
            text = f"# 題\n\n豊岡市の本文です。\n\n{sign * options.times}\n"
            _told(repr(sign), Path(folder, "note.md"), lambda text=text: text)  # type: ignore[misc]
        _told("rows of CSV", Path(folder, "list.csv"), lambda: _rows(options.rows))
        _told("JSON as text", Path(folder, "dump.txt"), lambda: _json(options.megabytes))


def _rows(count: int) -> str:
    rows = (
        f"{_TOWNS[n % 10]},窓口の申請を電子化した第{n}号,年間{n % 1990 + 10}時間を削減した,令和{n % 6 + 1}年度"
        for n in range(count)
    )
    return "\n".join(["自治体,取組,効果,年度", *rows])


def _json(megabytes: int) -> str:
    entry = {"id": 123456, "name": "窓口", "説明": "書類を減らした取組である", "value": 7654321}
    text = json.dumps(entry, ensure_ascii=False)
    return f"[{','.join([text] * (megabytes * 1_000_000 // (len(text.encode()) + 1)))}]"


def _told(name: str, path: Path, made: Callable[[], str]) -> None:
    path.write_text(made(), encoding="utf-8")
    end = f"{path.stat().st_size / 1e6:.1f} MB"
    with Workers(1) as workers:
        workers.call("ingest.flow.reading:term_here", _small(path), None, {})  # libraries are there
        before = workers.call("benchmarks.hostile:spent")
        try:
            found: Termed = workers.call("ingest.flow.reading:term_here", path, None, {})
            after = workers.call("benchmarks.hostile:spent")
            took = f"{after[0] - before[0]:6.1f} s  {after[1]:5} MiB  {len(found.cases)} cases"
        except ReadError as error:
            took = f"ends with {error.code}: {error}"
    print(f"{name:14} {end:>8}  {took}", flush=True)


def _small(path: Path) -> Path:
    small = path.with_stem("small")
    small.write_text("自治体,取組\n豊岡市,窓口の見直し\n", encoding="utf-8")
    return small


def spent() -> Sequence[float]:
    """Seconds of processor that this process took so far, and the most memory, MiB."""
    about = resource.getrusage(resource.RUSAGE_SELF)
    return about.ru_utime + about.ru_stime, about.ru_maxrss // 1024


if __name__ == "__main__":
    main()
