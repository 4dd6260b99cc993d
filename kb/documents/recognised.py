"""What was recognised on pages that are pictures, and which pages still wait for it.

Recognition takes seconds a page and happens in the background, long after the document is listed; each
page is a transaction of its own and needs no other lock. A page's content is JSON: ``null`` where it
failed, else an object with ``words``: [text, left, top, right, bottom], in points from the top left of
the page as it is shown; the rest is the recogniser's own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from kb.base.types import READABLE, Viewer
from kb.storage.database import Connection, atomic, connect
from kb.storage.store import Store

Box = tuple[float, float, float, float]

_UNREAD = """FROM documents d JOIN page_readings p ON p.document_no = d.no
  WHERE d.reader = 'pdf' AND p.quality < ? AND p.ocr = 0"""
_DUE = "due "
"""What the fingerprint of a document begins with that is to be read again: what no file has."""
_OTHERS = 64  # workers that may have claimed the first of what waits
_TRIED = "EXISTS (SELECT 1 FROM recognised r WHERE r.sha256 = d.sha256 AND r.page = p.page)"


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A page, 1-based, of the file at ``path`` (in the corpus), whose bytes have the digest ``sha256``."""

    path: str
    sha256: str
    page: int


@dataclass(frozen=True, slots=True)
class RecognitionProgress:
    """How many of the pages that are pictures have been tried, of how many."""

    done: int = 0
    total: int = 0


@contextmanager
def claimed_pages(connection: Connection, most: int) -> Iterator[tuple[WaitingPage, ...]]:
    """The next pages to recognise, ``most`` at most, of one document. On a server they are nobody else's until
    the block ends, so that any number of workers share the work; what one that dies had claimed is free
    again. No row is locked and no transaction open meanwhile: a page takes up to a minute."""
    if isinstance(connection, sqlite3.Connection):
        yield waiting_pages(connection, most)
        return
    from kb.storage.postgresql.lock import claim, give_up

    held: list[WaitingPage] = []
    try:
        for page in _waiting(connection, most + _OTHERS):
            if len(held) == most or (held and page.sha256 != held[0].sha256):
                break
            if not claim(connection, _name(page)):
                continue
            held.append(page)
            if _is_tried(connection, page):  # by another, since it was looked for
                give_up(connection, _name(held.pop()))
        yield tuple(held)
    finally:
        for page in held:
            give_up(connection, _name(page))


def waiting_pages(connection: Connection, most: int) -> tuple[WaitingPage, ...]:
    """The next pages to recognise, ``most`` at most: of the document that has the fewest left."""
    found = _waiting(connection, most)
    return tuple(page for page in found if page.sha256 == found[0].sha256)


def _waiting(connection: Connection, most: int) -> list[WaitingPage]:
    rows = connection.execute(
        f"""SELECT d.path, d.sha256, p.page, count(*) OVER (PARTITION BY d.no) AS n {_UNREAD} AND NOT {_TRIED}
            ORDER BY n, d.no, p.page LIMIT ?""",
        [READABLE, most],
    )
    return [WaitingPage(row["path"], row["sha256"], int(row["page"])) for row in rows]


def _name(page: WaitingPage) -> str:
    return f"page {page.page} {page.sha256}"


def _is_tried(connection: Connection, page: WaitingPage) -> bool:
    sql = "SELECT 1 FROM recognised WHERE sha256 = ? AND page = ?"
    return connection.execute(sql, [page.sha256, page.page]).fetchone() is not None


def waits(connection: Connection, sha256: str) -> bool:
    """True while pages of the file with these bytes have not been tried."""
    sql = f"SELECT 1 {_UNREAD} AND d.sha256 = ? AND NOT {_TRIED} LIMIT 1"
    return connection.execute(sql, [READABLE, sha256]).fetchone() is not None


def due_documents(connection: Connection) -> frozenset[str]:
    """The documents, by their keys, that :func:`mark_due` has marked and nobody has read again."""
    rows = connection.execute(
        "SELECT key FROM documents WHERE fingerprint >= ? AND fingerprint < ?", [_DUE, "due!"]
    )
    return frozenset(str(row["key"]) for row in rows)


def left_behind(connection: Connection) -> tuple[str, ...]:
    """The digests of files whose pages have all been tried and that nobody was told to read again, as
    when the power went between the two."""
    rows = connection.execute(
        f"""SELECT DISTINCT d.sha256 {_UNREAD} AND d.fingerprint NOT LIKE '{_DUE}%'
            AND d.warnings LIKE '%"warn.ocr_waiting"%' AND d.no NOT IN
              (SELECT d.no {_UNREAD} AND NOT {_TRIED})""",
        [READABLE, READABLE],
    )
    return tuple(str(row["sha256"]) for row in rows)


def recognition_progress(connection: Connection) -> RecognitionProgress:
    """How far the pages are that no reading has taken up yet."""
    row = connection.execute(
        f"SELECT count(*) AS total, count(*) FILTER (WHERE {_TRIED}) AS done {_UNREAD}", [READABLE]
    ).fetchone()
    return RecognitionProgress(int(row["done"]), int(row["total"]))


def put_recognised(connection: Connection, page: WaitingPage, content: str) -> None:
    """Keeps what was recognised on a page."""
    with atomic(connection):
        connection.execute(
            """INSERT INTO recognised VALUES (?, ?, ?)
               ON CONFLICT (sha256, page) DO UPDATE SET content = excluded.content""",
            [page.sha256, page.page, content],
        )


def recognised(connection: Connection, sha256: str) -> dict[int, Any]:
    """The content of each page of a file that has been tried."""
    rows = connection.execute("SELECT page, content FROM recognised WHERE sha256 = ?", [sha256])
    return {int(row["page"]): json.loads(row["content"]) for row in rows}


def mark_due(connection: Connection, sha256: str) -> None:
    """Has the document with these bytes read again at the next look: more of it can be."""
    with atomic(connection):
        connection.execute(
            """UPDATE files SET size = -1 WHERE document_no IN
                 (SELECT no FROM documents WHERE sha256 = ?)""",
            [sha256],
        )
        connection.execute(
            f"UPDATE documents SET fingerprint = '{_DUE}' || key WHERE sha256 = ?", [sha256]
        )


def prune_recognised(connection: Connection) -> None:
    """Forgets the pages of files that are no longer there."""
    with atomic(connection):
        connection.execute(
            "DELETE FROM recognised WHERE sha256 NOT IN (SELECT sha256 FROM documents)"
        )


def recognised_words(
    store: Store, document_id: int, page: int, viewer: Viewer
) -> tuple[tuple[str, Box], ...]:
    """The words recognised on a page that is a picture, and where. Raises NotFoundError for what
    ``viewer`` may not see."""
    store.document_path(document_id, viewer)
    with closing(connect(store.place)) as connection:
        row = connection.execute(
            """SELECT r.content FROM recognised r JOIN documents d ON d.sha256 = r.sha256
               WHERE d.no = ? AND r.page = ?""",
            [document_id, page],
        ).fetchone()
    kept = json.loads(row["content"]) if row else None
    return tuple((text, (a, b, c, d)) for text, a, b, c, d in kept["words"]) if kept else ()
