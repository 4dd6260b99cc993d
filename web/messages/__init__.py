"""Every sentence of the screens, Japanese first and English second; one file for each page."""

from __future__ import annotations

from web.messages import (
    case,
    common,
    compare,
    coverage,
    documents,
    errors,
    help,
    municipality,
    search,
)
from web.messages.names import FIELDS_EN, REASONS_EN, ROLES_EN, STATUSES_EN, VISIBILITIES_EN

__all__ = ["FIELDS_EN", "MESSAGES", "REASONS_EN", "ROLES_EN", "STATUSES_EN", "VISIBILITIES_EN"]

_PAGES = (common, search, case, municipality, compare, coverage, documents, help, errors)
MESSAGES: dict[str, tuple[str, str]] = {
    key: both for page in _PAGES for key, both in page.MESSAGES.items()
}
