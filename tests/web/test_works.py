"""From a consultation to a brief, without JavaScript: saved, taken up again, copied, followed up, and told
when a source is not what it was."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from urllib.parse import quote

import openpyxl
import pytest
from docx import Document
from flask.testing import FlaskClient

from kb.advice.at_work import in_sight, with_case
from kb.advice.works import Work, add_work, change_work, work_of, works_of
from kb.base.errors import NotFoundError
from kb.base.types import Viewer
from tests.advice.test_needs import SHEET
from web.app import create_app
from web.services import Services

VILLAGE, TAKA = "393011", "283657"  # 東洋町 has no document, 多可町 has


def chosen(page: str) -> list[str]:
    return re.findall(r'name="remark-(\w+)"', page)


def begin(client: FlaskClient, name: str = "高知県東洋町", asked: str = SHEET) -> str:
    answer = client.post("/works", data={"name": name, "asked": asked})
    assert answer.status_code == 303
    return str(answer.location)


def choose_first(client: FlaskClient, work: str) -> str:
    found = re.findall(r'name="action" value="(choose:[^"]+)"', client.get(work).text)
    answer = client.post(work, data={"action": found[0], "author": "県 山田", "day": "2026-11-28"})
    assert answer.status_code == 303
    return found[0].split(":")[1]


def test_a_consultation_becomes_a_brief_that_can_be_taken_up_again(client: FlaskClient) -> None:
    work = begin(client)
    page = client.get(work).text
    assert "避難所の受付を紙でやっており" in page
    assert "受けた相談の全文" in page
    assert "　✗ " in page, "the key to the signs"
    case = choose_first(client, work)
    client.post(
        work, data={"action": "save", f"remark-{case}": "まず見学を。", "problem": "紙の受付"}
    )
    page = client.get(work).text
    assert chosen(page) == [case]
    assert 'value="県 山田"' in page, "what one button saved, another does not lose"
    files = [client.post(f"{work}/brief.docx", data={"title": "案"}).data for _ in range(2)]
    assert files[0] == files[1]
    told = [p.text for p in Document(io.BytesIO(files[0])).paragraphs]
    office = io.BytesIO()
    template = Document()
    template.add_paragraph("{{宛先}} 企画課")
    template.save(office)
    own = client.post(
        f"{work}/brief.docx", data={"template": (io.BytesIO(office.getvalue()), "様式.docx")}
    )
    assert [p.text for p in Document(io.BytesIO(own.data)).paragraphs] == ["高知県東洋町 企画課"]
    refused = client.post(f"{work}/brief.docx", data={"template": (io.BytesIO(b"x"), "様式.docx")})
    assert refused.status_code == 400
    assert "Word文書（.docx）" in refused.text
    for said in ("案", "宛先: 高知県東洋町", "作成: 県 山田", "紙の受付", "まず見学を。", "出典"):
        assert said in told
    book = openpyxl.load_workbook(io.BytesIO(client.post(f"{work}/brief.xlsx").data))
    assert book["比較"].max_row == 2
    assert "財政担当から問われること" in client.post(f"{work}/brief.md").text
    assert "財政担当から問われること" in client.get(f"{work}/paper").text
    assert "What the finance section will ask" in client.get(f"{work}/paper?lang=en").text
    client.get("/?lang=ja")
    assert work in client.get("/works").text


def test_cases_are_ordered_and_taken_out_and_needs_come_and_go(client: FlaskClient) -> None:
    work = begin(client)
    first, second = choose_first(client, work), choose_first(client, work)
    assert chosen(client.get(work).text) == [first, second]
    client.post(work, data={"action": f"earlier:{second}"})
    assert chosen(client.get(work).text) == [second, first]
    client.post(work, data={"action": f"drop:{second}"})
    assert chosen(client.get(work).text) == [first]
    client.post(work, data={"action": "need", "need": "議事録の作成に時間がかかる"})
    assert "議事録の作成に時間がかかる</h3>" in client.get(work).text
    client.post(work, data={"action": "drop-need:議事録の作成に時間がかかる"})
    assert "議事録の作成に時間がかかる</h3>" not in client.get(work).text


def test_the_next_town_begins_with_the_same_precedents_but_not_with_its_own(
    client: FlaskClient, services: Services
) -> None:
    work = begin(client)
    case = services.store.case(choose_first(client, work), Viewer.owner())
    client.post(work, data={"action": "follow", "answer": "導入を見送る", "done": "別の案を送った"})
    page = client.get(work).text
    assert "導入を見送る" in page
    assert "別の案を送った" in page
    next_town = client.post(f"{work}/copy", data={"name": "兵庫県多可町"}).location
    page = client.get(next_town).text
    assert chosen(page) == [case.id]
    assert "導入を見送る" not in page
    assert "受けた相談の全文" not in page
    itself = client.post(f"{work}/copy", data={"name": case.code}).location
    assert chosen(client.get(itself).text) == []


def test_work_is_its_makers_alone_and_can_be_deleted(
    client: FlaskClient, services: Services
) -> None:
    work = begin(client)
    for who in (Viewer.of("庁内", role="editor", name="別の人"), Viewer.of()):
        other = create_app(replace(services, viewer=lambda who=who: who)).test_client()
        assert other.get(work).status_code in (403, 404)
        assert other.post(f"{work}/brief.docx").status_code in (403, 404)
        assert work not in other.get("/works").text
    assert client.post(f"{work}/forget").status_code == 303
    assert client.get(work).status_code == 404


def test_work_tells_when_a_source_changed_was_replaced_or_is_gone(
    client: FlaskClient, services: Services
) -> None:
    work_id = begin(client).rpartition("/")[2]
    case = services.store.case(choose_first(client, f"/works/{work_id}"), Viewer.owner())
    work = work_of(services.settings, "", work_id)
    assert not in_sight(services.store, work, Viewer.owner()).is_stale
    other = replace(work.chosen[0], case_id="gone")
    old = (replace(work.chosen[0], sha256="0"), other)
    change_work(services.settings, "", work_id, lambda w: replace(w, chosen=old))
    seen = in_sight(services.store, work_of(services.settings, "", work_id), Viewer.owner())
    assert (seen.alerts[case.id], seen.gone) == (("changed",), 1)
    page = client.get(f"/works/{work_id}").text
    assert "資料の内容が変わりました。" in page
    assert "見られなくなった事例が1件あります" in page
    assert "出典が変わりました" in client.get("/works").text
    client.post(f"/works/{work_id}", data={"action": f"seen:{case.id}"})
    assert "資料の内容が変わりました。" not in client.get(f"/works/{work_id}").text


def test_what_was_pasted_is_not_lost_when_the_town_is_not_known(client: FlaskClient) -> None:
    answer = client.post("/works", data={"name": "府中市", "asked": SHEET})
    assert answer.status_code == 400
    assert "避難所の受付を紙でやっており" in answer.text
    assert 'role="alert"' in answer.text


def test_a_file_can_be_the_consultation(client: FlaskClient) -> None:
    file = (io.BytesIO(SHEET.encode("cp932", "replace")), "相談票.txt")
    answer = client.post("/works", data={"name": VILLAGE, "asked": "", "file": file})
    assert "避難所の受付を紙でやっており" in client.get(answer.location).text


@pytest.mark.parametrize(
    "action", ["", "nothing", "choose", "choose:x:y", "drop:", "need", "seen:x"]
)
def test_odd_buttons_do_no_harm(client: FlaskClient, action: str) -> None:
    work = begin(client)
    assert client.post(work, data={"action": action}).status_code in (303, 400, 404)
    assert client.get(work).status_code == 200
    assert client.post(f"{work}/brief.pdf").status_code == 400


def test_another_way_into_it_are_the_cases_chosen_before(
    client: FlaskClient, services: Services
) -> None:
    ids = [r.case.id for r in services.searcher.search("申請", k=2).results]
    page = client.get(f"/works?case={ids[0]}&case={ids[1]}").text
    assert re.findall(r'name="case" value="(\w+)"', page) == ids
    work = client.post("/works", data={"name": VILLAGE, "case": ids}).location
    assert chosen(client.get(work).text) == ids


# -- the page of a municipality ---------------------------------------------------------------------


def test_a_town_without_a_document_has_what_towns_like_it_did(client: FlaskClient) -> None:
    page = client.get(f"/municipalities/{VILLAGE}").text
    assert "東洋町に似た自治体が最近したこと" in page
    assert "事例がまだない分野" in page
    assert "よくある困りごとから選ぶ" in page
    lately = page[page.index('id="lately"') :]
    assert len(re.findall(r'<a href="/cases/', lately)) >= 5


def test_a_chosen_worry_brings_precedents_with_words_page_and_fit(client: FlaskClient) -> None:
    page = client.get(
        f"/municipalities/{VILLAGE}?need={quote('避難所の受付に時間がかかり避難者の数がつかめない')}"
    ).text
    need = page[page.index('class="need"') : page.index('id="add"')]
    assert need.count("<h4>") >= 2
    assert (
        need.count('<blockquote class="passage"')
        == need.count("<h4>")
        == need.count('class="page"')
    )
    for said in ("近い規模", "同じ区分", "実装済み", "費用の記載", "比べる", "助言に入れる"):
        assert said in need
    assert "/municipalities/393011?" not in need.split("<h4>")[1]


def test_none_is_shown_rather_than_a_poor_one(client: FlaskClient) -> None:
    page = client.get(f"/municipalities/{TAKA}?need={quote('桜の開花を予報したい')}").text
    need = page[page.index('class="need"') :].split("</section>")[0]
    assert "<h4>" not in need
    assert "集めたい資料" in need
    assert "兵庫県" in need


def test_a_precedent_goes_straight_into_the_advice_for_the_town(
    client: FlaskClient, services: Services
) -> None:
    page = client.get(f"/municipalities/{TAKA}").text
    form = page[page.index('name="need" value="') :]
    need = re.match(r'name="need" value="([^"]+)"', form)[1]  # type: ignore[index]
    case = re.search(r'name="case" value="(\w+)" formaction="/works/choose"', form)[1]  # type: ignore[index]
    source = re.search(r'name="need-case" value="(\w+)"', form)[1]  # type: ignore[index]
    data = {
        "code": TAKA,
        "need": need,
        "case": case,
        "need-case": source,
        "back": f"/municipalities/{TAKA}#need-1",
    }
    answer = client.post("/works/choose", data=data)
    assert answer.location == f"/municipalities/{TAKA}#need-1"
    work = next(w for w in works_of(services.settings, "") if w.code == TAKA)
    assert (work.chosen[-1].case_id, work.needs[-1].case_id) == (case, source)
    assert "作りかけの助言" in client.get(f"/municipalities/{TAKA}").text


def test_the_weights_of_likeness_can_be_moved(client: FlaskClient) -> None:
    def alike(address: str) -> list[str]:
        page = client.get(f"/municipalities/{TAKA}{address}").text
        return re.findall(
            r'<li><a href="/municipalities/(\d+)', page[page.index('class="alike"') :]
        )

    assert alike("?size=100&kind=0&nearness=0") != alike("?size=0&kind=0&nearness=100")
    assert alike("?size=&nearness=900") == alike("")


# -- the store --------------------------------------------------------------------------------------


def test_nobody_reads_or_changes_anothers_work(services: Services) -> None:
    saved = add_work(services.settings, Work("甲", TAKA, "題"))
    for read in (
        lambda: work_of(services.settings, "乙", saved.id),
        lambda: change_work(services.settings, "乙", saved.id, lambda w: w),
    ):
        with pytest.raises(NotFoundError):
            read()
    taken = change_work(services.settings, "甲", saved.id, lambda w: replace(w, owner="乙", id="x"))
    assert (taken.owner, taken.id) == ("甲", saved.id)


def test_a_case_is_chosen_once(services: Services) -> None:
    case = services.searcher.search("申請", k=1).results[0].case
    work = with_case(with_case(Work("", TAKA), case, "甲"), case, "乙")
    assert [c.need for c in work.chosen] == ["甲"]
