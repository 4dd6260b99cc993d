"""Cases that belong together: nearly the same text in two documents, older and newer editions.

Nothing is ever dropped for it: two municipalities may say the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from kb.storage.database import Connection
from kb.storage.editions import Edition, edition

Signature = npt.NDArray[np.uint32]

PERMUTATIONS = 64
"""Length of a signature: the estimate of a similarity of 0.8 is right to 0.05 (one deviation)."""

BANDS = 16
"""Bands of four: pairs from 0.8 on share one with a probability of 0.9998, those under 0.3 of 0.12."""

NEARLY = 0.7
"""Estimated Jaccard similarity of word triples from which two cases are called nearly the same. A
note with a tenth of its words exchanged reaches 0.75; two municipalities' notes on one subject stay
under 0.1 (shipped corpus, largest 0.05)."""

_NEAR_PAIRS = "SELECT case_no, other_no FROM near_duplicates"
_LAST = "(SELECT coalesce(max(case_no), -1) FROM {})"
"""The last case that has been looked at: numbers grow, and what a table holds of a case goes with it."""
_ONCE = "ON CONFLICT DO NOTHING"
_SHINGLE = 3  # words
_NOTHING = np.uint32(0xFFFFFFFF)  # of every permutation: a text too short to compare
_FEWEST = 20  # words under which a text is no evidence


@dataclass(frozen=True, slots=True)
class _Placed:
    """A case as editions are told by: its document, its 年度, its title's edition and its file's."""

    no: int
    document: int
    year: int
    edition: Edition
    file: str
    file_edition: Edition


def relate(connection: Connection) -> None:
    """Brings near-duplicates and editions of what has changed up to date. The caller's transaction."""
    rows = connection.execute(
        f"SELECT case_no, body FROM tokens WHERE case_no > {_LAST.format('signatures')} ORDER BY 1"
    ).fetchall()
    for number, body in rows:
        _sign(connection, int(number), signature(str(body).split()))
    _name_groups(connection)
    for title, place in connection.execute("SELECT title, place FROM editions_due").fetchall():
        _tell_editions(connection, str(title), str(place))
    connection.execute("DELETE FROM editions_due")


def signature(terms: list[str]) -> Signature:
    """(PERMUTATIONS,) MinHash of the triples of neighbouring words; of nothing in a short text.

    A triple's hash h is scattered (the finalizer of MurmurHash3) and gives a·h + b modulo 2³² for
    every permutation, where an odd a makes it one; the least over all triples is kept. These are
    the very numbers of the library datasketch 2 (seed 1), which stores already hold.
    """
    if len(terms) < _FEWEST:
        return np.full(PERMUTATIONS, _NOTHING, dtype="<u4")
    triples = {" ".join(terms[i : i + _SHINGLE]) for i in range(len(terms) - _SHINGLE + 1)}
    digests = (hashlib.sha1(triple.encode("utf-8")).digest()[:4] for triple in triples)  # noqa: S324
    hashed = np.frombuffer(b"".join(digests), dtype="<u4")
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashed = (hashed ^ (hashed >> np.uint32(shift))) * np.uint32(factor)
    hashed = hashed ^ (hashed >> np.uint32(16))
    slopes, offsets = _permutations()
    least: Signature = (hashed[:, None] * slopes + offsets).min(axis=0).astype("<u4")
    return least


@cache
def _permutations() -> tuple[Signature, Signature]:
    """a and b of every permutation; RandomState gives the same in every version of numpy."""
    random = np.random.RandomState(1)
    slopes = random.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2)
    return slopes + np.uint32(1), random.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


def similarity(one: Signature, other: Signature) -> float:
    """Estimated Jaccard similarity, 0 to 1."""
    return float(np.mean(one == other))


