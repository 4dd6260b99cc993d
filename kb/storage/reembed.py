"""Vectors of another model: made beside the old ones, then swapped in; switching back is instant."""

from __future__ import annotations

from collections.abc import Callable

from kb.base.config import Settings
from kb.language.encoder import Encoder, load_encoder
from kb.storage.database import Connection, atomic, explained
from kb.storage.rows import unit_vectors
from kb.storage.sentence_vectors import sentence_matrix
from kb.storage.writer import open_writer, to_blob

_BATCH = 256
_READ = 1000  # vectors looked at together: some 5 MB
_SENTENCES = "sentence_vectors"
_KEYS = {"chunk_vectors": "chunk_no", "title_vectors": "case_no", _SENTENCES: "key"}


def reembed(
    settings: Settings,
    progress: Callable[[int, int, str], None] | None = None,
    encoder: Encoder | None = None,
) -> None:
    """Makes whatever vectors of the configured model are missing or damaged and then searches with it.
    Damaged ones of the sentence model are forgotten, so that they are made again in the background.

    The old model's vectors stay, so that the way back needs no work. Raises LockedError, StoreError
    and ModelError; on any of them the old model goes on serving.
    """
    encoder = encoder or load_encoder(settings.model)
    with open_writer(settings) as writer, explained(settings.place):
        database = writer.connection
        model_no = writer.add_model(encoder.model_id, encoder.dimension)
        _forget_unsound(database, encoder.model_id)
        missing = _missing(database, model_no)
        for i in range(0, len(missing), _BATCH):
            if progress:
                progress(i, len(missing), encoder.model_id)
            _embed(database, model_no, missing[i : i + _BATCH], encoder)
        if progress:
            progress(len(missing), len(missing), "")
        writer.switch_model(encoder.model_id)


def unsound(database: Connection, model_id: str) -> dict[str, list[object]]:
    """By table the keys of the vectors of this model, and of the sentence model, that are no unit
    vectors any more."""
    model = database.execute("SELECT no, dimension FROM models WHERE id = ?", [model_id]).fetchone()
    number, dimension = model or (0, 1)
    found: dict[str, list[object]] = {table: [] for table in _KEYS}
    for table, key in _KEYS.items():
        of_model = "" if table == _SENTENCES else f"WHERE model_no = {int(number)}"
        rows = database.execute(f"SELECT {key}, vector FROM {table} {of_model}")
        while block := rows.fetchmany(_READ):
            blobs = [bytes(row["vector"]) for row in block]
            is_sound = (
                sentence_matrix(blobs) if of_model == "" else unit_vectors(blobs, "<f4", dimension)
            )[1]
            found[table] += [row[0] for row, ok in zip(block, is_sound, strict=True) if not ok]
    return found


def _forget_unsound(database: Connection, model_id: str) -> None:
    with atomic(database):
        for table, keys in unsound(database, model_id).items():
            database.executemany(
                f"DELETE FROM {table} WHERE {_KEYS[table]} = ?", [[key] for key in keys]
            )


def _missing(database: Connection, model_no: int) -> list[tuple[str, int]]:
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
    database: Connection, model_no: int, batch: list[tuple[str, int]], encoder: Encoder
) -> None:
    texts = [_text(database, kind, no) for kind, no in batch]
    vectors = encoder.encode_passages(texts)
    with atomic(database):
        for (kind, no), vector in zip(batch, vectors, strict=True):
            table = "title_vectors" if kind == "title" else "chunk_vectors"
            database.execute(
                f"INSERT INTO {table} VALUES (?, ?, ?)", [model_no, no, to_blob(vector)]
            )


def _text(database: Connection, kind: str, no: int) -> str:
    if kind == "title":
        return str(database.execute("SELECT title FROM cases WHERE no = ?", [no]).fetchone()[0])
    row = database.execute(
        """SELECT s.text, k.start, k.end FROM chunks k
           JOIN sections s ON s.case_no = k.case_no AND s.position = k.section WHERE k.no = ?""",
        [no],
    ).fetchone()
    return str(row["text"])[row["start"] : row["end"]]
