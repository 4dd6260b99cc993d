"""Corrections by people: kept beside the document, in force after every ingest, undone in a click."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.errors import UsageError
from kb.base.messages import render
from kb.base.types import Case, Viewer
from kb.storage.corrections import Correction, append, corrections, in_force, load
from kb.storage.store import Store
from tests.paths import ROOT
from tests.support.web_world import services
from web.app import create_app

NOTE = """---
title: 窓口の見直し
field: 窓口
---
## 取組

宍粟市は窓口での書類を減らした。
"""
OWNER = Viewer.owner()


@pytest.fixture
def world(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "data", corpus=tmp_path / "corpus")
    settings.corpus.mkdir()
    (settings.corpus / "note.md").write_text(NOTE, encoding="utf-8")
    deck = next((ROOT / "corpus" / "decks").glob("*.pdf"))
    (settings.corpus / "deck.pdf").write_bytes(deck.read_bytes())
    ingest(settings)
    return settings


@pytest.fixture
def client(world: Settings) -> FlaskClient:
    own = services(world)
    return create_app(replace(own, request_rescan=lambda: ingest(world) and None)).test_client()


def cases(settings: Settings, path: str) -> tuple[Case, ...]:
    store = Store.open(settings)
    number = next(e.document_id for e in store.ledger(OWNER) if e.path == path)
    return store.cases_of(document_id=number, viewer=OWNER)


def send(client: FlaskClient, case: Case, **values: str) -> int:
    return client.post(f"/cases/{case.id}/corrections", data=values).status_code


# -- through the page -------------------------------------------------------------------------------


def test_a_correction_is_in_force_and_outlives_the_index(
    world: Settings, client: FlaskClient
) -> None:
    (case,) = cases(world, "note.md")
    assert (
        send(client, case, field="防災", year="2023", municipality="豊岡市", status="実装") == 303
    )
    (now,) = cases(world, "note.md")
    assert (now.id, now.field, now.year, now.status) == (case.id, "防災", 2023, "実装")
    assert (now.municipality, now.prefecture, now.code) == ("豊岡市", "兵庫県", "282090")
    found = client.get("/", query_string={"q": "窓口", "municipality": "豊岡市"})
    assert "窓口の見直し" in found.get_data(as_text=True)
    other = replace(world, data=world.data / "anew")
    ingest(other)
    assert cases(other, "note.md")[0].field == "防災"


def test_one_case_of_many_is_corrected_and_the_others_are_left(
    world: Settings, client: FlaskClient
) -> None:
    before = cases(world, "deck.pdf")
    assert len(before) > 3
    assert send(client, before[2], title="別の題", field="防災", tools="甲, 乙") == 303
    after = cases(world, "deck.pdf")
    assert [c.id for c in after] == [c.id for c in before]
    assert (after[2].title, after[2].field, after[2].tools) == ("別の題", "防災", ("甲", "乙"))
    for was, now in zip(before, after, strict=True):
        if was.id != before[2].id:
            assert (was.title, was.field, was.tools) == (now.title, now.field, now.tools)
    assert send(client, after[2], title="三つ目の題") == 303
    assert cases(world, "deck.pdf")[2].title == "三つ目の題"


def test_the_history_is_shown_and_undone(world: Settings, client: FlaskClient) -> None:
    (case,) = cases(world, "note.md")
    send(client, case, field="防災")
    send(client, case, field="交通")
    page = client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert "窓口 → 防災" in page
    assert "防災 → 交通" in page
    assert page.index("防災 → 交通") < page.index("窓口 → 防災")
    assert page.count('name="undo"') == 1
    send(client, case, undo="field")
    (now,) = cases(world, "note.md")
    assert now.field == "窓口"
    page = client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert "交通 → 読み取った値" in page
    assert 'name="undo"' not in page


def test_what_did_not_change_is_not_written(world: Settings, client: FlaskClient) -> None:
    (case,) = cases(world, "note.md")
    answer = client.post(
        f"/cases/{case.id}/corrections", data={"title": case.title, "field": case.field, "year": ""}
    )
    assert "corrected=0" in answer.headers["Location"]
    assert not (world.corpus / "note.md.yaml").exists()


def test_pressing_twice_writes_once(world: Settings) -> None:
    """The second press comes before the case has been read again."""
    client = create_app(services(world)).test_client()
    (case,) = cases(world, "note.md")
    for _ in range(2):
        assert send(client, case, field="防災", year="2023") == 303
        assert send(client, case, field="防災", undo="") == 303
    assert [c.name for c in load(world.corpus / "note.md")] == ["field", "year"]
    page = client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert '<option value="防災" selected>' in page
    for _ in range(2):
        assert send(client, case, undo="year") == 303
    assert [c.value for c in load(world.corpus / "note.md")] == ["防災", "2023", ""]


def test_two_people_can_correct_at_once(world: Settings) -> None:
    document = world.corpus / "note.md"
    added = [Correction("窓口の見直し", None, "year", str(year)) for year in range(2000, 2016)]
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda one: append(document, [one]), added))
    assert {c.value for c in load(document)} == {c.value for c in added}


def test_a_page_behind_a_password_is_drawn(world: Settings) -> None:
    locked = PdfWriter(clone_from=str(world.corpus / "deck.pdf"))
    locked.encrypt("ひみつ0", algorithm="AES-256")
    locked.write(str(world.corpus / "deck.pdf"))
    (world.corpus / "deck.pdf.yaml").write_text("password: ひみつ0\n", encoding="utf-8")
    ingest(world)
    case = cases(world, "deck.pdf")[1]
    assert case.pages
    drawn = (
        create_app(services(world)).test_client().get(f"/cases/{case.id}/pages/{case.pages[0]}.png")
    )
    assert drawn.status_code == 200
    assert drawn.data.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "values",
    [{"field": "宇宙"}, {"year": "令和五"}, {"year": "99999"}, {"status": "未定"},
     {"municipality": "どこにもない市"}, {"municipality": "府中市"}],
)  # fmt: skip
def test_values_that_cannot_be_are_explained(
    world: Settings, client: FlaskClient, values: dict[str, str]
) -> None:
    (case,) = cases(world, "note.md")
    assert send(client, case, **values) == 400
    assert not (world.corpus / "note.md.yaml").exists()


def test_correcting_can_be_switched_off_and_needs_our_own_page(
    world: Settings, client: FlaskClient
) -> None:
    (case,) = cases(world, "note.md")
    own = services(replace(world, readonly=True))
    closed = create_app(own).test_client()
    assert send(closed, case, field="防災") == 403
    assert "corrections" not in closed.get(f"/cases/{case.id}").get_data(as_text=True)
    foreign = client.post(
        f"/cases/{case.id}/corrections",
        data={"field": "防災"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert foreign.status_code == 403
    assert not (world.corpus / "note.md.yaml").exists()


def test_a_correction_is_never_markup(world: Settings, client: FlaskClient) -> None:
    (case,) = cases(world, "note.md")
    send(client, case, title="<script>alert(1)</script>")
    page = client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_correction_of_a_case_that_is_gone_is_told(world: Settings) -> None:
    append(world.corpus / "deck.pdf", [Correction("ない題", 3, "field", "防災")])
    report = next(f for f in ingest(world).files if f.path == "deck.pdf")
    assert any("ない題" in warning for warning in map(render, report.warnings))


# -- the sidecar ------------------------------------------------------------------------------------


def test_what_people_wrote_in_the_sidecar_stays_as_it_is(tmp_path: Path) -> None:
    sidecar = tmp_path / "a.pdf.yaml"
    own = "# 課長の指示\nvisibility:   庁内   # まだ出さない\nyear: 2020"
    sidecar.write_text(own, encoding="utf-8")
    append(tmp_path / "a.pdf", [Correction("題", 2, "field", "防災", "窓口", "2026-01-01")])
    append(tmp_path / "a.pdf", [Correction("題", 2, "year", "2021", "2020", "2026-01-02")])
    text = sidecar.read_text(encoding="utf-8")
    assert text.startswith(own + "\n")
    assert yaml.safe_load(text)["year"] == 2020
    assert [c.name for c in load(tmp_path / "a.pdf")] == ["field", "year"]


@pytest.mark.parametrize("text", ["- a\n- b", "a: [", "corrections: []\nyear: 2020\n", "\x00"])
def test_a_sidecar_that_cannot_take_it_is_left_alone(tmp_path: Path, text: str) -> None:
    sidecar = tmp_path / "a.pdf.yaml"
    sidecar.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.pdf\.yaml"):
        append(tmp_path / "a.pdf", [Correction("題", None, "field", "防災")])
    assert sidecar.read_text(encoding="utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf.yaml"]


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(
    lambda t: t == t.strip() and t
)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_any_text_comes_back(pairs: list[tuple[str, str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "資料.pdf"
        wanted = tuple(Correction(case, 1, "title", value, "", "") for case, value in pairs)
        for correction in wanted:
            append(document, [correction])
        assert load(document) == wanted


def test_odd_entries_are_passed_over() -> None:
    entries = [1, {"name": "field"}, {"case": "a", "name": "colour", "value": "x"},
               {"case": "a", "name": "year", "value": 2020, "page": "x"}]  # fmt: skip
    assert corrections({"corrections": entries}) == (Correction("a", None, "year", "2020"),)
    assert corrections({"corrections": "x"}) == ()
    assert in_force([Correction("a", None, "year", "1"), Correction("a", None, "year", "")]) == {}
