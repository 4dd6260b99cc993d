"""Settings, read once from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb.base.errors import UsageError

BUILTIN_MODEL = Path(__file__).parents[1] / "data" / "model"
BUILTIN_SENTENCES = Path(__file__).parents[1] / "data" / "sentences"


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a PostgreSQL server, by its address (``postgresql://…``), shown without password."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        return re.sub(r"(?<=://)[^@/]*@|(?<=password=)[^&\s]*", "", self.url)


Place = Path | Server
"""Where a database is: an SQLite file or a PostgreSQL server."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. ``model`` is a folder or a sentence-transformers model name, ``reranker``
    that of a cross-encoder, "" for none; ``sentences`` False leaves the shipped sentence model out, for
    weak PCs; ``ocr`` names the engine for pages that are pictures, "" for the better one, "0" for none. ``hosts`` are the names under which the server may be asked. ``user_header`` and
    ``groups_header`` are where a reverse proxy at one of ``trusted_proxies`` says who is reading;
    ``groups`` says what a group of its means, as ``GROUP=LABEL`` or ``GROUP=editor``. What people do is
    kept for ``audit_days`` (0: not at all), what they search for only with ``audit_searches``. ``backups``
    is the folder for daily backups, ``kept_backups`` how many stay there; ``backup_documents`` puts the
    documents in. ``json_log`` makes the log's lines JSON; who knows ``metrics_token`` may ask for figures.
    What was deleted stays in the trash for ``trash_days``, 0: until an admin empties it. ``server`` holds
    everything where one machine is not enough; views stay on each machine."""

    data: Path = Path("data")
    corpus: Path = Path("corpus")
    model: str = str(BUILTIN_MODEL)
    sentences: bool = True
    ocr: str = ""
    readonly: bool = False
    reranker: str = ""
    hosts: tuple[str, ...] = ()
    user_header: str = ""
    groups_header: str = ""
    trusted_proxies: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    audit_days: int = 365
    audit_searches: bool = True
    backups: Path | None = None
    kept_backups: int = 7
    backup_documents: bool = False
    json_log: bool = False
    metrics_token: str = ""
    trash_days: int = 30
    server: Server | None = None

    @property
    def place(self) -> Place:
        """Where the truth is: the server where there is one, else the SQLite file."""
        return self.server or self.database

    @property
    def database(self) -> Path:
        """The SQLite file, which is there unless a server holds everything."""
        return self.data / "dxkb.sqlite3"

    @property
    def views(self) -> Path:
        """Folder of the search views; may be deleted at any time."""
        return self.data / "views"

    @property
    def users(self) -> Path:
        """The accounts; where this file is, people sign in."""
        return self.data / "users.sqlite3"

    @property
    def lexicon(self) -> Path:
        """The municipality's own words."""
        return self.data / "lexicon.tsv"

    @property
    def is_builtin_model(self) -> bool:
        """True for the model that ships inside the package."""
        return Path(self.model) == BUILTIN_MODEL

    @property
    def reads_sentences(self) -> bool:
        """True where the shipped sentence model is a third leg; another model takes its place."""
        return self.sentences and self.is_builtin_model and BUILTIN_SENTENCES.is_dir()


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment's ``DXKB_…``; the README has the table."""
    env = os.environ if env is None else env
    return Settings(
        data=Path(env.get("DXKB_DATA") or "data"),
        corpus=Path(env.get("DXKB_CORPUS") or "corpus"),
        model=env.get("DXKB_MODEL") or str(BUILTIN_MODEL),
        sentences=env.get("DXKB_SENTENCES", "") != "0",
        ocr=env.get("DXKB_OCR") or "",
        readonly=env.get("DXKB_READONLY", "") not in ("", "0"),
        reranker=env.get("DXKB_RERANKER") or "",
        hosts=_listed(env.get("DXKB_HOSTS")),
        user_header=env.get("DXKB_USER_HEADER") or "",
        groups_header=env.get("DXKB_GROUPS_HEADER") or "",
        trusted_proxies=_listed(env.get("DXKB_TRUSTED_PROXIES")),
        groups=_listed(env.get("DXKB_GROUPS")),
        audit_days=_number(env, "DXKB_AUDIT_DAYS", 365),
        audit_searches=env.get("DXKB_AUDIT_SEARCHES", "") != "0",
        backups=Path(env["DXKB_BACKUP"]) if env.get("DXKB_BACKUP") else None,
        kept_backups=max(1, _number(env, "DXKB_BACKUP_KEEP", 7)),
        backup_documents=env.get("DXKB_BACKUP_DOCUMENTS", "") not in ("", "0"),
        json_log=env.get("DXKB_LOG", "") == "json",
        metrics_token=env.get("DXKB_METRICS_TOKEN") or "",
        trash_days=_number(env, "DXKB_TRASH_DAYS", 30),
        server=_server(env.get("DXKB_DATABASE") or ""),
    )


def _server(url: str) -> Server | None:
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise UsageError("usage.database", name="DXKB_DATABASE")
    return Server(url) if url else None


def _number(env: Mapping[str, str], name: str, otherwise: int) -> int:
    given = env.get(name) or str(otherwise)
    if not re.fullmatch(r"\d{1,6}", given, re.ASCII):
        raise UsageError("usage.setting_number", name=name, given=given)
    return int(given)


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part for item in (text or "").split(",") if (part := item.strip()))
