"""The vectors of the sentence model: which passages still wait for theirs, and those that are there.

They are made in the background, long after a document became searchable, by whoever has time; each
batch is a transaction of its own and needs no other lock.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median_low

import numpy as np
import numpy.typing as npt

from kb.base.errors import ModelError
from kb.storage.database import REPLACED, Connection, atomic, joined
from kb.storage.feed.changes import forget_changes, note_arrivals
from kb.storage.rows import unit_vectors

Matrix = npt.NDArray[np.float32]

_EVERY = 1 << 62  # no document has such a number
_UNSAID = """NOT EXISTS (SELECT 1 FROM sentence_passages p WHERE p.key = sentence_vectors.key)"""
TITLE = -1
"""The section of a passage that is the case's title alone."""


@dataclass(frozen=True, slots=True)
class SentencePassage:
    """Characters ``start`` to ``end`` of section ``section`` (TITLE: of the title)."""

    section: int
    start: int
    end: int
    key: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that has no vector yet, and the document (its number) in which it was found."""

    key: bytes
    text: str
    document: int


@dataclass(frozen=True, slots=True)
class SentenceProgress:
    """How many passages have their vector, of how many."""

    done: int
    total: int


def encoded_text(title: str, passage: str) -> str:
    """What the model reads for a passage: the case's title stands before it, "" for the title alone."""
    return f"{title}\n{passage}" if passage else title


def key_of(text: str) -> bytes:
    """The key of a text's vector."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def insert_passages(
    connection: Connection, case_no: int, passages: Iterable[SentencePassage]
) -> None:
    """Notes what the model has to read of a case, inside the writer's transaction."""
    connection.executemany(
        "INSERT INTO sentence_passages VALUES (?, ?, ?, ?, ?, ?)",
        [(case_no, i, p.section, p.start, p.end, p.key) for i, p in enumerate(passages)],
    )


def use_sentence_model(connection: Connection, model_id: str) -> None:
    """Declares whose vectors follow; those of another model are forgotten."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'sentence_model'").fetchone()
    if row is None or row["value"] != model_id:
        with atomic(connection):
            connection.execute("DELETE FROM sentence_vectors")
            connection.execute(
                f"INSERT INTO meta VALUES ('sentence_model', ?) {REPLACED}", [model_id]
            )
            _count_up(connection)
            forget_changes(connection)


@dataclass(frozen=True, slots=True)
class Among:
    """Where to look for what waits: in documents up to ``newest``, as newer ones have been looked through, and in
    these ``cases`` (None: in all)."""

    newest: int = _EVERY
    cases: tuple[int, ...] | None = None


@contextmanager
def claimed(
    connection: Connection, most: int, among: Among | None = None
) -> Iterator[tuple[Waiting, ...]]:
    """Up to ``most`` texts without a vector ``among`` all, the newest documents' first, short before long. On a
    server they are nobody else's until the block ends, so that any number of workers share the work; what one
    that dies had claimed is free again."""
    among = among or Among()
    if isinstance(connection, sqlite3.Connection):
        yield _waiting(connection, most, among)
        return
    connection.execute("BEGIN")
    try:
        yield _claim(connection, most, among)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _claim(connection: Connection, most: int, among: Among) -> tuple[Waiting, ...]:
    # A row may be free because another worker was done with it after this query had begun: such a one
    # still looks as if it had no vector, so what is claimed is looked at once more.
    while waiting := _waiting(connection, most, among, "FOR UPDATE OF p SKIP LOCKED"):
        done = _embedded(connection, [text.key for text in waiting])
        if len(done) < len(waiting):
            return tuple(text for text in waiting if text.key not in done)
    return ()


def _embedded(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    marks = ", ".join("?" * len(keys))
    rows = connection.execute(f"SELECT key FROM sentence_vectors WHERE key IN ({marks})", keys)
    return {bytes(row["key"]) for row in rows}


def _waiting(
    connection: Connection, most: int, among: Among, claim: str = ""
) -> tuple[Waiting, ...]:
    within = ""
    if among.cases is not None:
        within = f"AND c.no IN ({', '.join('?' * len(among.cases))})"
    rows = connection.execute(
        f"""SELECT p.key, p.section, p.start, p.end, c.document_no, c.title, s.text FROM sentence_passages p
           JOIN cases c ON c.no = p.case_no
           LEFT JOIN sections s ON s.case_no = p.case_no AND s.position = p.section
           WHERE c.document_no <= ? {within}
             AND NOT EXISTS (SELECT 1 FROM sentence_vectors v WHERE v.key = p.key)
           ORDER BY c.document_no DESC, p.end - p.start LIMIT ? {claim}""",
        [among.newest, *(among.cases or ()), most],
    )
    found = {}
    for row in rows:
        passage = "" if row["section"] == TITLE else row["text"][row["start"] : row["end"]]
        text = encoded_text(row["title"], passage)
        found[bytes(row["key"])] = Waiting(bytes(row["key"]), text, int(row["document_no"]))
    return tuple(found.values())


def passages(connection: Connection) -> int:
    """How many there are that the model reads, or has read."""
    return int(connection.execute("SELECT count(*) FROM sentence_passages").fetchone()[0])


def put_vectors(connection: Connection, keys: Sequence[bytes], vectors: Matrix) -> None:
    """Stores the vectors (n, d) of the texts with these keys, in one transaction. Raises ModelError for
    what is no number."""
    if not np.isfinite(vectors).all():
        raise ModelError("store.model_not_finite")
    with joined(connection):
        _count_up(connection)  # first: others wait here for their number
        note_arrivals(connection, keys)
        connection.executemany(
            """INSERT INTO sentence_vectors VALUES (?, ?)
               ON CONFLICT (key) DO UPDATE SET vector = excluded.vector""",
            [
                (key, vector.astype("<f2").tobytes())
                for key, vector in zip(keys, vectors, strict=True)
            ],
        )


def prune(connection: Connection) -> None:
    """Forgets the vectors of texts that no document says any more."""
    with atomic(connection):
        connection.execute(f"DELETE FROM sentence_vectors WHERE {_UNSAID}")


def keys_of(connection: Connection, document_no: int) -> list[bytes]:
    """The keys of what the model reads of a document."""
    sql = """SELECT DISTINCT p.key FROM sentence_passages p JOIN cases c ON c.no = p.case_no
             WHERE c.document_no = ?"""
    return [bytes(row["key"]) for row in connection.execute(sql, [document_no])]


def forget(connection: Connection, keys: Sequence[bytes]) -> None:
    """As :func:`prune`, of these texts alone; in the caller's transaction."""
    connection.executemany(
        f"DELETE FROM sentence_vectors WHERE key = ? AND {_UNSAID}", [(key,) for key in keys]
    )


def sentence_matrix(blobs: Sequence[bytes]) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """(n, d) vectors as :func:`put_vectors` stored them, and which of them are sound."""
    return unit_vectors(blobs, "<f2", median_low(map(len, blobs)) // 2 if blobs else 1)


def _count_up(connection: Connection) -> None:
    connection.execute(
        "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'sentences'"
    )
