"""The one error tree. Every error carries a message (kb/base/messages.py) that says what to do next.

DxkbError
├── UsageError            wrong arguments (exit 2, HTTP 400)
│   ├── QueryError        an empty or overlong query
│   └── UnknownPlaceError a municipality or prefecture nobody knows
├── NotFoundError         no such case, document or municipality (HTTP 404)
├── ForbiddenError        whoever asks may not do this (HTTP 403)
├── CorpusError           the corpus folder cannot be read, or is suddenly empty
├── ReadError             one file cannot be read; carries a reason code
├── StoreError            the data folder cannot be used
│   ├── LockedError       somebody else is writing; names the holder
│   ├── DamagedError      the database does not hold any more what was written
│   ├── ViewError         a search view does not; it is built anew
│   ├── SchemaError       written by a newer dxkb
│   └── ModelMismatchError  the stored vectors belong to another model
└── ModelError            the embedding model cannot be loaded
"""

from __future__ import annotations

from kb.base.messages import Message, message, render

__all__ = [
    "CorpusError", "DamagedError", "DxkbError", "ForbiddenError", "LockedError", "ModelError", "ModelMismatchError",
    "NotFoundError", "QueryError", "ReadError", "SchemaError", "StoreError", "UnknownPlaceError", "UsageError",
    "ViewError",
]  # fmt: skip


class DxkbError(Exception):
    """Base of every error dxkb explains, by the code of a message and its arguments: a complete
    sentence for people that says what to do next."""

    def __init__(self, code: str | Message, /, **args: object) -> None:
        super().__init__(code)
        self.told = code if isinstance(code, Message) else message(code, **args)

    def __str__(self) -> str:
        return self.message()

    def message(self, lang: str = "ja") -> str:
        """The message in ``lang`` ("ja" or "en")."""
        return render(self.told, lang)


class UsageError(DxkbError):
    """Wrong arguments."""


class QueryError(UsageError):
    """A query that cannot be searched for."""


class UnknownPlaceError(UsageError):
    """A filter names a municipality or prefecture that does not exist."""


class NotFoundError(DxkbError):
    """What was asked for by id is not there (or not visible to this viewer)."""


class ForbiddenError(DxkbError):
    """Whoever asks may not do this."""


class CorpusError(DxkbError):
    """The corpus folder as a whole cannot be read."""


class ReadError(DxkbError):
    """One file cannot be read. Its code is ``read.`` and the ledger's reason code, such as
    ``password``; what more it says comes behind another dot."""

    @property
    def code(self) -> str:
        """The ledger's reason code."""
        return self.told.code.split(".")[1]


class StoreError(DxkbError):
    """The data folder or its database cannot be used."""


class LockedError(StoreError):
    """Another process is writing."""


class DamagedError(StoreError):
    """The database is damaged; what is in the corpus can be had from there."""


class ViewError(StoreError):
    """A search view is damaged."""


class SchemaError(StoreError):
    """The database has a schema this version does not know."""


class ModelMismatchError(StoreError):
    """Stored vectors belong to another embedding model."""


class ModelError(DxkbError):
    """The embedding model cannot be loaded."""
