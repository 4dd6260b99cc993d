"""The web over a real store: what it shows, what it refuses, and what it never lets through."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.base.config import Settings
from kb.base.errors import NotFoundError, UsageError
from kb.base.messages import render
from kb.base.types import Filters, Viewer
from kb.ranking.contracts import answer_json
from tests.support.web_world import HOSTILE_NAME
from tests.support.web_world import services as services_of
from web.access import Access
from web.app import create_app
from web.files import locate
from web.serve import is_loopback
from web.services import Activity, Services
from web.view.address import SearchAddress
from web.view.presentation import blocks, fiscal_year, marked, people

Check = Callable[[str, TestResponse], Any]


def text(response: TestResponse) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", response.get_data(as_text=True)))


def document_id(services: Services, name: str) -> int:
    ledger = services.store.ledger(Viewer.owner())
    found = next(entry.document_id for entry in ledger if entry.path.endswith(name))
    assert found is not None
    return found


class _Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(response: TestResponse) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Elements()
    parser.feed(response.get_data(as_text=True))
    return parser.found


# -- search -----------------------------------------------------------------------------------------


def test_what_is_listed_among_answers_and_not_counted_says_so(client: FlaskClient) -> None:
    question = "職員が自分で作ったシステム"
    answer = client.get("/api/v1/search", query_string={"q": question}).get_json()
    counted = [result["answers"] for result in answer["results"]]
    assert counted != sorted(counted, reverse=True)  # mixed
    assert sum(counted) == answer["total"]
    page = client.get("/", query_string={"q": question}).text
    cards = page.split('<article class="card"')[1:]
    assert ["件数には入れていません" not in card for card in cards] == counted


def test_start_page_teaches_with_questions_that_have_answers(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    examples = [
        attrs["href"]
        for tag, attrs in elements(page)
        if tag == "a" and (attrs.get("href") or "").startswith("/?q=")
    ]
    assert len(examples) > 5
    for address in examples:
        answer = client.get(str(address))
        assert answer.status_code == 200
        assert "<article" in answer.get_data(as_text=True)


def test_results_name_place_population_field_year_and_status(client: FlaskClient) -> None:
    shown = text(client.get("/", query_string={"q": "多可町 予防接種"}))
    first = shown[: shown.index("一致したことば")]
    for value in ("多可町", "兵庫県・1.9万人", "保健福祉", "2024年度", "計画"):
        assert value in first


def test_result_links_to_the_page_of_its_source(client: FlaskClient, services: Services) -> None:
    deck = next(
        case
        for case in services.searcher.search("スマート申請フォーム", k=50).results
        if case.case.path.endswith(".pdf")
    ).case
    page = client.get(
        "/", query_string={"q": "スマート申請フォーム", "page": 1, "prefecture": deck.prefecture}
    )
    links = [attrs["href"] for tag, attrs in elements(page) if attrs.get("class") == "page"]
    assert any(
        re.fullmatch(rf"/documents/{deck.document_id}/source#page=\d+", str(x)) for x in links
    )


def test_matched_words_are_marked(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": "予防接種"}).get_data(as_text=True)
    assert "<mark>予防接種</mark>" in page


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({"field": "窓口"}, lambda case: case.field == "窓口"),
        ({"prefecture": "兵庫県"}, lambda case: case.prefecture == "兵庫県"),
        ({"municipality": "多可町"}, lambda case: case.municipality == "多可町"),
        ({"municipality": "283657"}, lambda case: case.municipality == "多可町"),
        ({"year_from": "2023"}, lambda case: case.year is not None and case.year >= 2023),
        ({"year_to": "2021"}, lambda case: case.year is not None and case.year <= 2021),
    ],
)
def test_filters_narrow_the_page_as_they_narrow_the_search(
    client: FlaskClient, services: Services, arguments: dict[str, str], kept: object
) -> None:
    assert callable(kept)
    page = client.get("/", query_string={"q": "申請", **arguments})
    ids = re.findall(r'id="case-(\w+)"', page.get_data(as_text=True))
    cases = services.store.cases(ids, Viewer.owner())
    assert cases
    assert all(kept(case) for case in cases)


def test_a_facet_counts_the_result_set_and_its_link_gives_as_many(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": "申請"}).get_data(as_text=True)
    link = re.search(
        r'<a href="(/\?q=[^"]*field=[^"]*)"[^>]*><span>[^<]*</span> <span class="count">(\d+)', page
    )
    assert link
    narrowed = text(client.get(html.unescape(link[1])))
    assert re.search(rf"\b{link[2]}件の事例", narrowed)


def test_a_second_value_of_a_facet_can_be_chosen_beside_the_first(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": "申請", "field": "窓口"})
    fields = [
        str(attrs["href"]) for tag, attrs in elements(page) if "field=" in (attrs.get("href") or "")
    ]
    assert any(address.count("field=") == 2 for address in fields)


def test_a_condition_can_be_removed(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": "申請", "field": "窓口", "year_from": "2020"})
    removing = [
        str(attrs["href"])
        for tag, attrs in elements(page)
        if tag == "a" and "外す" in (attrs.get("aria-label") or "")
    ]
    assert len(removing) == 2
    assert "field=" not in removing[0]
    assert "year_from" not in removing[1]


def test_newest_first(client: FlaskClient, services: Services) -> None:
    page = client.get("/", query_string={"q": "申請", "sort": "newest"}).get_data(as_text=True)
    ids = re.findall(r'id="case-(\w+)"', page)
    years = [case.year or 0 for case in services.store.cases(ids, Viewer.owner())]
    assert len(years) > 3
    assert years == sorted(years, reverse=True)


def test_similar_population_first(client: FlaskClient, services: Services) -> None:
    page = client.get("/", query_string={"q": "申請", "sort": "size", "near": "多可町"})
    ids = re.findall(r'id="case-(\w+)"', page.get_data(as_text=True))
    people = [c.population for c in services.store.cases(ids, Viewer.owner()) if c.population]
    own = 19261
    ratios = [max(own, other) / min(own, other) for other in people]
    assert ratios[0] < 1.2
    assert max(ratios[:3]) <= min(ratios[-3:])


def test_nearest_first(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": "申請", "sort": "distance", "near": "多可町"})
    first = re.search(r'class="where"[^>]*>(.*?)</span>', page.get_data(as_text=True), re.DOTALL)
    assert first
    assert "多可町" in first[1]


def test_the_next_page_goes_on_where_the_first_ends(client: FlaskClient) -> None:
    first = client.get("/", query_string={"q": "申請"})
    later = next(str(a["href"]) for t, a in elements(first) if a.get("rel") == "next")
    second = client.get(later)
    ids = [re.findall(r'id="case-(\w+)"', r.get_data(as_text=True)) for r in (first, second)]
    assert len(ids[0]) == 10
    assert ids[1]
    assert not set(ids[0]) & set(ids[1])


def test_nothing_fitting_says_so_and_what_to_try(client: FlaskClient) -> None:
    shown = text(client.get("/", query_string={"q": "quantum chromodynamics lattice"}))
    assert "見つかりませんでした" in shown
    assert "言い換える" in shown


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        ({"q": ""}, "ことばを入力してください"),
        ({"q": "　 "}, "ことばを入力してください"),
        ({"q": "あ" * 20_000}, "文字以内"),
        ({"q": "!?"}, "ことばを入力してください"),
        ({"q": "申請", "municipality": "ほげ市"}, "6桁の団体コード"),
        ({"q": "申請", "prefecture": "ほげ県"}, "兵庫県"),
        ({"q": "申請", "field": "ほげ"}, "窓口"),
        ({"q": "申請", "year_from": "らいねん"}, "数字"),
        ({"q": "申請", "year_from": "2024", "year_to": "2020"}, "逆"),
        ({"q": "申請", "sort": "size"}, "わたしの自治体"),
        ({"q": "申請", "sort": "size", "near": "府中市"}, "都道府県名を付けて"),
    ],
)
def test_a_wrong_request_is_answered_with_the_remedy(
    client: FlaskClient, arguments: dict[str, str], remedy: str
) -> None:
    page = client.get("/", query_string=arguments)
    assert page.status_code == 400
    assert remedy in text(page)


def test_a_query_never_breaks_out_of_the_page(client: FlaskClient) -> None:
    query = "\"><script>alert(1)</script>申請'"
    page = client.get("/", query_string={"q": query})
    scripts = [attrs for tag, attrs in elements(page) if tag == "script"]
    assert all(attrs.get("src") for attrs in scripts)
    box = next(attrs for tag, attrs in elements(page) if attrs.get("id") == "q")
    assert box["value"] == query


# -- cases ------------------------------------------------------------------------------------------


def test_case_page_shows_every_section_word_for_word(
    client: FlaskClient, services: Services
) -> None:
    for result in services.searcher.search("申請", k=20).results:
        page = client.get(f"/cases/{result.case.id}", query_string={"q": "申請"})
        shown = "".join(text(page).split())
        for section in result.case.sections:
            for line in section.text.splitlines():
                bare = "".join(line.lstrip(" -*・•●○◆■◇□▪▶➢✓").split())
                assert bare in shown


def test_case_page_leads_to_the_municipalitys_other_cases_and_back(
    client: FlaskClient, services: Services
) -> None:
    taka = services.store.cases_of(code="283657", viewer=Viewer.owner())
    assert len(taka) > 1
    page = client.get(f"/cases/{taka[0].id}", query_string={"q": "申請", "field": "窓口"})
    addresses = [attrs.get("href") for tag, attrs in elements(page) if tag == "a"]
    assert f"/cases/{taka[1].id}" in addresses
    assert (
        f"{SearchAddress('申請', Filters(fields=('窓口',))).address()}#case-{taka[0].id}"
        in addresses
    )


def test_a_look_at_a_case_leads_back_to_the_same_results(client: FlaskClient) -> None:
    filters = Filters(prefectures=("兵庫県",), year_from=2020)
    narrowed = SearchAddress("申請", filters, sort="newest").address()
    results = client.get(narrowed)
    opened = next(
        str(attrs["href"])
        for tag, attrs in elements(results)
        if tag == "a" and str(attrs.get("href", "")).startswith("/cases/")
    )
    page = client.get(opened)
    back = next(str(a["href"]) for t, a in elements(page) if t == "a" and "#case-" in str(a))
    assert back.split("#")[0] == narrowed
    assert f'id="{back.split("#")[1]}"' in results.get_data(as_text=True)


def test_pages_of_a_deck_are_linked_from_its_sections(
    client: FlaskClient, services: Services
) -> None:
    number = document_id(services, ".pdf")
    case = services.store.cases_of(document_id=number, viewer=Viewer.owner())[0]
    page = client.get(f"/cases/{case.id}")
    linked = {attrs.get("href") for tag, attrs in elements(page) if attrs.get("class") == "page"}
    for section in case.sections:
        assert f"/documents/{number}/source#page={section.page}" in linked


def test_document_text_is_never_markup(client: FlaskClient, services: Services) -> None:
    number = document_id(services, HOSTILE_NAME)
    case = services.store.cases_of(document_id=number, viewer=Viewer.owner())[0]
    addresses = ("/?q=申請フォーム", f"/cases/{case.id}", "/documents", f"/documents/{number}")
    for address in addresses:
        page = client.get(address)
        for tag, attrs in elements(page):
            assert tag not in ("img", "b onmouseover")
            assert not any(name.startswith("on") for name in attrs)
            assert not str(attrs.get("href", "")).startswith("javascript:")
            assert tag != "script" or str(attrs.get("src", "")).startswith("/static/")
    assert 'alert("title")' in text(client.get(f"/cases/{case.id}"))


def test_an_unknown_case_is_404_with_a_remedy(client: FlaskClient) -> None:
    page = client.get("/cases/nothing")
    assert page.status_code == 404
    assert "お探しください" in text(page)


# -- visibility -------------------------------------------------------------------------------------


def test_what_a_reader_may_not_see_is_nowhere(
    client: FlaskClient, public: FlaskClient, services: Services
) -> None:
    number = document_id(services, "office.md")
    case = services.store.cases_of(document_id=number, viewer=Viewer.owner())[0]
    hidden = (
        f"/cases/{case.id}", f"/documents/{number}", f"/documents/{number}/source",
        f"/api/v1/cases/{case.id}",
    )  # fmt: skip
    for address in hidden:
        assert client.get(address).status_code == 200, address
        assert public.get(address).status_code == 404, address
    listing = {
        "/?q=入札予定価格": case.id, "/api/v1/search?q=入札予定価格": case.id,
        "/api/v1/municipalities/283657": case.id, "/documents": "office.md",
        "/api/v1/documents": "office.md",
    }  # fmt: skip
    for address, secret in listing.items():
        assert secret in client.get(address).get_data(as_text=True), address
        assert secret not in public.get(address).get_data(as_text=True), address


# -- documents --------------------------------------------------------------------------------------


def test_documents_page_lists_every_file_problems_first(
    client: FlaskClient, services: Services
) -> None:
    page = text(client.get("/documents"))
    ledger = services.store.ledger(Viewer.owner())
    failed = [entry for entry in ledger if entry.status == "failed"]
    assert [entry.path for entry in failed] == ["empty.pdf"]
    assert failed[0].reason
    assert render(failed[0].reason) in page
    assert page.index("empty.pdf") < min(
        page.index(entry.path) for entry in ledger if entry.document_id is not None
    )
    assert all(entry.path in page for entry in ledger)


def test_documents_can_be_found_by_name_and_sorted(client: FlaskClient) -> None:
    found = text(client.get("/documents", query_string={"q": "TAKA"}))
    assert "taka_health-welfare-dx.md" in found
    assert "toyooka" not in found
    by_cases = text(client.get("/documents", query_string={"sort": "cases"}))
    read = by_cases[by_cases.index("取り込み済みの資料") :]
    assert read.index(".pdf") < read.index(".md")


def test_running_ingest_is_shown(services: Services) -> None:
    busy = Activity(running=True, done=3, total=9, current="大きな<資料>.pdf")
    client = create_app(replace(services, activity=lambda: busy)).test_client()
    page = client.get("/documents")
    assert "3 / 9" in text(page)
    assert "大きな<資料>.pdf" in text(page)
    assert ("progress", "9", "3") in [
        (tag, attrs.get("max"), attrs.get("value")) for tag, attrs in elements(page)
    ]


def test_source_is_the_file_itself(client: FlaskClient, services: Services) -> None:
    number = document_id(services, ".pdf")
    path = services.store.document_path(number, Viewer.owner())
    with client.get(f"/documents/{number}/source") as answer:
        assert answer.data == (services.settings.corpus / path).read_bytes()
        assert answer.content_type == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_note_is_sent_as_plain_text_never_as_a_page(
    client: FlaskClient, services: Services
) -> None:
    answer = client.get(f"/documents/{document_id(services, HOSTILE_NAME)}/source")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "<script>" in answer.get_data(as_text=True)
    disposition = answer.headers["Content-Disposition"]
    assert disposition.endswith("filename*=UTF-8''" + quote(HOSTILE_NAME, safe=""))
    assert "\n" not in disposition


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", "notes/../../secret.txt", "", "..", "gone.md"]
)
def test_no_path_leads_out_of_the_corpus(tmp_path: Path, path: str) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "notes").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    with pytest.raises(NotFoundError):
        locate(corpus, path)


def test_no_link_leads_out_of_the_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    try:
        (corpus / "note.txt").symlink_to(secret)
        (corpus / "folder").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("this system allows no links")
    for path in ("note.txt", "folder/secret.txt"):
        with pytest.raises(NotFoundError):
            locate(corpus, path)


def test_a_file_spelled_in_nfd_is_found(tmp_path: Path) -> None:
    spelled = "か\u3099くしゅう.md"
    (tmp_path / spelled).write_text("学習", encoding="utf-8")
    assert locate(tmp_path, "がくしゅう.md").read_text(encoding="utf-8") == "学習"


def test_a_file_that_is_gone_says_what_to_do(world: Settings, tmp_path: Path) -> None:
    elsewhere = replace(world, corpus=tmp_path)
    client = create_app(services_of(elsewhere)).test_client()
    answer = client.get("/documents/1/source")
    assert answer.status_code == 404
    assert "接続が切れて" in text(answer)


def test_rescan_is_asked_for_by_this_page_only(services: Services) -> None:
    asked: list[str] = []
    own = replace(services, request_rescan=lambda: asked.append("now"))
    client = create_app(own).test_client()
    refused = (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://example.org"}, {"Origin": "null"},
    )  # fmt: skip
    for headers in refused:
        assert client.post("/documents/rescan", headers=headers).status_code == 403
    assert not asked
    answer = client.post("/documents/rescan", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert asked == ["now"]


def test_nothing_can_be_changed_when_read_only(services: Services) -> None:
    asked: list[str] = []
    own = replace(
        services,
        settings=replace(services.settings, readonly=True),
        request_rescan=lambda: asked.append("now"),
    )
    client = create_app(own).test_client()
    assert client.post("/documents/rescan").status_code == 403
    assert not asked
    assert client.post("/documents/upload").status_code == 403
    assert 'method="post"' not in client.get("/documents").get_data(as_text=True)


# -- every answer -----------------------------------------------------------------------------------

ADDRESSES = ("/", "/?q=申請", "/documents", "/nothing", "/?q=", "/api/v1/search?q=申請", "/healthz")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_locked_down(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", ADDRESSES[:5])
def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_code(
    client: FlaskClient, address: str
) -> None:
    for tag, attrs in elements(client.get(address)):
        assert tag != "style"
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        for name in ("src", "action") if tag != "link" else ("href",):
            assert str(attrs.get(name) or "/").startswith("/")


def test_language_is_switched_remembered_and_marked(client: FlaskClient) -> None:
    assert '<html lang="ja">' in client.get("/").get_data(as_text=True)
    switched = client.get("/?lang=en&q=申請")
    assert '<html lang="en">' in switched.get_data(as_text=True)
    cookie = switched.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite" in cookie
    later = client.get("/?q=申請").get_data(as_text=True)
    assert '<html lang="en">' in later
    assert re.search(r"\d+ cases", later)
    assert '<html lang="ja">' in client.get("/?lang=ja").get_data(as_text=True)


def test_an_unknown_language_is_ignored(client: FlaskClient) -> None:
    answer = client.get("/?lang=xx%0d%0aSet-Cookie:x")
    assert '<html lang="ja">' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_pages_are_compressed_for_browsers_that_can(client: FlaskClient) -> None:
    plain = client.get("/?q=申請")
    packed = client.get("/?q=申請", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) * 3 < len(plain.data)


def test_first_view_stays_small(client: FlaskClient) -> None:
    page = client.get("/?q=申請", headers={"Accept-Encoding": "gzip"})
    size = len(page.data)
    for tag, attrs in elements(client.get("/?q=申請")):
        source = attrs.get("src") if tag == "script" else attrs.get("href")
        if tag in ("script", "link") and str(source).startswith("/static/"):
            with client.get(str(source), headers={"Accept-Encoding": "gzip"}) as file:
                size += len(file.data)
    assert size < 60_000


def test_health(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "ok"


def test_not_healthy_before_the_first_ingest(tmp_path: Path, world: Settings) -> None:
    from kb.storage.writer import open_writer

    empty = replace(world, data=tmp_path / "data", corpus=tmp_path / "corpus")
    with open_writer(empty):
        pass
    client = create_app(services_of(empty)).test_client()
    assert client.get("/healthz").status_code == 503
    assert "まだ資料がありません" in text(client.get("/"))
    assert "資料がまだありません" in text(client.get("/documents"))


# -- the API ----------------------------------------------------------------------------------------


@pytest.fixture
def check(client: FlaskClient) -> Check:
    """Checks an answer against what the API says about itself."""
    described = client.get("/api/v1/openapi.json").get_json()

    def against(path: str, response: TestResponse) -> Any:
        content = described["paths"][path]["get"]["responses"][str(response.status_code)]["content"]
        media = response.content_type.split(";")[0]
        schema = {**content[media]["schema"], "components": described["components"]}
        value = response.get_json(force=True)
        jsonschema.validate(value, schema, cls=jsonschema.Draft202012Validator)
        return value

    return against


def test_api_search_is_the_contract(client: FlaskClient, services: Services, check: Check) -> None:
    got = check("/api/v1/search", client.get("/api/v1/search?q=スマート申請フォームの事例&k=5"))
    expected = answer_json(services.searcher.search("スマート申請フォームの事例", k=5))
    assert len(got["results"]) == 5
    assert {**got, "seconds": 0} == json.loads(json.dumps({**expected, "seconds": 0}))


def test_api_cases_municipalities_and_documents(
    client: FlaskClient, services: Services, check: Check
) -> None:
    taka = services.store.cases_of(code="283657", viewer=Viewer.owner())
    case = check("/api/v1/cases/{case_id}", client.get(f"/api/v1/cases/{taka[0].id}"))
    assert case["title"] == taka[0].title
    place = check("/api/v1/municipalities/{code}", client.get("/api/v1/municipalities/283657"))
    assert place["name"] == "多可町"
    assert [item["case_id"] for item in place["cases"]] == [item.id for item in taka]
    ledger = check("/api/v1/documents", client.get("/api/v1/documents"))
    assert ledger["failed"] == 1
    assert len(ledger["files"]) == len(services.store.ledger(Viewer.owner()))


@pytest.mark.parametrize(
    ("address", "path", "status"),
    [
        ("/api/v1/search", "/api/v1/search", 400),
        ("/api/v1/search?q=", "/api/v1/search", 400),
        ("/api/v1/search?q=申請&k=0", "/api/v1/search", 400),
        ("/api/v1/search?q=申請&k=1&k=2", "/api/v1/search", 400),
        ("/api/v1/search?q=申請&mode=magic", "/api/v1/search", 400),
        ("/api/v1/search?q=申請&field=ほげ", "/api/v1/search", 400),
        ("/api/v1/search?q=申請&year_from=-1", "/api/v1/search", 400),
        ("/api/v1/search?q=申請&municipality=ほげ市", "/api/v1/search", 400),
        ("/api/v1/search?q=申請&near=府中市", "/api/v1/search", 400),
        ("/api/v1/cases/nothing", "/api/v1/cases/{case_id}", 404),
        ("/api/v1/municipalities/000000", "/api/v1/municipalities/{code}", 404),
    ],
)
def test_api_errors_are_problem_details(
    client: FlaskClient, check: Check, address: str, path: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    problem = check(path, answer)
    assert problem["status"] == status
    assert len(problem["detail"]) > 10


def test_api_answers_every_error_as_a_problem(client: FlaskClient) -> None:
    for answer in (client.get("/api/v1/nothing"), client.post("/api/v1/search")):
        assert answer.content_type.startswith("application/problem+json")
        assert answer.get_json(force=True)["status"] == answer.status_code


def test_api_description_is_complete(client: FlaskClient) -> None:
    app = client.application
    rules = {
        re.sub(r"<(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
    }
    described = client.get("/api/v1/openapi.json").get_json()
    assert set(described["paths"]) == rules
    references = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(described)))
    assert references == set(described["components"]["schemas"])


# -- the pieces -------------------------------------------------------------------------------------


def test_marks_are_put_where_the_spans_are() -> None:
    assert marked("a<b>c", [(1, 4)]) == "a<mark>&lt;b&gt;</mark>c"
    assert marked("abc", [(2, 9), (0, 1), (0, 1)]) == "<mark>a</mark>b<mark>c</mark>"
    assert marked("cd", [(1, 3)], offset=2) == "<mark>c</mark>d"


def test_text_becomes_paragraphs_and_lists_with_marks_in_place() -> None:
    source = "はじめに\n- 申請を<b>\n- 窓口\n1. 一つ\n\nおわり"
    at = source.index("窓口")
    assert blocks(source, [(at, at + 2)]) == [
        ("p", ["はじめに"]),
        ("ul", ["申請を&lt;b&gt;", "<mark>窓口</mark>"]),
        ("ol", ["1. 一つ"]),
        ("p", ["おわり"]),
    ]


@pytest.mark.parametrize(
    ("population", "shown"),
    [(None, ""), (820, "820人"), (9_999, "9,999人"), (19_261, "1.9万人"), (1_525_152, "153万人")],
)
def test_population_as_people_say_it(
    client: FlaskClient, population: int | None, shown: str
) -> None:
    with client.application.test_request_context("/"):
        assert people(population) == shown


@pytest.mark.parametrize(
    ("year", "shown"),
    [
        (2024, "2024年度（令和6年度）"),
        (2019, "2019年度（令和元年度）"),
        (2018, "2018年度（平成30年度）"),
    ],
)
def test_fiscal_years_carry_their_era(client: FlaskClient, year: int, shown: str) -> None:
    with client.application.test_request_context("/"):
        assert fiscal_year(year, era=True) == shown


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
    ],
)
def test_only_loopback_goes_without_a_warning(host: str, own: bool) -> None:
    assert is_loopback(host) is own
    assert (Access(Settings(), is_loopback(host)).notices() == []) is own


def test_a_page_of_another_name_for_this_server_is_refused_plainly(services: Services) -> None:
    """DNS rebinding: the stranger's page gets a reason instead of a broken server."""
    app = create_app(services)
    app.config["ALLOWED_HOSTS"] = ["localhost"]
    for path in ("/", "/api/v1/documents", "/static/base.css"):
        refused = app.test_client().get(path, headers={"Host": "rebound.example"})
        assert refused.status_code == 400
        assert "起動したときに表示されたアドレス" in refused.text
    assert app.test_client().get("/", headers={"Host": "localhost:8000"}).status_code == 200


