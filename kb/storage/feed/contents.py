"""What the search views are made of: terms and vectors, of all cases or of some."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.language.text import fold_text
from kb.storage.database import StoredRow
from kb.storage.feed.changes import Rows
from kb.storage.rows import BORDER, CaseTerms, unit_vectors
from kb.storage.sentence_vectors import sentence_matrix

Matrix = npt.NDArray[np.float32]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of one model, ordered by case: ``chunks[i]`` (n, d) belongs to chunk ``chunk_nos[i]``
    of case ``case_nos[i]``; ``titles[i]`` is the title's vector of that chunk's case."""

    chunk_nos: npt.NDArray[np.int64]
    case_nos: npt.NDArray[np.int64]
    chunks: Matrix
    titles: Matrix


def terms(rows: Rows, cases: Collection[int] | None) -> list[CaseTerms]:
    """Terms, text and name of these ``cases`` (None: of every case), in their order."""
    sql = """SELECT t.case_no, t.body, t.readings, c.title || c.tools || c.source_title, c.source_title || d.path
        FROM tokens t JOIN cases c ON c.no = t.case_no JOIN documents d ON d.no = c.document_no {}
        ORDER BY t.case_no"""
    found = _of_cases(rows, sql, "WHERE t.case_no", [], cases)
    texts = {int(r[0]): [str(r[3])] for r in found}
    sql = "SELECT case_no, text FROM sections {} ORDER BY case_no, position"
    for row in _of_cases(rows, sql, "WHERE case_no", [], cases):
        texts.get(int(row[0]), []).append(str(row[1]))
    return [
        CaseTerms(no, body, sounds, BORDER.join(texts[no]), fold_text(called).replace(" ", ""))
        for no, body, sounds, _, called in found
    ]


def word_vectors(rows: Rows, model_id: str, cases: Collection[int] | None) -> Vectors:
    """The sound vectors of chunks under ``model_id``, ordered by case and chunk."""
    model = rows("SELECT no, dimension FROM models WHERE id = ?", [model_id])
    model_no, dimension = (int(model[0][0]), int(model[0][1])) if model else (0, 1)
    sql = """SELECT k.no, k.case_no, v.vector, t.vector AS title FROM chunks k
        JOIN chunk_vectors v ON k.no = v.chunk_no
        JOIN title_vectors t ON t.case_no = k.case_no AND t.model_no = v.model_no
        WHERE v.model_no = ? {} ORDER BY k.case_no, k.no"""
    found = _of_cases(rows, sql, "AND k.case_no", [model_no], cases)
    blobs = ([bytes(row[name]) for row in found] for name in ("vector", "title"))
    (chunks, sound), (titles, titled) = (unit_vectors(b, "<f4", dimension) for b in blobs)
    kept = sound & titled
    nos = np.array([tuple(row)[:2] for row in found], dtype=np.int64).reshape(-1, 2)[kept]
    return Vectors(nos[:, 0], nos[:, 1], chunks[kept], titles[kept])


def sentence_vectors(rows: Rows, cases: Collection[int] | None) -> Vectors:
    """The sound ones, by case and position (``chunk_nos``), of cases whose title has been read."""
    sql = """SELECT p.case_no, p.position, v.vector FROM sentence_passages p
        JOIN sentence_vectors v ON v.key = p.key {} ORDER BY p.case_no, p.position"""
    found = _of_cases(rows, sql, "WHERE p.case_no", [], cases)
    vectors, sound = sentence_matrix([bytes(row["vector"]) for row in found])
    found, vectors = [r for r, ok in zip(found, sound, strict=True) if ok], vectors[sound]
    titles = {int(r["case_no"]): i for i, r in enumerate(found) if r["position"] == 0}
    read = [i for i, r in enumerate(found) if r["position"] and int(r["case_no"]) in titles]
    places = [(int(found[i]["position"]), int(found[i]["case_no"])) for i in read]
    positions, nos = np.array(places, dtype=np.int64).reshape(-1, 2).T
    of = vectors[[titles[case] for case in nos.tolist()]]
    return Vectors(positions, nos, vectors[read], of)


def _of_cases(
    rows: Rows, sql: str, column: str, values: Sequence[object], cases: Collection[int] | None
) -> list[StoredRow]:
    """What ``sql`` finds where its {} narrows it to these ``cases``."""
    if cases is None:
        return rows(sql.format(""), values)
    found: list[StoredRow] = []
    chosen = sorted(cases)
    for start in range(0, len(chosen), _BATCH):
        batch = chosen[start : start + _BATCH]
        marks = ",".join("?" * len(batch))
        found += rows(sql.format(f"{column} IN ({marks})"), [*values, *batch])
    return found
