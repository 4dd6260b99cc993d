"""Which cases meet a condition, which do not, and which do not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.types import Filters, Viewer
from kb.query import understand
from kb.query.conditions.wishes import AS_TYPED, Wishes
from kb.ranking.boosting import bound, met_by_all, standings
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note

_OWNER = Viewer.owner()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("standings")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    body = "## 取組\n\n書かない窓口で住民の待ち時間を短くした。"
    for name, town, prefecture, year in (
        ("a.md", "多可町", "兵庫県", "2024"),
        ("b.md", "神戸市", "兵庫県", "2020"),
        ("c.md", "伊那市", "長野県", "2019"),
    ):
        later = "令和５年度にはほかの課にも広げた。" if name == "c.md" else ""
        note(settings.corpus, name, body + later, title=f"{town}の窓口", municipality=town, prefecture=prefecture, year=year)  # fmt: skip
    said = body + "離島の過疎の村で、デジタル田園都市国家構想交付金を使った。"
    note(settings.corpus, "d.md", said, title="どこかの窓口")
    ingest(settings)
    return Searcher(settings, Store.open(settings))


@pytest.fixture(scope="module")
def names(searcher: Searcher) -> dict[int, str]:
    cases = searcher.rank("窓口").cases
    return {no: case.municipality for no, case in cases.items()}


def test_what_a_case_does_not_say_is_neither_met_nor_unmet(
    searcher: Searcher, names: dict[int, str]
) -> None:
    question = "兵庫県以外で人口10万人以下の2019年度以降の窓口"
    each = standings(searcher._store, understand(question).conditions, _OWNER)
    told = {names[no]: [one.of(no) for one in each] for no in names}
    assert told == {
        "": [None, None, None],
        "多可町": [False, True, True],
        "神戸市": [False, False, True],
        "伊那市": [True, True, True],
    }


@pytest.mark.parametrize("question", ["令和5年度の窓口", "2023年、窓口"])
def test_a_case_of_another_year_that_tells_this_one_is_not_forbidden(
    searcher: Searcher, names: dict[int, str], question: str
) -> None:
    each = standings(searcher._store, understand(question).conditions, _OWNER)
    assert {names[no] for no in bound(each) or ()} == {"", "伊那市"}


def test_two_years_ask_for_either(searcher: Searcher, names: dict[int, str]) -> None:
    each = standings(searcher._store, understand("2020年度と2024年度の窓口").conditions, _OWNER)
    assert {names[no] for no in met_by_all(each)} == {"多可町", "神戸市"}


@pytest.mark.parametrize(
    ("question", "met"),
    [
        ("離島の窓口", True),
        ("過疎地域の窓口", True),
        ("デジ田交付金を使った窓口", True),
        ("過疎債を使った窓口", None),
    ],
)
def test_what_only_the_text_of_a_case_tells_is_met_or_untold(
    searcher: Searcher, names: dict[int, str], question: str, met: bool | None
) -> None:
    (one,) = standings(searcher._store, understand(question).conditions, _OWNER)
    assert {names[no]: one.of(no) for no in names} == {
        "": met, "多可町": None, "神戸市": None, "伊那市": None
    }  # fmt: skip


def test_near_a_town_are_its_neighbours_and_not_itself(
    searcher: Searcher, names: dict[int, str]
) -> None:
    (one,) = standings(searcher._store, understand("西脇市の近くの窓口").conditions, _OWNER)
    assert {names[no] for no in one.met} == {"多可町"}
    (one,) = standings(searcher._store, understand("多可町の近くの窓口").conditions, _OWNER)
    assert not one.met


def test_binding_conditions_leave_out_what_does_not_meet_them(
    searcher: Searcher, names: dict[int, str]
) -> None:
    def shown(question: str, wishes: Wishes = AS_TYPED) -> set[str]:
        return {names[no] for no in searcher.rank(question, wishes=wishes).cases}

    assert shown("兵庫県以外の窓口") == {"伊那市", ""}
    assert shown("人口10万人以下の窓口") == {"多可町", "伊那市", ""}
    assert shown("兵庫県の窓口") == {"多可町", "神戸市", "伊那市", ""}
    assert shown("兵庫県の窓口", Wishes(strict=True)) == {"多可町", "神戸市"}
    assert shown("兵庫県の窓口", Wishes(must=("兵庫県",))) == {"多可町", "神戸市", ""}
    assert shown("兵庫県の窓口", Wishes(exclude=("兵庫県",))) == {"伊那市", ""}
    assert shown("人口10万人以下の窓口", Wishes(prefer=("人口100,000人以下",))) == set(
        names.values()
    )


def test_where_nothing_meets_what_binds_the_nearest_are_shown(searcher: Searcher) -> None:
    ranking = searcher.rank("人口100人以下の町の窓口")
    assert ranking.cases
    conditions = understand("長野県の人口2万人以下の窓口").conditions
    each = standings(searcher._store, conditions, _OWNER)
    assert not met_by_all(each)
    assert bound(each) is not None


def test_a_filter_and_a_condition_agree(searcher: Searcher) -> None:
    rank = searcher.rank("書かない", filters=Filters(prefectures=("兵庫県",)))
    (standing,) = searcher.rank("兵庫県の書かない窓口").standings
    assert standing.met == rank.cases.keys()


def test_every_result_says_which_conditions_it_meets(searcher: Searcher) -> None:
    answer = searcher.search("兵庫県の人口10万人以下の窓口")
    told = {
        r.case.municipality: [(m.condition.label, m.met) for m in r.conditions]
        for r in answer.results
    }
    labels = ("兵庫県", "人口100,000人以下")
    assert told == {
        "多可町": list(zip(labels, (True, True), strict=True)),
        "伊那市": list(zip(labels, (False, True), strict=True)),
        "": list(zip(labels, (None, None), strict=True)),
    }
    assert (answer.all_met, answer.total, answer.loosened) == (1, 1, {})
    strict = searcher.search("兵庫県の人口10万人以下の窓口", wishes=Wishes(strict=True))
    assert [r.case.municipality for r in strict.results] == ["多可町"]
    assert (strict.all_met, strict.total) == (1, 1)


def test_where_none_meets_all_it_is_told_what_to_give_up(searcher: Searcher) -> None:
    answer = searcher.search("長野県の人口2万人以下の窓口")
    assert answer.all_met == 0
    assert answer.total > 0
    for label, count in answer.loosened.items():
        freed = searcher.search("長野県の人口2万人以下の窓口", wishes=Wishes(ignored=(label,)))
        assert freed.all_met == count > 0
    assert set(answer.loosened) == {"長野県", "人口20,000人以下"}
    assert searcher.search("窓口").all_met == searcher.search("窓口").total


def test_a_cost_is_met_by_the_largest_amount_that_a_case_tells(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", corpus=tmp_path / "corpus")
    body = "## 取組\n\n書かない窓口で住民の待ち時間を短くした。"
    note(settings.corpus, "a.md", body, title="安い窓口", cost="初期 80万円、月額5千円")
    note(settings.corpus, "b.md", body, title="高い窓口", cost="1,200万円")
    note(settings.corpus, "c.md", body, title="わからない窓口")
    ingest(settings)
    searcher = Searcher(settings, Store.open(settings))
    answer = searcher.search("費用100万円以下の窓口")
    told = {r.case.title: [m.met for m in r.conditions] for r in answer.results}
    assert told == {"安い窓口": [True], "わからない窓口": [None]}
    assert (answer.understood[0].cases, answer.all_met) == (1, 1)
