"""The one error tree. Every message is in plain Japanese (and English) and says what to do next.

DxkbError
├── UsageError            wrong arguments (exit 2, HTTP 400)
│   ├── QueryError        an empty or overlong query
│   └── UnknownPlaceError a municipality or prefecture nobody knows
├── NotFoundError         no such case, document or municipality (HTTP 404)
├── CorpusError           the corpus folder cannot be read, or is suddenly empty
├── ReadError             one file cannot be read; carries a reason code
├── StoreError            the data folder cannot be used
│   ├── LockedError       somebody else is writing; names the holder
│   ├── SchemaError       written by a newer dxkb
│   └── ModelMismatchError  the stored vectors belong to another model
└── ModelError            the embedding model cannot be loaded
"""

from __future__ import annotations

__all__ = [
    "CorpusError", "DxkbError", "LockedError", "ModelError", "ModelMismatchError", "NotFoundError",
    "QueryError", "ReadError", "SchemaError", "StoreError", "UnknownPlaceError", "UsageError",
]  # fmt: skip


class DxkbError(Exception):
    """Base of every error dxkb explains. ``ja`` and ``en`` are complete sentences for people."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(ja)
        self.ja = ja
        self.en = en

    def message(self, lang: str = "ja") -> str:
        """The message in ``lang`` ("ja" or "en")."""
        return self.en if lang == "en" else self.ja


class UsageError(DxkbError):
    """Wrong arguments."""


class QueryError(UsageError):
    """A query that cannot be searched for."""


class UnknownPlaceError(UsageError):
    """A filter names a municipality or prefecture that does not exist."""


class NotFoundError(DxkbError):
    """What was asked for by id is not there (or not visible to this viewer)."""


class CorpusError(DxkbError):
    """The corpus folder as a whole cannot be read."""


class ReadError(DxkbError):
    """One file cannot be read; ``code`` is the ledger's reason code, such as ``password``."""

    def __init__(self, code: str, ja: str, en: str) -> None:
        super().__init__(ja, en)
        self.code = code


class StoreError(DxkbError):
    """The data folder or its database cannot be used."""


class LockedError(StoreError):
    """Another process is writing."""


class SchemaError(StoreError):
    """The database has a schema this version does not know."""


class ModelMismatchError(StoreError):
    """Stored vectors belong to another embedding model."""


class ModelError(DxkbError):
    """The embedding model cannot be loaded."""
