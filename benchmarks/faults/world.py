"""A small corpus with its store, everything that it holds as text that can be compared, and who sees what."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.base.config import BUILTIN_MODEL, Settings
from kb.base.errors import DxkbError
from kb.base.types import Viewer
from kb.documents import trash
from kb.documents.shelf import SHELF
from kb.language.encoder import load_encoder
from kb.storage.sidecar import sidecar_path
from kb.storage.store import Store
from kb.storage.users import User, add_user

ENCODER = load_encoder(str(BUILTIN_MODEL))
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?[^\"',)\s]*")
_PASSING = frozenset(
    (
        "generation",
        "sentences",
        "changes_from",
        "sentences_from",
        "last_ingest",
        "identity",
        "ignored",
    )
)
_TABLES = {  # what is to be the same, without numbers that only order
    "files": "SELECT path, sha256, status, reason_code, visibility FROM files WHERE status != 'skipped'",
    "documents": "SELECT key, path, sha256, reader, pages, visibility, warnings FROM documents",
    "cases": "SELECT c.*, d.key FROM cases c JOIN documents d ON d.no = c.document_no",
    "sections": "SELECT c.id, s.* FROM sections s JOIN cases c ON c.no = s.case_no",
    "tokens": "SELECT c.id, t.body, t.readings FROM tokens t JOIN cases c ON c.no = t.case_no",
    "chunks": "SELECT c.id, k.section, k.start, k.end, m.id, v.vector FROM chunks k JOIN cases c ON c.no = k.case_no"
    " LEFT JOIN chunk_vectors v ON v.chunk_no = k.no LEFT JOIN models m ON m.no = v.model_no",
    "titles": "SELECT c.id, m.id, v.vector FROM title_vectors v JOIN cases c ON c.no = v.case_no JOIN models m ON m.no = v.model_no",
    "passages": "SELECT c.id, p.position, p.section, p.start, p.end, v.vector FROM sentence_passages p"
    " JOIN cases c ON c.no = p.case_no LEFT JOIN sentence_vectors v ON v.key = p.key",
    "near": "SELECT a.id, b.id, n.similarity FROM near_duplicates n JOIN cases a ON a.no = n.case_no JOIN cases b ON b.no = n.other_no",
    "superseded": "SELECT a.id, b.id FROM superseded s JOIN cases a ON a.no = s.case_no JOIN cases b ON b.no = s.newer_no",
    "meta": "SELECT key, value FROM meta",
}
_NUMBERS = frozenset(("no", "case_no", "document_no"))


@dataclass(frozen=True, slots=True)
class Hashed:
    """An encoder that costs nothing: eight numbers of a text's digest."""

    model_id: str = "hashed"
    dimension: int = 8

    def encode_passages(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """(n, 8) unit vectors."""
        rows = [hashlib.sha256((self.model_id + text).encode()).digest()[:8] for text in texts]
        found = np.array([list(row) for row in rows], np.float32).reshape(-1, 8) + 1.0
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    encode_queries = encode_passages


def note(title: str, place: str, more: str = "", head: str = "") -> str:
    """A note on a case."""
    text = f"{place}は窓口での書類を減らした。{title}により、年間1,200時間を削減した。{more}"
    return f"---\ntitle: {title}\nmunicipality: {place}\n{head}---\n## 取組\n\n{text}\n"


def lay_out(folder: Path) -> Settings:
    """A corpus of a few notes, some of them not for everybody, and accounts; nothing taken in yet."""
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    for path, text in {
        "a.md": note("書かない窓口", "豊岡市"),
        "b.md": note("電子申請の様式", "宍粟市", head="field: 申請\n"),
        "twin.md": note("電子申請の様式", "宍粟市", head="field: 申請\n"),
        "kept/secret.md": note("入札の予定価格", "多可町", head="visibility: 庁内\n"),
        "kept/labelled.md": note("内部の検討", "多可町"),
        "kept/labelled.md.yaml": "visibility: 庁内\n",
        "list.csv": "自治体,取組\n"
        + "".join(f"{p},ドローンで配送した\n" for p in ("養父市", "香美町", "朝来市")),
        "2022.md": note("防災アプリ 令和4年度版", "丹波市"),
        "2023.md": note("防災アプリ 令和5年度版", "丹波市"),
        "broken.pdf": "",
    }.items():
        target = settings.corpus / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    add_user(settings, User("admin", "admin", ("庁内",), False), "correct horse battery")
    add_user(settings, User("second", "admin", (), False), "correct horse battery")
    return settings


def copied(settings: Settings, folder: Path) -> Settings:
    """The same in another folder."""
    shutil.copytree(settings.corpus.parent, folder, dirs_exist_ok=True)
    return replace(settings, data=folder / "data", corpus=folder / "corpus")


def dump(settings: Settings) -> dict[str, list[str]]:
    """Everything that people could miss, without times and without numbers that only order."""
    found = {
        "corpus": sorted(_files(settings.corpus)),
        "trash": sorted(set(_discarded(settings.corpus))),  # a version that was kept twice is one
    }
    with closing(sqlite3.connect(settings.database)) as db:
        for name, query in _TABLES.items():
            rows = db.execute(query)
            names = [column[0] for column in rows.description]
            found[name] = sorted(_told(names, row) for row in rows)
        found["sound"] = [str(db.execute("PRAGMA integrity_check").fetchone()[0])]
        found["sound"] += map(str, db.execute("PRAGMA foreign_key_check"))
    found["meta"] = [row for row in found["meta"] if json.loads(row)[0] not in _PASSING]
    with closing(sqlite3.connect(settings.users)) as db:
        found["users"] = [
            str(row) for row in db.execute("SELECT name, role, labels, disabled FROM users")
        ]
    return found


def seen_by_all(settings: Settings) -> frozenset[str]:
    """What everybody may see: the ledger's paths, and the cases with their titles."""
    with suppress(DxkbError):
        store, everybody = Store.open(settings), Viewer.of()
        ledger = store.ledger(everybody)
        numbers = [entry.document_id for entry in ledger if entry.document_id is not None]
        cases = [c for n in numbers for c in store.cases_of(document_id=n, viewer=everybody)]
        return frozenset([*(e.path for e in ledger), *(f"{c.id} {c.title}" for c in cases)])
    return frozenset()


def _files(corpus: Path) -> Iterator[str]:
    """Every file with its digest; not what is on the shelf, nor what a killed process may leave: a file half
    written, and the sidecar of a document that it took elsewhere."""
    for path in corpus.rglob("*"):
        place = path.relative_to(corpus)
        is_left = path.suffix == ".yaml" and not path.with_suffix("").exists()
        if path.is_file() and not (is_left or path.name.startswith(".") or SHELF in place.parts):
            yield f"{place} {_digest(path)}"


def _discarded(corpus: Path) -> Iterator[str]:
    """Every file of the trash with its sidecar, but versions that the same took the place of."""
    for found in trash.contents(corpus):
        file, now = trash.file_of(corpus, found), corpus / found.path
        if found.is_version and now.exists() and _digest(now) == _digest(file):
            continue
        label = _digest(side) if (side := sidecar_path(file)).exists() else ""
        yield f"{found.path} {found.visibility} {found.is_version} {_digest(file)} {label}"


def _digest(path: Path) -> str:
    content = _TIME.sub("TIME", path.read_bytes().decode("utf-8", "surrogateescape"))
    return hashlib.sha256(content.encode("utf-8", "surrogateescape")).hexdigest()


def _told(names: list[str], row: tuple[object, ...]) -> str:
    kept = [
        hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
        for name, value in zip(names, row, strict=True)
        if name not in _NUMBERS
    ]
    return _TIME.sub("TIME", json.dumps(kept, ensure_ascii=False))
