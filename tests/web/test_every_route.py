"""No answer of any address, to whomever, holds a trace of a document that they may not see.

The restricted document says words that nothing else says, in a municipality that no other case is from, in
a file whose name is as telling. Every rule of the URL map is walked for every role: a new one fails until it
is in the table below.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ingest.flow.pipeline import ingest
from kb.advice.at_work import with_case, with_needs
from kb.advice.works import NeedAtWork, Work, add_work, works_of
from kb.base.config import Settings
from kb.base.messages import message
from kb.base.types import Case, LedgerEntry, Viewer
from kb.documents import trash
from kb.documents.batches import propose, receive_batch
from kb.documents.history import Deed, record
from kb.operations import audit
from kb.places.gazetteer import load_gazetteer
from kb.storage import unanswered
from tests.support import web_world
from tests.support.pdfs import build, lines
from web.app import create_app
from web.pages import feeds
from web.services import Activity, Services

TOWN = "東洋町"  # no other case of the corpus is from there
WORDS = ("ゼブラクロヌ", "玻璃細工台帳")
SECRET = f"""---
title: {WORDS[0]}計画の申請フォーム検討
municipality: {TOWN}
prefecture: 高知県
field: 申請
year: 2019
visibility: LABEL
tools: [{WORDS[1]}ツール]
---
## 取組

{WORDS[1]}を{WORDS[0]}で照合し、申請フォームに載せる予定である。費用は{WORDS[1]}の枠でまかなう。

## 見えてきた課題

