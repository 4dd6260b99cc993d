"""What every page for editors needs: the right to be there, and the file that they mean."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from kb.base.errors import ForbiddenError, NotFoundError
from kb.base.types import LedgerEntry, Viewer
from kb.documents.changes import Held
from web.files import locate
from web.services import Services, services


def for_editors(pages: Blueprint) -> Blueprint:
    """The blueprint, which lets in only those who may change documents."""
    pages.before_request(_refuse)
    return pages


def entry_at(own: Services, path: str) -> LedgerEntry:
    """The file at ``path``. Raises NotFoundError for what is not there or not visible."""
    return entry_in(own.store.ledger(own.viewer()), path)


def entry_in(ledger: Iterable[LedgerEntry], path: str) -> LedgerEntry:
    """The file at ``path`` of what can be seen. Raises NotFoundError."""
    found = next((entry for entry in ledger if entry.path == path), None)
    if found is None:
        raise NotFoundError("usage.unknown_document")
    return found


def held(own: Services, entry: LedgerEntry) -> Held:
    """The file in the hands of whoever is at work. Raises NotFoundError when it is gone."""
    file = locate(own.settings.corpus, entry.path)
    return Held(own.settings, entry.path, file, entry.visibility, own.viewer().name)


def refused(own: Services) -> ForbiddenError:
    """Why somebody may not do this: nobody may, nobody has signed in, or others may."""
    if own.settings.readonly:
        return ForbiddenError("usage.readonly")
    is_unknown = own.mode() == "accounts" and not own.viewer().name
    return ForbiddenError("usage.sign_in_first" if is_unknown else "usage.forbidden")


def labels(own: Services) -> dict[str, str]:
    """Who may see each file, whoever asks."""
    return {entry.path: entry.visibility for entry in own.store.ledger(Viewer.owner())}


def _refuse() -> None:
    own = services()
    if not own.may_change():
        raise refused(own)