def _sign(connection: Connection, number: int, own: Signature) -> None:
    """Notes a case's signature, and which cases of other documents it nearly repeats."""
    connection.execute("INSERT INTO signatures VALUES (?, ?)", [number, own.tobytes()])
    if (own == _NOTHING).all():
        return
    keys = [(band, _hash(part)) for band, part in enumerate(np.split(own, BANDS))]
    near: set[int] = set()
    for key in keys:
        near.update(
            int(row[0])
            for row in connection.execute(
                """SELECT b.case_no FROM signature_bands b JOIN cases c ON c.no = b.case_no
                   WHERE b.band = ? AND b.hash = ?
                   AND c.document_no != (SELECT document_no FROM cases WHERE no = ?)""",
                [*key, number],
            )
        )
    for other in sorted(near):
        (theirs,) = connection.execute(
            "SELECT minhash FROM signatures WHERE case_no = ?", [other]
        ).fetchone()
        likeness = similarity(own, np.frombuffer(theirs, "<u4"))
        if likeness >= NEARLY:
            pairs = [(number, other, likeness), (other, number, likeness)]
            connection.executemany(f"INSERT INTO near_duplicates VALUES (?, ?, ?) {_ONCE}", pairs)
    rows = [(*key, number) for key in keys]
    connection.executemany(f"INSERT INTO signature_bands VALUES (?, ?, ?) {_ONCE}", rows)


def _hash(part: Signature) -> int:
    digest = hashlib.blake2b(part.tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _name_groups(connection: Connection) -> None:
    """Notes of every new case by what its editions are told, and that its group is due."""
    rows = connection.execute(
        f"""SELECT no, title, code || '/' || municipality FROM cases
            WHERE no > {_LAST.format("edition_keys")}"""
    ).fetchall()
    for number, title, place in rows:
        key = [edition(str(title))[0], str(place)]
        connection.execute("INSERT INTO edition_keys VALUES (?, ?, ?)", [number, *key])
        connection.execute(f"INSERT INTO editions_due VALUES (?, ?) {_ONCE}", key)


def _tell_editions(connection: Connection, title: str, place: str) -> None:
    """Notes for the cases of a group of which another document has a newer edition the newest."""
    if not title:
        return
    group = "(SELECT case_no FROM edition_keys WHERE title = ? AND place = ?)"
    connection.execute(f"DELETE FROM superseded WHERE case_no IN {group}", [title, place])
    pairs = connection.execute(f"{_NEAR_PAIRS} WHERE case_no IN {group}", [title, place])
    near = {(int(a), int(b)) for a, b in pairs}
    same = list(_placed(connection, group, [title, place]))
    for case in same:
        newer = [o for o in same if _is_newer(o, case, is_near=(case.no, o.no) in near)]
        if newer:
            newest = max(newer, key=lambda o: (o.edition, o.file_edition, o.year, o.no))
            connection.execute("INSERT INTO superseded VALUES (?, ?)", [case.no, newest.no])


def _is_newer(other: _Placed, case: _Placed, *, is_near: bool) -> bool:
    """True for a later edition by its title; where titles do not tell, by the file's name or its
    folder's, if files are named alike; else by the 年度 of nearly the same text."""
    if other.document == case.document:
        return False
    if case.edition.is_before(other.edition) or other.edition.is_before(case.edition):
        return case.edition.is_before(other.edition)
    if other.file == case.file and case.file_edition != other.file_edition:
        return case.file_edition.is_before(other.file_edition)
    return is_near and 0 < case.year < other.year


def _placed(connection: Connection, group: str, values: Sequence[str]) -> Iterable[_Placed]:
    rows = connection.execute(
        f"""SELECT c.no, c.document_no, coalesce(c.year, 0), c.title, d.path
            FROM cases c JOIN documents d ON d.no = c.document_no WHERE c.no IN {group}
            ORDER BY c.no""",
        values,
    )
    for number, document, year, title, path in rows:
        yield _Placed(
            int(number), int(document), int(year), edition(str(title))[1],
            *_of_file(PurePosixPath(str(path))),
        )  # fmt: skip


def _of_file(path: PurePosixPath) -> tuple[str, Edition]:
    """The name of a file without edition, and its edition; where only its folder tells one (R5/,
    R6/), the folder's."""
    name, told = edition(path.stem)
    return (name or path.stem), (told if told != Edition() else edition(path.parent.name)[1])