{WORDS[0]}の担当者が{TOWN}に一人しかおらず、{WORDS[1]}の引き継ぎが難しい。
"""
LABELS = {"県内": "kennai-himitsu", "庁内": "chonai-himitsu", "DX班": "dxhan-himitsu"}
"""Who may see a document, and what its file is called."""


@dataclass(frozen=True)
class World:
    """The store with restricted documents, and what the owner knows of them."""

    services: Services
    cases: tuple[Case, ...]
    entries: tuple[LedgerEntry, ...]
    open_case: Case

    def hidden_from(self, viewer: Viewer) -> list[str]:
        """Labels that the viewer may not see."""
        seen = viewer.visibilities
        return [] if seen is None else [label for label in LABELS if label not in seen]


@pytest.fixture(scope="module")
def secret(world: Settings) -> Iterator[World]:
    for at, (label, name) in enumerate(LABELS.items()):
        told = SECRET.replace("LABEL", label).replace(WORDS[0], f"{WORDS[0]}{at}")
        (world.corpus / f"{name}.md").write_text(told, encoding="utf-8")
        (world.corpus / f"{name}-broken.pdf").write_bytes(b"%PDF-1.4 broken")
        (world.corpus / f"{name}-broken.pdf.yaml").write_text(f"visibility: {label}\n", "utf-8")
        (world.corpus / f"{name}-page.pdf").write_bytes(
            build(
                lines(f"{WORDS[0]}{at} の申請フォーム", f"{WORDS[1]} を {TOWN} で使う予定である。")
            )
        )
        (world.corpus / f"{name}-page.pdf.yaml").write_text(f"visibility: {label}\n", "utf-8")
        (world.corpus / f"{name}-gone.md").write_text(
            told.replace("予定", "計画"), encoding="utf-8"
        )
        gone = world.corpus / f"{name}-gone.md"
        trash.discard(world.corpus, gone, trash.Discarded(gone.name, label, "himitsu-by"))
        record(world.corpus, Deed("deleted", gone.name, "himitsu-by"))
    ingest(world, progress=None)
    receive_batch(world, "班", [("chonai-himitsu-sent.md", BytesIO(SECRET.encode()))])
    for label in ("庁内", "DX班"):
        sent = receive_batch(world, "別人", [(f"himitsu-{label}.md", BytesIO(SECRET.encode()))])
        propose(world, replace(sent, wanted=label))
    unanswered.record(world, f"{WORDS[0]}の次の計画")
    audit.record(world, "exported", f"{LABELS['庁内']}.md", who="himitsu-by")
    busy = Activity(
        running=True, done=1, total=76543217, current="chonai-himitsu-next.pdf", read=12345671, to_read=98765431,
        problem=message("store.disk_full", folder="/srv/himitsu"),
    )  # fmt: skip
    own = replace(web_world.services(world), activity=lambda: busy)
    owner = Viewer.owner()
    ledger = [e for e in own.store.ledger(owner) if "himitsu" in e.path]
    cases = tuple(
        case
        for entry in ledger
        if entry.document_id is not None
        for case in own.store.cases_of(document_id=entry.document_id, viewer=owner)
    )
    assert {e.visibility for e in ledger} == set(LABELS)
    assert len(cases) >= 6
    pictured = next(
        e
        for e in own.store.ledger(owner)
        if e.path.endswith(".pdf") and e.cases and e not in ledger
    )
    opened = own.store.cases_of(document_id=pictured.document_id, viewer=owner)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeds, "_NEWEST", 10_000)  # all were read in the same second
        yield World(own, cases, tuple(ledger), opened)


PUBLIC, PREFECTURE, OFFICE = Viewer.of(), Viewer.of("県内", role="viewer", name="県"), Viewer.of(
    "県内", "庁内", role="editor", name="庁"
)  # fmt: skip
GROUP = Viewer.of("DX班", role="viewer", name="班")
VIEWERS = {"public": PUBLIC, "prefecture": PREFECTURE, "office": OFFICE, "group": GROUP}

Address = tuple[str, str, dict[str, Any]]
Told = Callable[[World], Iterator[Address]]


def get(*paths: str) -> Told:
    """The same addresses for everybody."""
    return lambda world: (("GET", path, {}) for path in paths)


def post(path: str, **data: str) -> Told:
    return lambda world: iter([("POST", path, {"data": data})])


def of_cases(pattern: str) -> Told:
    """An address for every restricted case, and for one that all may see."""
    return lambda world: (
        ("GET", pattern.format(case.id), {}) for case in (*world.cases, world.open_case)
    )


def of_documents(pattern: str) -> Told:
    return lambda world: (
        ("GET", pattern.format(case.document_id), {}) for case in (*world.cases, world.open_case)
    )


def searches(path: str, *more: str) -> Told:
    asked = (
        *WORDS,
        f'"{WORDS[1]}"',
        "申請フォーム",
        TOWN,
        f"{TOWN}の申請",
        "高知県の事例",
        "れんきょう",
        "玻璃細工台張",
    )
    return get(*(f"{path}?q={quote(q)}{rest}" for q in asked for rest in ("", *more)))


def town_code() -> str:
    return load_gazetteer().find(TOWN)[0].code


def forms(world: World) -> Iterator[Address]:
    for case in world.cases:
        yield "POST", f"/cases/{case.id}/corrections", {"data": {"year": "2020"}}


def briefs(world: World) -> Iterator[Address]:
    for kind in ("docx", "xlsx", "md"):
        ids = [case.id for case in (*world.cases, world.open_case)]
        yield "POST", f"/compare/brief.{kind}", {"data": {"case": ids}}


def begun(world: World) -> list[Work]:
    """A piece of work of everybody with all the restricted cases, and with what they say."""
    settings = world.services.settings
    names = ("", *(viewer.name for viewer in VIEWERS.values() if viewer.name))
    if not works_of(settings, names[0]):
        for name in names:
            work = Work(name, town_code(), "助言")
            for at, case in enumerate(world.cases):
                work = with_case(work, case, f"{WORDS[0]}{at % 3}の引き継ぎ")
            needs = [NeedAtWork(c.sections[-1].text, c.id) for c in world.cases]
            add_work(settings, with_needs(work, needs))
    return [work for name in names for work in works_of(settings, name)]


def of_works(pattern: str, method: str = "GET", **data: str) -> Told:
    return lambda world: (
        (method, pattern.format(work.id), {"data": data} if data else {}) for work in begun(world)
    )


def choosing(world: World) -> Iterator[Address]:
    for case in world.cases:
        yield "POST", "/works/choose", {"data": {"code": town_code(), "case": case.id}}
        for work in begun(world)[:4]:
            yield "POST", f"/works/{work.id}", {"data": {"action": f"choose:{case.id}:x"}}


def uploads(world: World) -> Iterator[Address]:
    file = (BytesIO("## 取組\n\n新しい申請".encode()), "new.md")
    yield "POST", "/documents/upload", {"data": {"files": file, "visibility": "公開"}}


def batches(pattern: str, method: str) -> Told:
    """Somebody else's files that wait to be added, and none."""

    def told(world: World) -> Iterator[Address]:
        waiting = world.services.settings.data / "incoming"
        for token in (*(place.name for place in waiting.iterdir()), "x" * 32):
            yield method, pattern.format(token), {"data": {"visibility": "公開", "add-0": "1", "name-0": "x.md"}} if method == "POST" else {}  # fmt: skip

    return told


