"""What the documents' figures were printed by: ``python -m benchmarks.printed [NAME …]`` (``make figures``).

Runs each command of ``COMMANDS`` and keeps what it prints as ``benchmarks/printed/NAME.txt``, below the command itself and a line
that tells the program measured, the day and the machine. ``tests/guides/test_printed.py`` looks every figure of the documents' tables up
there. The program is the trees of ``PROGRAM`` as committed; a checkout where those were changed is refused.
(Templates of pages and pictures of the help are left out: they change no figure but those of ``screens``.)
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "benchmarks" / "printed"
PROGRAM = (
    "dxkb", "ingest", "kb", "web", "corpus", "constraints.txt",
    ":!web/templates", ":!web/static/help", ":!corpus/README.md",
)  # fmt: skip
_GROWN = "build/figures"
COMMANDS = {
    "own": "dxkb ingest corpus --data build/figures/shipped && dxkb eval tests/queries/corpus.jsonl --data build/figures/shipped",
    "quality": "python -m benchmarks.search_quality --sets casenotes notes amagasaki --modes hybrid",
    "question": "python -m benchmarks.question_speed --every 5",
    "question-100000": f"python -m benchmarks.question_speed --data {_GROWN}/100000/data --every 12",
    "size-100000": f"python -m benchmarks.at_size 100000 --keep {_GROWN} --sentences",
    "size-1000000": f"python -m benchmarks.at_size 1000000 --keep {_GROWN} --sentences --measure start search",
    "files-41000": f"python -m benchmarks.at_size --files 41000 --keep {_GROWN} --sentences --measure idle",
    "change-100000": f"python -m benchmarks.one_change --keep {_GROWN}/100000 --changes 6",
    "change-1000000": f"python -m benchmarks.one_change --keep {_GROWN}/1000000 --changes 4",
    "eight-bit": f"python -m benchmarks.eight_bit --data {_GROWN}/100000/data",
    "ingest-speed": "python -m benchmarks.ingest_speed",
    "searching-while-ingesting": "python -m benchmarks.searching_while_ingesting --runs 7",
    "found-while-waiting": "python -m benchmarks.found_while_waiting",
    "cold-start": "python -m benchmarks.cold_start",
    "encoder": "python -m benchmarks.encoder_speed",
    "screens": "python -m benchmarks.screens",
    "fuzz": "python -m benchmarks.fuzz",
    "hostile": "python -m benchmarks.hostile",
    "faults": "python -m benchmarks.faults --seed 3",
    "faults-disk": "python -m benchmarks.faults --disk 12",
    "backups": f"python -m benchmarks.backups --data {_GROWN}/shipped",
    "ocr": "python -m benchmarks.ocr",
    "characters": "python -m benchmarks.pdf_characters",
    "splitting": "python -m benchmarks.splitting",
    "facts": "python -m benchmarks.facts",
    "judged": "python -m benchmarks.judged",
    "from-nothing": "python -m benchmarks.from_nothing --python 3.11 3.12 3.13",
    "from-nothing-light": "python -m benchmarks.from_nothing --light",
    "windows": "make windows",
    "windows-test": "make windows-test",
    "kit": "make kit",
    "kit-test": "make kit-test",
    "kit-sizes": "python -m scripts.kits.sizes",
    "postgresql": f"python -m benchmarks.on_postgresql {_GROWN}/100000/data",
    "postgresql-quality": "python -m benchmarks.on_postgresql --sets corpus casenotes",
    "bench": f'make bench BENCH="--sizes 1000 10000 100000 --keep {_GROWN}"',
}  # fmt: skip
"""Name → command, as typed in the root of a checkout whose environment is active (some need ``../shared``, hours in all)."""


def main() -> None:
    """Runs the commands named, or all of them, one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*COMMANDS, []])
    if _git("status", "--porcelain", "--", *PROGRAM):
        sys.exit("the program differs from its last commit: what would be printed is of neither")
    Path(ROOT, _GROWN).mkdir(parents=True, exist_ok=True)
    failed = [name for name in parser.parse_args().names or COMMANDS if not printed(name)]
    if failed:
        sys.exit(f"failed, nothing kept: {', '.join(failed)}")


def printed(name: str) -> bool:
    """Whether the command ended well; what it printed is kept then."""
    command, began, load = COMMANDS[name], time.monotonic(), os.getloadavg()[0]
    print(f"$ {command}", flush=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=os.environ | {"PATH": path}, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    print(done.stdout, flush=True)
    if done.returncode:
        return False
    about = (
        f"# program {program()}, {date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after, {time.monotonic() - began:.0f} s"
    )
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text(f"$ {command}\n{about}\n{done.stdout}", encoding="utf-8")
    return True


def program() -> str:
    """The last commit that changed the program."""
    return _git("log", "-1", "--format=%h", "--", *PROGRAM).strip()


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    main()
