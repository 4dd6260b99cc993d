"""Open formats: results as CSV, new cases as an Atom feed, search from the browser's own box."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from kb.base.messages import render
from kb.base.record import ABOUT, label, value_of
from web.language import text
from web.pages.search import ordered
from web.services import services
from web.view.address import SearchAddress
from web.view.catalogue import all_cases
from web.view.spreadsheet import csv_download

pages = Blueprint("feeds", __name__)

_ROWS = 100
_NEWEST = 30
_LISTED = tuple(name for name, about in ABOUT.items() if about.is_listed)
_COLUMNS = ("順位", *(render(label(name)) for name in _LISTED), "抜粋", "資料", "ページ", "リンク")


@pages.get("/results.csv")
def results() -> ResponseReturnValue:
    """The first hundred results of a search, in the order of the screen, for a spreadsheet."""
    own = services()
    question = SearchAddress.read(request.args)
    answer = ordered(question, _ROWS, own, own.viewer())
    rows: list[Sequence[object]] = [_COLUMNS]
    for rank, result in enumerate(answer.results, start=1):
        case = result.case
        page = result.passages[0].page if result.passages else None
        link = url_for("cases.show", case_id=case.id, _external=True)
        rows.append([
            rank, *(value_of(case, name) for name in _LISTED), " ".join(result.snippet.split()),
            case.path, page, link,
        ])  # fmt: skip
    return csv_download("results.csv", rows)


@pages.get("/feed.atom")
def atom() -> ResponseReturnValue:
    """The cases read last."""
    own = services()
    viewer = own.viewer()
    seen = {e.document_id: e.seen_at for e in own.store.ledger(viewer) if e.document_id is not None}
    newest = sorted(
        all_cases(own, viewer), key=lambda case: seen.get(case.document_id, ""), reverse=True
    )[:_NEWEST]
    home = url_for("search.index", _external=True)
    entries = "".join(
        f"<entry><id>{escape(link)}</id><title>{escape(_printable(case.title))}</title>"
        f"<link href={quoteattr(link)}/><updated>{_time(seen.get(case.document_id, ''))}</updated>"
        f"<category term={quoteattr(case.field)}/>"
        f"<summary>{escape(_printable(case.sections[0].text[:200] if case.sections else ''))}"
        "</summary></entry>"
        for case in newest
        for link in (url_for("cases.show", case_id=case.id, _external=True),)
    )
    updated = _time(max(seen.values(), default=""))
    body = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="ja"><id>{escape(home)}</id><title>{escape(text("site"))}</title>'
        f"<author><name>dxkb</name></author><updated>{updated}</updated>"
        f'<link rel="self" href={quoteattr(request.base_url)}/>{entries}</feed>'
    )
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@pages.get("/opensearch.xml")
def opensearch() -> ResponseReturnValue:
    """Lets a browser offer this search in its address bar."""
    home = url_for("search.index", _external=True)
    body = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{escape(text('site'))}</ShortName>"
        f"<Description>{escape(text('lead'))}</Description><InputEncoding>UTF-8</InputEncoding>"
        f'<Url type="text/html" template={quoteattr(home + "?q={searchTerms}")}/>'
        "</OpenSearchDescription>"
    )
    return Response(body, content_type="application/opensearchdescription+xml; charset=utf-8")


def _time(iso: str) -> str:
    """A time as RFC 3339 wants it."""
    return iso.replace("+00:00", "Z") if iso else "1970-01-01T00:00:00Z"


def _printable(value: str) -> str:
    """``value`` without characters that XML forbids."""
    return "".join(c for c in value if c in "\t\n\r" or c >= " ")