def managed(world: World) -> Iterator[Address]:
    for entry in world.entries:
        yield "GET", f"/documents/manage?path={quote(entry.path)}", {}


def managing(world: World) -> Iterator[Address]:
    for entry in world.entries:
        for action in ("visibility", "password", "rename", "replace", "delete"):
            if action == "delete" and entry.visibility != "DX班":
                continue  # the office's editor may, and then it would be gone
            data: dict[str, Any] = {
                "path": entry.path,
                "visibility": "",
                "name": "",
                "password": "",
            }
            yield "POST", f"/documents/manage/{action}", {"data": data}


def restored(world: World) -> Iterator[Address]:
    for found in trash.contents(world.services.settings.corpus):
        if found.visibility == "DX班":  # no editor among the viewers may
            yield "POST", f"/documents/trash/{found.id}/restore", {}


ROUTES: dict[str, Told] = {
    "static": get("/static/base.css"),
    "search.index": searches("/", "&sort=newest", "&prefecture=高知県", f"&municipality={TOWN}"),
    "mine.choose": post("/mine", name=TOWN),
    "suggest.suggest": get(*(f"/suggest?q={quote(w[:n])}" for w in (*WORDS, "ぜぶら") for n in (1, 2, 4))),
    "suggest.places": get("/suggest/places?q=ぜぶら"),
    "cases.show": of_cases("/cases/{}?q=申請"),
    "cases.picture": of_cases("/cases/{}/pages/1.png"),
    "corrections.correct": forms,
    "compare.index": lambda w: iter([("GET", "/compare?" + "&".join(f"case={c.id}" for c in w.cases), {})]),
    "compare.choose": lambda w: iter([("POST", "/compare/tray", {"data": {"case": w.cases[0].id}})]),
    "compare.export": briefs,
    "municipalities.index": get("/municipalities", "/municipalities?sort=cases"),
    "municipalities.show": lambda w: iter([("GET", f"/municipalities/{town_code()}", {}), ("GET", f"/municipalities/283657?need={quote(WORDS[1])}", {})]),
    "works.index": lambda w: iter([("GET", f"/works?{'&'.join(f'case={c.id}' for c in w.cases)}", {}) for _ in begun(w)[:1]]),
    "works.create": post("/works", name=TOWN, asked="困りごと: 申請の入力に手間がかかる"),
    "works.show": of_works("/works/{}"),
    "works.paper": of_works("/works/{}/paper"),
    "works.change": of_works("/works/{}", "POST", action="need", need="申請フォームの玻璃細工台帳"),
    "works.choose": choosing,
    "works.export": lambda w: (a for kind in ("docx", "xlsx", "md") for a in of_works(f"/works/{{}}/brief.{kind}", "POST", title="案")(w)),
    "works.copy": of_works("/works/{}/copy", "POST", name="多可町"),
    "works.forget": post("/works/nothing/forget"),
    "coverage.index": get("/coverage", "/coverage?by=prefecture", "/coverage?format=csv&by=prefecture", "/coverage?format=questions"),
    "saved.index": get("/saved"),
    "saved.ids": searches("/saved/ids"),
    "saved.save": post("/saved", address=f"q={WORDS[0]}"),
    "collections.show": lambda w: iter([("GET", "/collection?" + "&".join(f"case={c.id}" for c in (*w.cases, w.open_case)), {})]),
    "coverage.gap": get("/coverage/gap?field=申請&prefecture=高知県", "/coverage/gap?field=申請&population_to=5000"),
    "coverage.record": post("/coverage/questions", question="新しい質問"),
    "coverage.forget": post("/coverage/questions/forget", question="ない質問"),
    "documents.index": get("/documents", "/documents?q=himitsu", "/documents?sort=newest"),
    "documents.show": of_documents("/documents/{}"),
    "documents.note": of_documents("/documents/{}/note"),
    "documents.source": of_documents("/documents/{}/source"),
    "adding.upload": uploads,
    "adding.preview": batches("/documents/add/{}", "GET"),
    "adding.add": batches("/documents/add/{}", "POST"),
    "writing.form": get("/documents/write", f"/documents/write?municipality={TOWN}"),
    "writing.write": post("/documents/write", title=f"{WORDS[0]}計画", municipality=TOWN, measure="申請フォームを使った。", visibility="公開"),
    "writing.look": post("/documents/write/look", title=f"{WORDS[1]}の申請フォーム", municipality=TOWN),
    "writing.proposed": get("/documents/proposals"),
    "writing.withdraw": batches("/documents/proposals/{}/withdraw", "POST"),
    "adding.done": batches("/documents/added/{}", "GET"),
    "adding.undo": batches("/documents/added/{}/undo", "POST"),
    "managing.show": managed,
    "managing.act": managing,
    "trash.index": get("/documents/trash"),
    "trash.restore": restored,
    "trash.empty": post("/documents/trash/empty"),
    "documents.template": get("/documents/note-template.md"),
    "documents.rescan": post("/documents/rescan"),
    "events.events": get("/documents/events"),
    "feeds.results": searches("/results.csv"),
    "feeds.atom": get("/feed.atom"),
    "feeds.opensearch": get("/opensearch.xml"),
    "api.search": searches("/api/v1/search", "&mode=lexical", "&mode=dense"),
    "api.case": of_cases("/api/v1/cases/{}"),
    "api.municipality": lambda w: iter([("GET", f"/api/v1/municipalities/{town_code()}", {})]),
    "api.documents": get("/api/v1/documents"),
    "api.openapi": get("/api/v1/openapi.json"),
    "help.index": get("/help"),
    "help.about": get("/about"),
    "health.healthz": get("/healthz"),
    "operations.index": get("/operations"),
    "operations.log": get("/operations/audit", "/operations/audit?format=csv", "/operations/audit?q=himitsu"),
    "operations.figures": get("/metrics"),
    "accounts.form": get("/sign-in"),
    "accounts.enter": post("/sign-in", name="県", password="x"),
    "accounts.leave": post("/sign-out"),
    "accounts.show": get("/account"),
    "accounts.password": post("/account/password", old="x"),
}  # fmt: skip
"""How every endpoint is walked."""