def test_a_taken_port_is_explained(services: Services) -> None:
    import socket

    from web.serve import listening

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="--port"):
            listening("127.0.0.1", taken.getsockname()[1])


def test_an_error_leads_back_to_the_page_of_this_server_that_led_there(client: FlaskClient) -> None:
    came = {"Referer": "http://localhost/compare?case=x"}
    refused = client.post("/documents/upload", headers=came)
    assert refused.status_code == 400
    assert 'href="/compare?case=x"' in refused.text
    for elsewhere in (
        "http://evil.example/a",
        "http://localhost//evil.example",
        "http://localhost/nothing",
    ):
        assert (
            "もとのページに戻る" not in client.get("/nothing", headers={"Referer": elsewhere}).text
        )


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_a_document_that_is_none_is_not_found(client: FlaskClient, number: str) -> None:
    assert client.get(f"/documents/{number}").status_code == 404
    assert client.get(f"/documents/{number}/source").status_code == 404


def test_static_files_are_fetched_once_until_they_change(client: FlaskClient) -> None:
    style = re.search(r'href="(/static/base.css\?v=\w+)"', client.get("/").text)
    assert style
    for address, kept in (
        (style[1], True),
        ("/static/base.css", False),
        ("/static/no.css?v=1", False),
    ):
        with client.get(address) as answer:
            assert ("immutable" in answer.headers.get("Cache-Control", "")) is kept
