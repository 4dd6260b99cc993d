"""Kills, full disks, vanished folders and more while the product writes: ``python -m benchmarks.faults``.

Every operation is done once undisturbed; then again and again, with something going wrong at a moment that
the seed chooses. What a person may see is looked at as it was left, and after the next start; then the work
is done to its end, and everything must be as after the undisturbed run. Prints a line for each operation
and exits 1 when anything was lost, doubled, changed or shown.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a fork takes no threads along

from benchmarks.faults import disk
from benchmarks.faults.injection import Ended, apart, within, without_rights
from benchmarks.faults.operations import OPERATIONS, Operation, here, settle
from benchmarks.faults.world import copied, dump, lay_out, seen_by_all
from ingest.flow.worker import Workers
from kb.base.config import Settings
from kb.language.tokens import tokenize
from kb.places.gazetteer import load_gazetteer

Dump = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """An operation with the state ``begun`` before it, what it is after it, and how many ``moments`` it has."""

    operation: Operation
    begun: Settings
    before: Dump | None
    after: Dump
    visible: frozenset[str]
    moments: int


def main() -> int:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="kills of every operation")
    parser.add_argument(
        "--others", type=int, default=4, help="full disks, vanished folders, … of every operation"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--disk", type=int, default=0, help="only this: disks that are full, by tmpfs"
    )
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    if options.disk:
        disk.enter()
    logging.disable()
    Workers.call = here  # type: ignore[method-assign]
    tokenize("準備"), load_gazetteer()
    chosen = [op for op in OPERATIONS if not options.only or op.name in options.only]
    wrong: list[str] = []
    done: Counter[str] = Counter()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        if options.disk:
            stack.enter_context(disk.mounted(folder / "disk"))
        for operation in chosen:
            known = _undisturbed(operation, folder / operation.name)
            tried: Counter[str] = Counter()
            for name, disturb in _plan(known, options):
                tried[name.split()[0]] += 1
                trouble = _tried(known, disturb, folder / "disk" / "try")
                wrong += [f"{operation.name}, {name}: {text}" for text in trouble]
            done += tried
            counts = ", ".join(f"{n} {name}" for name, n in sorted(tried.items()))
            print(f"{operation.name:14} {known.moments:5} moments; {counts}", flush=True)
    for text in wrong:
        print(f"WRONG {text}")
    counts = ", ".join(f"{n} {name}" for name, n in sorted(done.items()))
    print(f"{done.total()} interleavings ({counts}), {len(wrong)} wrong")
    return 1 if wrong else 0


def _undisturbed(operation: Operation, folder: Path) -> Undisturbed:
    begun = lay_out(folder / "begun")
    _must(apart(lambda: operation.begin(begun)))
    before = dump(begun) if begun.database.exists() and operation.readable else None
    visible = seen_by_all(begun)
    done = copied(begun, folder / "done")
    ended = _must(apart(lambda: operation.work(done), at=-1))
    visible |= seen_by_all(done)
    _must(apart(lambda: settle(done)))
    return Undisturbed(
        operation, begun, before, dump(done), visible | seen_by_all(done), ended.moments
    )


Disturb = Callable[[Settings, Callable[[], object]], None]


def _plan(known: Undisturbed, options: argparse.Namespace) -> Iterator[tuple[str, Disturb]]:
    """What goes wrong, each with its name."""
    chance = random.Random(options.seed)
    if options.disk:
        for spare in sorted(chance.sample(range(4, 1024, 4), options.disk)):
            yield f"disk of {spare}", lambda s, work, n=spare: _full(s, work, n)  # type: ignore[misc]
        return
    for at in _chosen(known.moments, options.each, chance):
        yield f"kill at {at}", lambda s, work, n=at: _must(apart(work, at=n), "killed", "done")  # type: ignore[misc]
    for i in range(options.others):  # from a page to a megabyte
        size = int(4096 * 2 ** (i * 8 / options.others))
        yield f"limit of {size}", lambda s, work, n=size: apart(work, largest=n)  # type: ignore[misc]
    for at in _chosen(known.moments, options.others if known.operation.reads else 0, chance):
        yield f"vanish at {at}", lambda s, work, n=at: _vanished(s, work, n)  # type: ignore[misc]
    for at in _chosen(known.moments, options.others, chance):
        yield f"twice at {at}", lambda s, work, n=at: _twice(work, n)  # type: ignore[misc]
    if options.others:
        yield "readonly", without_rights


def _full(settings: Settings, work: Callable[[], object], spare: int) -> None:
    disk.resize(settings.corpus.parents[1], spare)
    apart(work)
    disk.resize(settings.corpus.parents[1], None)


def _chosen(moments: int, most: int, chance: random.Random) -> list[int]:
    return sorted(chance.sample(range(1, moments + 1), min(most, moments)))


def _vanished(settings: Settings, work: Callable[[], object], at: int) -> None:
    hidden = settings.corpus.with_name("unmounted")
    apart(work, at=at, what=lambda: settings.corpus.rename(hidden))
    apart(work)
    if hidden.exists():
        hidden.rename(settings.corpus)


def _twice(work: Callable[[], object], at: int) -> None:
    for ended in within(work, at):
        _must(ended, "done", "refused")


def _tried(known: Undisturbed, disturb: Disturb, folder: Path) -> list[str]:
    """What is wrong after a disturbance."""
    settings = copied(known.begun, folder)
    wrong: list[str] = []
    operation = known.operation
    try:
        disturb(settings, lambda: operation.work(settings))
        shown = seen_by_all(settings) - known.visible
        again = apart(lambda: settle(settings))
        shown |= seen_by_all(settings) - known.visible
        if shown:
            wrong.append(f"shown: {sorted(shown)[:3]}")
        wrong += [text for text in [operation.wrong(settings)] if text]
        if again.how == "done":
            wrong += _lost(known, settings)
        elif again.how == "broke":
            wrong.append(f"the next start: {again.told.splitlines()[-1]}")
        if not _is_done(operation, settings):
            ended = apart(lambda: operation.work(settings))
            wrong += (
                [f"not done again: {ended.how} {ended.told[-300:]}"] if ended.how != "done" else []
            )
        ended = apart(lambda: settle(settings))
        wrong += [f"not settled: {ended.how} {ended.told[-300:]}"] if ended.how != "done" else []
        wrong += _differing(known.after, dump(settings)) if not wrong else []
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return wrong


def _is_done(operation: Operation, settings: Settings) -> bool:
    with suppress(Exception):
        return operation.is_done(settings)
    return False


def _lost(known: Undisturbed, settings: Settings) -> list[str]:
    """Cases that were there before and are there in the end, but were not in between."""
    if known.before is None:
        return []
    there = set(dump(settings)["cases"])
    both = set(known.before["cases"]) & set(known.after["cases"])
    return [f"lost in between: {sorted(both - there)[0][:80]}"] if both - there else []


def _differing(wanted: Dump, found: Dump) -> list[str]:
    wrong = []
    for name, rows in wanted.items():
        if rows != found[name]:
            less = list((Counter(rows) - Counter(found[name])).elements())
            more = list((Counter(found[name]) - Counter(rows)).elements())
            wrong.append(
                f"{name}: -{[row[:120] for row in less[:2]]} +{[row[:120] for row in more[:2]]}"
            )
    return wrong


def _must(ended: Ended, *hows: str) -> Ended:
    if ended.how not in (hows or ("done",)):
        raise RuntimeError(f"{ended.how}: {ended.told}")
    return ended


if __name__ == "__main__":
    sys.exit(main())