def client_of(world: World, viewer: Viewer) -> FlaskClient:
    return create_app(replace(world.services, viewer=lambda: viewer)).test_client()


def whole(answer: TestResponse) -> str:
    """Body and headers, as text, of what may be a stream, packed, or an office document."""
    body = next(answer.response) if answer.is_streamed and "event-stream" in answer.content_type else answer.data  # fmt: skip
    body = body if isinstance(body, bytes) else str(body).encode()
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    if body[:2] == b"PK":
        import zipfile

        with zipfile.ZipFile(BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "replace") + str(answer.headers)


def traces(world: World, viewer: Viewer) -> list[str]:
    """What may stand in no answer to this viewer."""
    found = [
        "76543217",
        "98765431",
        "98,765,431",
        "/srv/himitsu",
        "chonai-himitsu-next",
        "次の計画",
    ]
    found = found if viewer.role == "public" else found[:-1]
    for label in world.hidden_from(viewer):
        at = list(LABELS).index(label)
        found += [LABELS[label], f"{WORDS[0]}{at}"]
    hidden = [c for c in world.cases if c.visibility in world.hidden_from(viewer)]
    found += [c.id for c in hidden] + [c.sha256 for c in hidden]
    return found


def test_every_route_is_walked(secret: World) -> None:
    rules = {rule.endpoint for rule in create_app(secret.services).url_map.iter_rules()}
    assert rules == set(ROUTES)


@pytest.mark.parametrize("endpoint", sorted(ROUTES))
@pytest.mark.parametrize("who", sorted(VIEWERS))
def test_no_trace_of_what_may_not_be_seen(secret: World, who: str, endpoint: str) -> None:
    viewer = VIEWERS[who]
    client = client_of(secret, viewer)
    forbidden = traces(secret, viewer)
    for method, path, given in ROUTES[endpoint](secret):
        answer = client.open(path, method=method, **given)
        assert answer.status_code != 429, "one walk stays below the rate"
        assert answer.status_code < 500, path
        asked = re.escape(path) + "|" + re.escape(quote(path)) + "|" + re.escape(repr(given))
        told = re.sub(asked, "", whole(answer))
        answer.close()
        ids = set(re.findall(r"\w{8,}", path + json.dumps(given, default=str)))
        for trace in forbidden:
            assert trace in ids or trace not in told, (path, trace, answer.status_code)


