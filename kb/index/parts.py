"""Vectors on disk as parts that never change: a change adds a small part, says what of older ones is gone,
and now and then parts grow together. So a new view shares the files of the one before it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kb.index import eight_bit
from kb.index.eight_bit import Codes

Matrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

LIST = "parts.json"
CODES = "eight.faiss"
_GROWTH = 8
"""A part is joined with the one before it unless that is so many times as large: a row is copied a few
times in all, and a search meets few parts."""
_GONE = 0.25  # share of a part that is gone at which it is written anew
_MAPPED = 1 << 25
"""Bytes of vectors from which on they are mapped, not read (what is small stays right though somebody
truncates the file), and lie there in 8 bits, too."""
_HEADER = 128
"""Bytes of what numpy tells before the rows, which is written when they have been counted."""
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows ordered by case: ``rows[i]`` (n, d) is chunk ``chunks[i]`` of case ``cases[i]``. Of the
    cases in ``gone`` (in order) nothing counts any more. ``total`` (d,) is the sum of all rows, ``codes``
    are the rows in 8 bits where that is quicker."""

    name: str
    rows: Matrix
    cases: Numbers
    chunks: Numbers
    gone: Numbers
    total: npt.NDArray[np.float64]
    codes: Codes | None = None

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.cases) == len(self.chunks):
            raise ValueError("the dense view's parts differ in length")

    def without(self, cases: Numbers) -> Part:
        """The part of which these ``cases`` are gone, too."""
        more = cases[np.isin(cases, self.cases)]
        return replace(self, gone=np.union1d(self.gone, more)) if len(more) else self

    def dead(self) -> Numbers:
        """Places of the rows that do not count any more."""
        starts = np.searchsorted(self.cases, self.gone)
        ends = np.searchsorted(self.cases, self.gone, side="right")
        runs = [np.arange(s, e) for s, e in zip(starts.tolist(), ends.tolist(), strict=True)]
        return np.concatenate(runs) if runs else _NONE

    def at(self, case: int) -> slice:
        """The rows of a case; none where it is not here or gone."""
        found = slice(*(int(np.searchsorted(self.cases, case, side=s)) for s in ("left", "right")))
        if found.start < found.stop and len(self.gone):
            place = int(np.searchsorted(self.gone, case))
            if place < len(self.gone) and self.gone[place] == case:
                return slice(0, 0)
        return found


def made(rows: Matrix, cases: Numbers, chunks: Numbers) -> Part:
    """A part that is not written yet."""
    return Part("", rows, cases, chunks, _NONE, rows.sum(axis=0, dtype=np.float64))


def add(parts: Sequence[Part], gone: Collection[int], new: Part) -> tuple[Part, ...]:
    """``parts`` without the cases that are ``gone``, and with the ``new`` one, grown together where that
    is due. A part with a new name is to be written."""
    cases = np.array(sorted(gone), dtype=np.int64)
    found = [part.without(cases) for part in parts]
    found = [_joined([p]) if len(p.dead()) > _GONE * len(p.cases) else p for p in found]
    found = [part for part in (*found, new) if len(part.cases)]
    while len(found) > 1 and len(found[-2].cases) < _GROWTH * len(found[-1].cases):
        found[-2:] = [_joined(found[-2:])]
    return tuple(found) or (new,)


def _joined(parts: Sequence[Part]) -> Part:
    """One part of those, without what is gone, by case."""
    kept = [np.delete(np.arange(len(p.cases)), p.dead()) for p in parts]
    cases = np.concatenate([p.cases[k] for p, k in zip(parts, kept, strict=True)])
    order = np.argsort(cases, kind="stable")
    rows = np.concatenate([p.rows[k] for p, k in zip(parts, kept, strict=True)])[order]
    chunks = np.concatenate([p.chunks[k] for p, k in zip(parts, kept, strict=True)])[order]
    return made(rows, cases[order], chunks)


def stream(folder: Path, some: Iterable[Part]) -> None:
    """Writes what comes part by part, by case, as one. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    width, total, cases, chunks = 1, np.zeros(1), [_NONE], [_NONE]
    with (folder / "1.rows.npy").open("wb") as file:
        file.write(bytes(_HEADER))
        for part in some:
            if len(part.cases) or len(cases) == 1:  # of nothing the width may be another
                width, total = part.rows.shape[1], total + part.total
                file.write(np.ascontiguousarray(part.rows, "<f4").data)
                cases.append(part.cases)
                chunks.append(part.chunks)
        told = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({sum(map(len, cases))}, {width}), }}"
        file.seek(0)
        file.write(b"\x93NUMPY\x01\x00" + (_HEADER - 10).to_bytes(2, "little"))
        file.write(told.ljust(_HEADER - 11).encode() + b"\n")
    np.save(folder / "1.cases.npy", np.concatenate(cases))
    np.save(folder / "1.chunks.npy", np.concatenate(chunks))
    _write_codes(folder, "1")
    listed = [{"name": "1", "gone": [], "total": total.tolist()}]
    (folder / LIST).write_text(json.dumps(listed), encoding="utf-8")


def write(folder: Path, parts: Sequence[Part]) -> None:
    """Writes the parts that have no name yet, and the list of all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = max((int(part.name) for part in parts if part.name), default=0)
    listed = []
    for part in parts:
        name = part.name
        if not name:
            taken += 1
            name = str(taken)
            for of, values in (("rows", part.rows), ("cases", part.cases), ("chunks", part.chunks)):
                np.save(folder / f"{name}.{of}.npy", values)
            _write_codes(folder, name)
        listed.append({"name": name, "gone": part.gone.tolist(), "total": part.total.tolist()})
    (folder / LIST).write_text(json.dumps(listed), encoding="utf-8")


def _write_codes(folder: Path, name: str) -> None:
    """Writes the rows of a part that are there once more in 8 bits, where they are many."""
    path = folder / f"{name}.rows.npy"
    if path.stat().st_size >= _MAPPED:
        eight_bit.write(folder / f"{name}.{CODES}", np.load(path, mmap_mode="r"))


def read(folder: Path) -> tuple[Part, ...]:
    """What :func:`write` wrote. Raises OSError or ValueError."""
    listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    return tuple(_read(folder, part) for part in listed)


def files(parts: Sequence[Part]) -> list[str]:
    """Names of the files that hold those parts that have been written."""
    of = ("rows.npy", "cases.npy", "chunks.npy")
    return [
        f"{p.name}.{kind}" for p in parts if p.name for kind in (*of, *([CODES] if p.codes else []))
    ]


def _read(folder: Path, listed: Mapping[str, Any]) -> Part:
    path = folder / f"{listed['name']}.rows.npy"
    mode: Literal["r"] | None = "r" if path.stat().st_size >= _MAPPED else None
    rows, cases, chunks = (
        np.load(folder / f"{listed['name']}.{of}.npy", mmap_mode=mode)
        for of in ("rows", "cases", "chunks")
    )
    gone, total = np.array(listed["gone"], dtype=np.int64), np.array(listed["total"])
    at = folder / f"{listed['name']}.{CODES}"
    codes = eight_bit.read(at, rows.shape) if at.is_file() else None
    return Part(
        str(listed["name"]), rows, np.asarray(cases), np.asarray(chunks), gone, total, codes
    )
