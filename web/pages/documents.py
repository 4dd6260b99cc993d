"""The ledger as a page, a document's cases, and the files themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue

from kb.base.types import Case, LedgerEntry, Viewer
from kb.documents.batches import proposals
from kb.language.text import fold_text
from web.files import as_utf8, content_type, locate
from web.services import Services, services
from web.uploads import VISIBILITIES
from web.view.address import number
from web.view.catalogue import all_cases
from web.view.presentation import file_name

PER_PAGE = 100
SORTS = ("path", "newest", "quality", "cases")
_PROBLEMS = ("failed", "skipped")

FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\r?\n(?P<front>.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_HEADINGS = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*\r?$", re.MULTILINE)

pages = Blueprint("documents", __name__)


@pages.get("/documents")
def index() -> ResponseReturnValue:
    """Every file of the corpus: what needs attention first, then what was read."""
    own = services()
    generation = own.store.generation()  # before the list, so that no change is missed
    viewer = own.viewer()
    ledger, activity = own.store.ledger(viewer), own.activity_for(viewer)
    query = request.args.get("q", "").strip()
    sort = next((name for name in SORTS if name == request.args.get("sort")), SORTS[0])
    titles = _titles(all_cases(own, viewer))
    named = [entry for entry in ledger if _named(entry, query, titles)]
    read = _sorted([entry for entry in named if entry.document_id is not None], sort)
    page = max(1, number(request.args, "page") or 1)
    return render_template(
        "documents.html",
        problems=[entry for entry in named if entry.status in _PROBLEMS],
        titles=titles,
        documents=read[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(read),
        page=page,
        more=page * PER_PAGE < len(read),
        empty=not ledger,
        query=query,
        sort=sort,
        sorts=SORTS,
        tally={
            "indexed": sum(entry.document_id is not None for entry in ledger),
            "problems": sum(entry.status in _PROBLEMS for entry in ledger),
            "cases": own.store.counts(viewer)["cases"],
        },
        ignored=own.store.ignored() if viewer.sees_all else 0,
        activity=activity,
        checked=activity.last_checked or own.store.last_ingest(),
        corpus=own.settings.corpus if viewer.sees_all else "",
        generation=generation,
        accepts=own.accepts,
        visibilities=VISIBILITIES,
        asked="asked" in request.args,
        proposals=_waiting(own, viewer),
    )


@pages.get("/documents/<int(max=2147483647):document_id>")
def show(document_id: int) -> ResponseReturnValue:
    """The cases of one document."""
    own = services()
    path = own.store.document_path(document_id, own.viewer())
    entries = [e for e in own.store.ledger(own.viewer()) if e.document_id == document_id]
    return render_template(
        "document.html",
        path=path,
        entry=next((e for e in entries if e.path == path), entries[0] if entries else None),
        cases=own.store.cases_of(document_id=document_id, viewer=own.viewer()),
        pages=own.store.page_quality(document_id, own.viewer()),
        document_id=document_id,
    )


@pages.get("/documents/<int(max=2147483647):document_id>/source")
def source(document_id: int) -> ResponseReturnValue:
    """The file itself; only files of the ledger, only from inside the corpus."""
    own = services()
    path = own.store.document_path(document_id, own.viewer())
    found = locate(own.settings.corpus, path)
    mimetype, inline = content_type(found)
    if mimetype.startswith("text/plain"):
        response = Response(as_utf8(found.read_bytes()), content_type=mimetype)
    else:
        response = send_file(found, mimetype=mimetype, conditional=True)
    response.headers["Content-Disposition"] = _disposition(file_name(path), inline)
    if inline:  # the browser's own viewer styles itself; nothing else may load
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; "
            "frame-ancestors 'self'"
        )
    return response


@pages.get("/documents/<int(max=2147483647):document_id>/note")
def note(document_id: int) -> ResponseReturnValue:
    """A note as a page: what its front matter says, then its text as it stands."""
    own = services()
    path = own.store.document_path(document_id, own.viewer())
    told = as_utf8(locate(own.settings.corpus, path).read_bytes()).decode("utf-8", "replace")
    front, body = FRONT_MATTER.match(told), FRONT_MATTER.sub("", told)
    return render_template(
        "note.html",
        path=path,
        document_id=document_id,
        front=front["front"].strip() if front else "",
        parts=["", *_HEADINGS.split(body)],
        cases=own.store.cases_of(document_id=document_id, viewer=own.viewer()),
    )


@pages.get("/documents/note-template.md")
def template() -> ResponseReturnValue:
    """An empty note to fill in."""
    return send_from_directory(
        Path(current_app.static_folder or ""),
        "note-template.md",
        mimetype="text/markdown",
        as_attachment=True,
        download_name="事例ノートのひな型.md",
    )


@pages.post("/documents/rescan")
def rescan() -> ResponseReturnValue:
    """Asks for a look through the corpus now."""
    own = services()
    own.request_rescan()
    return redirect(url_for("documents.index", asked=1), 303)


def _waiting(own: Services, viewer: Viewer) -> int:
    """How many proposals wait that the viewer sent or may decide about."""
    found = proposals(own.settings, viewer) if own.may_record() else ()
    return sum(batch.is_waiting for batch in found)


def _named(entry: LedgerEntry, query: str, titles: Mapping[int, str]) -> bool:
    title = titles.get(entry.document_id or 0, "")
    return fold_text(query) in fold_text(f"{entry.path}\n{title}")


def _titles(cases: Sequence[Case]) -> dict[int, str]:
    """By document the title of its one case, else what it names as its source; "" where it names none."""
    found: dict[int, str] = {}
    for case in cases:
        is_first = case.document_id not in found
        found[case.document_id] = case.title if is_first else case.source_title
    return found


def _sorted(entries: Sequence[LedgerEntry], sort: str) -> list[LedgerEntry]:
    by_path = sorted(entries, key=lambda entry: entry.path)
    if sort == "newest":
        return sorted(by_path, key=lambda entry: entry.seen_at, reverse=True)
    if sort == "quality":
        return sorted(by_path, key=lambda entry: 1.0 if entry.quality is None else entry.quality)
    if sort == "cases":
        return sorted(by_path, key=lambda entry: -entry.cases)
    return by_path


def _disposition(name: str, inline: bool) -> str:
    """Content-Disposition with the name in UTF-8 (RFC 6266) and an ASCII stand-in."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
