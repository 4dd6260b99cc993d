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
    """A text that has no vector yet."""

    key: bytes
    text: str


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


@contextmanager
def claimed(connection: Connection, most: int) -> Iterator[tuple[Waiting, ...]]:
    """Up to ``most`` texts without a vector, the newest documents' first, short before long. On a server
    they are nobody else's until the block ends, so that any number of workers share the work; what one
    that dies had claimed is free again."""
    if isinstance(connection, sqlite3.Connection):
        yield _waiting(connection, most)
        return
    connection.execute("BEGIN")
    try:
        yield _claim(connection, most)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _claim(connection: Connection, most: int) -> tuple[Waiting, ...]:
    # A row may be free because another worker was done with it after this query had begun: such a one
    # still looks as if it had no vector, so what is claimed is looked at once more.
    while waiting := _waiting(connection, most, "FOR UPDATE OF p SKIP LOCKED"):
        done = _embedded(connection, [text.key for text in waiting])
        if len(done) < len(waiting):
            return tuple(text for text in waiting if text.key not in done)
    return ()


def _embedded(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    marks = ", ".join("?" * len(keys))
    rows = connection.execute(f"SELECT key FROM sentence_vectors WHERE key IN ({marks})", keys)
    return {bytes(row["key"]) for row in rows}


def _waiting(connection: Connection, most: int, claim: str = "") -> tuple[Waiting, ...]:
    rows = connection.execute(
        f"""SELECT p.key, p.section, p.start, p.end, c.title, s.text FROM sentence_passages p
           JOIN cases c ON c.no = p.case_no
           LEFT JOIN sections s ON s.case_no = p.case_no AND s.position = p.section
           WHERE NOT EXISTS (SELECT 1 FROM sentence_vectors v WHERE v.key = p.key)
           ORDER BY c.document_no DESC, p.end - p.start LIMIT ? {claim}""",
        [most],
    )
    said = {}
    for row in rows:
        passage = "" if row["section"] == TITLE else row["text"][row["start"] : row["end"]]
        said[bytes(row["key"])] = encoded_text(row["title"], passage)
    return tuple(Waiting(key, text) for key, text in said.items())


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
        connection.execute(
            """DELETE FROM sentence_vectors WHERE NOT EXISTS
                 (SELECT 1 FROM sentence_passages p WHERE p.key = sentence_vectors.key)"""
        )


def sentence_matrix(blobs: Sequence[bytes]) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """(n, d) vectors as :func:`put_vectors` stored them, and which of them are sound."""
    return unit_vectors(blobs, "<f2", median_low(map(len, blobs)) // 2 if blobs else 1)


def _count_up(connection: Connection) -> None:
    connection.execute(
        "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'sentences'"
    )