TELLING = {
    "search.index", "suggest.suggest", "cases.show", "compare.index", "compare.export", "municipalities.show",
    "works.index", "works.show", "works.paper", "works.export", "coverage.index", "documents.index", "documents.show", "documents.note", "documents.source", "events.events",
    "feeds.results", "feeds.atom", "api.search", "api.case", "api.municipality", "api.documents",
    "operations.index", "operations.log",
    "managing.show", "trash.index",
}  # fmt: skip


@pytest.mark.parametrize("endpoint", sorted(TELLING))
def test_the_owner_finds_the_traces(secret: World, endpoint: str) -> None:
    """Else the walk above would prove nothing."""
    client, forbidden = client_of(secret, Viewer.owner()), traces(secret, PUBLIC)
    found = False
    for method, path, given in ROUTES[endpoint](secret):
        answer = client.open(path, method=method, **given)
        found |= any(trace in whole(answer) for trace in forbidden)
        answer.close()
    assert found


def test_totals_are_of_what_may_be_seen(secret: World) -> None:
    public, owner = client_of(secret, PUBLIC), client_of(secret, Viewer.owner())
    hidden = len(secret.cases)
    counts = [client.get("/api/v1/documents").get_json() for client in (public, owner)]
    office_note = 1  # of the corpus that all tests share
    assert counts[1]["cases"] - counts[0]["cases"] == hidden + office_note
    assert counts[0]["ignored"] == 0
    assert counts[1]["sentences"]["total"] > counts[0]["sentences"]["total"]
    for asked in ("申請フォーム", "高知県の申請"):
        answer = public.get("/api/v1/search", query_string={"q": asked}).get_json()
        assert TOWN not in answer["facets"]["municipality"]
        assert all(sum(c.values()) <= answer["total"] for c in answer["facets"].values())
    for path in ("/municipalities", "/suggest?q=東洋", "/coverage?by=prefecture&format=csv"):
        told = [whole(client.get(path)) for client in (public, owner)]
        assert told[0] != told[1]
        assert TOWN not in told[0]


@pytest.mark.parametrize("who", sorted(VIEWERS))
def test_no_cache_gives_one_viewers_answer_to_another(secret: World, who: str) -> None:
    client = client_of(secret, VIEWERS[who])
    for endpoint, told in ROUTES.items():
        for method, path, given in [*told(secret)][-1:]:
            if endpoint == "static" or method == "POST":
                continue
            answer = client.get(path, **given)
            kept = {part.strip() for part in answer.headers["Cache-Control"].split(",")}
            assert "no-store" in kept or {"no-cache", "private"} <= kept, path
            assert not VIEWERS[who].name or "no-store" in kept, path
            answer.close()
    source = f"/documents/{secret.cases[0].document_id}/source"
    with client_of(secret, Viewer.owner()).get(source) as answer:
        tag = answer.headers.get("ETag", "*")
    refused = client_of(secret, PUBLIC).get(source, headers={"If-None-Match": tag})
    assert refused.status_code == 404


def test_strangers_change_nothing(secret: World) -> None:
    client = client_of(secret, PUBLIC)
    for path, data in (
        ("/documents/upload", {}), ("/documents/rescan", {}), ("/documents/trash/empty", {"sure": "1"}),
        ("/documents/manage/delete", {"path": secret.open_case.path}), (f"/documents/add/{'x' * 32}", {}),
        (f"/documents/added/{'x' * 32}/undo", {}), (f"/documents/trash/{trash.contents(secret.services.settings.corpus)[0].id}/restore", {}), ("/coverage/questions", {"question": "x"}),
        ("/coverage/questions/forget", {"question": "x"}),
        ("/works", {"name": TOWN}),
        (f"/works/{begun(secret)[0].id}", {"title": "x"}), (f"/works/{begun(secret)[0].id}/forget", {}),
        (f"/cases/{secret.open_case.id}/corrections", {"year": "1999"}),
    ):  # fmt: skip
        answer = client.post(path, data=data)
        assert answer.status_code == 403, path
        assert "編集できる利用者" in answer.text or path.startswith("/works")
    assert secret.services.store.case(secret.open_case.id, PUBLIC).path == secret.open_case.path
    for path in ("/documents/trash", f"/documents/manage?path={quote(secret.open_case.path)}"):
        assert client.get(path).status_code == 403
    for path in ("/documents", f"/cases/{secret.open_case.id}", "/coverage"):
        assert 'enctype="multipart' not in client.get(path).text
        assert "/corrections" not in client.get(path).text
        assert "/forget" not in client.get(path).text
