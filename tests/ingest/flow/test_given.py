"""What people say above and beside documents, from the file to the store."""

from __future__ import annotations

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.messages import render
from kb.base.record import FACTS, facts_of, value_of
from kb.base.types import Case, Viewer
from kb.storage.store import Store

OWNER = Viewer.owner()
BODY = "\n## 取組\n\n窓口の順番待ちを携帯電話に知らせる仕組みを入れた。\n"


def taken(settings: Settings) -> Case:
    store = Store.open(settings)
    (case,) = store.cases_by_no(sorted(store.all_case_nos()), OWNER).values()
    return case


def warnings(settings: Settings) -> list[str]:
    return [render(told) for entry in Store.open(settings).ledger(OWNER) for told in entry.warnings]


@pytest.mark.parametrize(
    "head",
    [
        "status: 終了\nchecked: 2024-04-01\ncost: 年 30万円\nfunding: 一般財源\ncontact: 市民課",
        "状況: 終了\n確認日: 令和6年4月1日\n費用: 年 30万円\n財源: 一般財源\n担当: 市民課",
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_status_day_of_confirmation_and_costs_are_given(
    settings: Settings, head: str, beside: bool
) -> None:
    note = settings.corpus / "a.md"
    if beside:
        note.write_text(BODY, encoding="utf-8")
        note.with_name("a.md.yaml").write_text(head, encoding="utf-8")
    else:
        note.write_text(f"---\n{head}\n---{BODY}", encoding="utf-8")
    ingest(settings)
    case = taken(settings)
    assert (case.status, case.checked) == ("終了", "2024-04-01")
    told = [value_of(case, name) for name in ("cost", "funding", "contact")]
    assert told == ["年 30万円", "一般財源", "市民課"]
    (cost,) = facts_of(case, "cost")
    assert (cost.amount, cost.unit, cost.period, cost.code) == (300_000, "円", "年", "running")
    assert {e.name for e in case.evidence} >= {"status", "checked"}
    assert warnings(settings) == []


def test_what_people_tell_is_a_fact_that_is_searched_and_linked(settings: Settings) -> None:
    head = "財源: デジ田交付金\n参考にした自治体: 養父市\n調達: 随意契約、見積合わせ\nうまくいかなかった点: 雨、雪で止まった"
    (settings.corpus / "a.md").write_text(f"---\n{head}\n---{BODY}", encoding="utf-8")
    ingest(settings)
    case = taken(settings)
    found = {(e.name, e.value, e.code) for e in case.evidence if e.name in FACTS}
    assert found == {
        ("funding", "デジ田交付金", "デジタル田園都市国家構想交付金"),
        ("copied_from", "養父市", "282227"),
        ("procurement", "随意契約", ""),
        ("procurement", "見積合わせ", ""),
        ("trouble", "雨、雪で止まった", ""),
    }
    terms = Store.open(settings).all_terms()[0].body.split()
    assert {"随意", "養父"} <= set(terms) or "養父市" in terms


@pytest.mark.parametrize("key", ["date", "checked", "確認日", "year"])
def test_an_impossible_date_costs_that_value_only(settings: Settings, key: str) -> None:
    head = f"---\ntitle: 順番待ち\n{key}: 2024-02-30\nmunicipality: 多可町\n---"
    (settings.corpus / "a.md").write_text(head + BODY, encoding="utf-8")
    report = ingest(settings)
    assert [file.status for file in report.files] == ["indexed"]
    case = taken(settings)
    assert (case.title, case.municipality, case.checked) == ("順番待ち", "多可町", "")
    (told,) = warnings(settings)
    assert told.startswith("3行目: ")
    assert "2024-02-30" in told


def test_a_line_of_the_sidecar_is_named_with_its_file(settings: Settings) -> None:
    (settings.corpus / "a.md").write_text(BODY, encoding="utf-8")
    (settings.corpus / "a.md.yaml").write_text("# x\nstatus: たぶん\n", encoding="utf-8")
    ingest(settings)
    (told,) = warnings(settings)
    assert told.startswith("付属ファイル a.md.yaml の2行目: 段階「たぶん」")


def test_any_number_of_labels_that_cannot_be_read_cost_their_own_files_only(
    settings: Settings,
) -> None:
    names = [f"{letter}.md" for letter in "abc"]
    for name in names:
        (settings.corpus / name).write_text(f"# {name}{BODY}", encoding="utf-8")
    ingest(settings)
    for name in names:
        (settings.corpus / f"{name}.yaml").write_text("visibility: [\n", encoding="utf-8")
    assert {file.reason_code for file in ingest(settings).files} == {"sidecar"}
    assert Store.open(settings).counts(Viewer.of())["cases"] == 0
    for name in names:
        (settings.corpus / f"{name}.yaml").write_text("visibility: 公開\n", encoding="utf-8")
    assert {file.status for file in ingest(settings).files} == {"indexed"}
    assert Store.open(settings).counts(Viewer.of())["cases"] == 3


@pytest.mark.parametrize("key", ["公開範囲", "Visibility", "ｖｉｓｉｂｉｌｉｔｙ"])
def test_a_restriction_by_any_name_of_its_key_holds(settings: Settings, key: str) -> None:
    (settings.corpus / "a.md").write_text(f"---\n{key}: 庁内\n---{BODY}", encoding="utf-8")
    ingest(settings)
    assert taken(settings).visibility == "庁内"
