"""Vectors of another model: made beside the old ones, then swapped in; switching back is instant."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from kb.base.config import Settings
from kb.language.encoder import Encoder, load_encoder
from kb.storage.database import atomic, explained
from kb.storage.writer import open_writer, to_blob

_BATCH = 256


def reembed(
    settings: Settings,
    progress: Callable[[int, int, str], None] | None = None,
    encoder: Encoder | None = None,
) -> None:
    """Makes whatever vectors of the configured model are missing and then searches with it.

    The old model's vectors stay, so that the way back needs no work. Raises LockedError, StoreError
    and ModelError; on any of them the old model goes on serving.
    """
    encoder = encoder or load_encoder(settings.model)
    with open_writer(settings) as writer, explained(settings.database):
        database = writer.connection
        model_no = writer.add_model(encoder.model_id, encoder.dimension)
        missing = _missing(database, model_no)
        for i in range(0, len(missing), _BATCH):
            if progress:
                progress(i, len(missing), encoder.model_id)
            _embed(database, model_no, missing[i : i + _BATCH], encoder)
        if progress:
            progress(len(missing), len(missing), "")
        writer.switch_model(encoder.model_id)


def _missing(database: sqlite3.Connection, model_no: int) -> list[tuple[str, int]]:
    """("title", case number) and ("chunk", chunk number) of all that lack a vector."""
    titles = database.execute(
        """SELECT 'title', c.no FROM cases c WHERE NOT EXISTS
             (SELECT 1 FROM title_vectors v WHERE v.case_no = c.no AND v.model_no = ?)""",
        [model_no],
    )
    chunks = database.execute(
        """SELECT 'chunk', k.no FROM chunks k WHERE NOT EXISTS
             (SELECT 1 FROM chunk_vectors v WHERE v.chunk_no = k.no AND v.model_no = ?)""",
        [model_no],
    )
    return [(str(kind), int(no)) for kind, no in (*titles, *chunks)]


def _embed(
    database: sqlite3.Connection, model_no: int, batch: list[tuple[str, int]], encoder: Encoder
) -> None:
    texts = [_text(database, kind, no) for kind, no in batch]
    vectors = encoder.encode_passages(texts)
    with atomic(database):
        for (kind, no), vector in zip(batch, vectors, strict=True):
            table = "title_vectors" if kind == "title" else "chunk_vectors"
            database.execute(
                f"INSERT INTO {table} VALUES (?, ?, ?)", [model_no, no, to_blob(vector)]
            )


def _text(database: sqlite3.Connection, kind: str, no: int) -> str:
    if kind == "title":
        return str(database.execute("SELECT title FROM cases WHERE no = ?", [no]).fetchone()[0])
    row = database.execute(
        """SELECT s.text, k.start, k.end FROM chunks k
           JOIN sections s ON s.case_no = k.case_no AND s.position = k.section WHERE k.no = ?""",
        [no],
    ).fetchone()
    return str(row["text"])[row["start"] : row["end"]]
