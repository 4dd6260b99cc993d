"""Cases side by side: what a brief quotes, how it cites, and the tray that collects them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kb.advice.brief import Brief, compare, sources
from kb.advice.brief_markdown import markdown
from kb.advice.quotes import Quote
from kb.base.types import Case, Evidence, Section, Viewer
from web.app import create_app
from web.services import Services

TAKA = Case(
    id="taka", document_id=1, path="decks/hyogo.pdf", sha256="", title="保健福祉DX（多可町）",
    municipality="多可町", prefecture="兵庫県", code="283657", ambiguous=False, population=19_284,
    field="保健福祉", field_source="classified", year=2024, status="計画", tools=("PMH",),
    pages=(10, 11), source_title="事業の概要", source_url="https://example.jp/a", visibility="公開",
    quality=1.0,
    sections=(
        Section("取組", "これまでの取組", "- 助言を受けた\n- 調査をした", 10),
        Section("効果", "効果", "申請が半分になった。", 11),
    ),
    evidence=(
        Evidence("year", "2024", 1, "令和6年度"),
        Evidence("effect", "半分に", 11, "申請が半分に なった"),
    ),
)  # fmt: skip
NOTE = replace(
    TAKA, id="note", document_id=2, path="note.md", title="覚え書き", municipality="", prefecture="",
    code="", population=None, year=None, status="不明", tools=(), pages=None, source_title="",
    source_url="javascript:alert(1)", visibility="庁内", sections=(Section("取組", "", "試した。"),),
    evidence=(),
)  # fmt: skip
BRIEF = Brief((TAKA, NOTE), remark="二つを比べた。", remarks={"taka": "まず見学を。"})


@pytest.fixture
def ids(services: Services) -> list[str]:
    return [r.case.id for r in services.searcher.search("申請", k=8).results]


def choose(client: FlaskClient, case: str, action: str = "add", back: str = "/compare") -> int:
    data = {"case": case, "action": action, "back": back}
    return client.post("/compare/tray", data=data).status_code


def columns(client: FlaskClient, address: str = "/compare") -> list[str]:
    page = client.get(address).get_data(as_text=True)
    return re.findall(r'<th scope="col"><a href="/cases/(\w+)"', page)


# -- the comparison ---------------------------------------------------------------------------------


def test_rows_hold_what_each_case_says_with_its_page() -> None:
    rows = {row.label: row.cells for row in compare([TAKA, NOTE])}
    assert rows["自治体"] == ((Quote("兵庫県多可町", None),), ())
    assert rows["人口"] == ((Quote("19,284人（2020年国勢調査）", None, own=False),), ())
    assert rows["年度"] == ((Quote("2024年度", 1),), ())
    assert rows["取組"] == (
        (Quote("助言を受けた", 10), Quote("調査をした", 10)),
        (Quote("試した。", None),),
    )
    assert rows["効果"] == ((Quote("申請が半分になった。", 11),), ())
    assert rows["効果の数字"] == ((Quote("申請が半分に なった", 11),), ())
    assert "費用" not in rows


def test_every_quote_has_a_source_and_a_page_has_one_number() -> None:
    cited = sources([TAKA, NOTE])
    for row in compare([TAKA, NOTE]):
        for case, cell in zip((TAKA, NOTE), row.cells, strict=True):
            assert all((case.id, quote.page) in cited for quote in cell if quote.own)
    assert sorted({source.number for source in cited.values()}) == [1, 2, 3, 4, 5]
    twin = replace(TAKA, id="twin")
    shared = sources([TAKA, twin])
    assert shared["taka", 10].number == shared["twin", 10].number


def test_the_brief_cites_every_line_and_lists_every_source() -> None:
    text = markdown(BRIEF)
    body = text[: text.index("## これから確かめること")]
    quoted = [line for line in body.splitlines() if line.startswith("- ")]
    assert quoted
    assert all(re.search(r" \[\d+\]$", line) for line in quoted if "国勢調査" not in line)
    used = {int(n) for n in re.findall(r" \[(\d+)\]", body)}
    listed = {int(n) for n in re.findall(r"^(\d+)\. ", text[text.index("## 出典") :], re.MULTILINE)}
    assert used == listed
    assert "事業の概要 p.10 decks/hyogo.pdf（https://example.jp/a）" in text
    assert "まず見学を。" in text
    assert "二つを比べた。" in text
    assert text == markdown(BRIEF)


def test_a_brief_says_when_it_quotes_what_is_not_public() -> None:
    assert "取扱注意" not in markdown(Brief((TAKA,)))
    assert "**取扱注意: 庁内の資料" in markdown(Brief((TAKA, NOTE)))


def test_no_address_but_the_web_is_a_link() -> None:
    assert "javascript:" not in markdown(Brief((NOTE,)))


@given(st.text(max_size=200))
def test_words_of_a_case_are_never_markup(text: str) -> None:
    case = replace(TAKA, title=text, sections=(Section("取組", "", text, 10),))
    body = markdown(Brief((case,), text, text)).split("## 出典")[0]
    own = re.sub(
        r"^\|.*\|$",
        lambda row: row[0].replace(" | ", "").replace("<br>", "")[1:-1],
        body,
        flags=re.M,
    )
    assert not re.search(r"(?<!\\)[<>|`*]", own)


# -- the tray ---------------------------------------------------------------------------------------


def test_cases_are_chosen_ordered_and_removed(client: FlaskClient, ids: list[str]) -> None:
    assert [choose(client, case) for case in ids[:3]] == [303] * 3
    assert columns(client) == ids[:3]
    choose(client, ids[2], "earlier")
    assert columns(client) == [ids[0], ids[2], ids[1]]
    choose(client, ids[0], "remove")
    assert columns(client) == [ids[2], ids[1]]
    choose(client, "", "clear")
    assert columns(client) == []
    assert "比べる事例がまだありません" in client.get("/compare").get_data(as_text=True)


def test_the_seventh_case_is_explained(client: FlaskClient, ids: list[str]) -> None:
    assert [choose(client, case) for case in ids[:7]] == [303] * 6 + [400]
    assert columns(client) == ids[:6]
    offered = client.get(f"/cases/{ids[6]}").text
    assert "6件まで" in offered
    assert 'value="add"' not in offered


def test_a_comparison_has_an_address_of_its_own(client: FlaskClient, ids: list[str]) -> None:
    address = f"/compare?case={ids[1]}&case={ids[0]}&case=nothing"
    assert columns(client, address) == [ids[1], ids[0]]


def test_a_shared_comparison_is_reordered_without_touching_the_own_choice(
    client: FlaskClient, ids: list[str]
) -> None:
    first, second, third = ids[:3]
    shared = client.get("/compare", query_string={"case": [first, second, third]}).text
    moved = f'href="/compare?case={second}&amp;case={first}&amp;case={third}" aria-label="左へ'
    assert moved in shared
    assert f'href="/compare?case={first}&amp;case={third}" aria-label="外す' in shared
    assert 'aria-label="外す' not in client.get("/compare", query_string={"case": first}).text
    assert client.get_cookie("tray") is None


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", ""]
)
def test_choosing_never_leads_to_another_host(
    client: FlaskClient, ids: list[str], back: str
) -> None:
    answer = client.post("/compare/tray", data={"case": ids[0], "back": back})
    assert answer.headers["Location"] == "/compare"


def test_choosing_leads_back_to_the_result(client: FlaskClient, ids: list[str]) -> None:
    page = client.get("/", query_string={"q": "申請"}).get_data(as_text=True)
    back = re.search(r'name="back" value="([^"]+)"', page)
    assert back
    answer = client.post("/compare/tray", data={"case": ids[0], "back": back[1]})
    assert answer.headers["Location"] == back[1]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_forged_tray_does_no_harm(client: FlaskClient) -> None:
    client.set_cookie("tray", "a<b.../../x." + "y" * 999)
    assert client.get("/compare").status_code == 200


def test_the_export_holds_cases_and_remarks(client: FlaskClient, ids: list[str]) -> None:
    data = {"case": ids[:2], f"remark-{ids[1]}": "<b>所見</b>です。", "remark": "全体"}
    answer = client.post("/compare/brief.md", data=data)
    assert answer.content_type.startswith("text/markdown")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.get_data(as_text=True)
    assert len(re.findall(r"^## \d\. ", text, re.MULTILINE)) == 2
    assert "\\<b\\>所見\\</b\\>です。" in text
    assert client.post("/compare/brief.md", data={"case": ["nothing"]}).status_code == 404


def test_hidden_cases_are_neither_compared_nor_exported(services: Services) -> None:
    ledger = services.store.ledger(Viewer.owner())
    number = next(e.document_id for e in ledger if e.path == "office.md")
    case = services.store.cases_of(document_id=number, viewer=Viewer.owner())[0]
    public = create_app(replace(services, viewer=lambda: Viewer.of())).test_client()
    owner = create_app(services).test_client()
    assert columns(owner, f"/compare?case={case.id}") == [case.id]
    assert columns(public, f"/compare?case={case.id}") == []
    assert public.post("/compare/brief.md", data={"case": [case.id]}).status_code == 404
