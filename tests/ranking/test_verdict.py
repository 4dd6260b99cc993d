"""Whether a question is answered, and by how many cases, in the shipped corpus and in small ones."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.types import Filters
from kb.ranking.search import Searcher
from kb.ranking.verdict import is_name
from kb.storage.store import Store
from tests.paths import ROOT
from tests.support.samples import note, town_notes

LINES = (ROOT / "tests" / "queries" / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
ASKED = [json.loads(line) for line in LINES]


@pytest.fixture(scope="module")
def searcher(shipped: Settings) -> Searcher:
    return Searcher(shipped, Store.open(shipped))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("town")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    settings.corpus.mkdir()
    town_notes(settings.corpus)
    note(
        settings.corpus, "form.md", "## 取組\n\nXyloformで申請を受け付ける。費用は年120万円。",
        title="申請フォームをXyloformで", municipality="西脇市", prefecture="兵庫県",
    )  # fmt: skip
    ingest(settings)
    return Searcher(settings, Store.open(settings))


@pytest.mark.parametrize("kind", ["name", "word", "need"])
def test_what_the_corpus_answers_is_not_called_unanswered(searcher: Searcher, kind: str) -> None:
    asked = [row["query"] for row in ASKED if row["answered"] and row["kind"] == kind]
    lost = [query for query in asked if searcher.rank(query).weak]
    assert len(lost) <= 0.07 * len(asked), lost


@pytest.mark.parametrize(
    "question", ["長野県の窓口", "人口1万人以下の町のRPA", "2023年度の九州の窓口"]
)
def test_conditions_move_nothing_that_only_lies_near_before_all_that_answers(
    searcher: Searcher, question: str
) -> None:
    results = searcher.search(question).results
    assert results[0].answers or not any(result.answers for result in results)


def test_what_it_does_not_answer_is_told(searcher: Searcher) -> None:
    strange = [row["query"] for row in ASKED if not row["answered"]]
    missed = [query for query in strange if not searcher.rank(query).weak]
    assert len(missed) <= 0.25 * len(strange), missed


@pytest.mark.parametrize("query", [row["query"] for row in ASKED if row["kind"] == "nonsense"])
def test_nothing_answers_nonsense(searcher: Searcher, query: str) -> None:
    answer = searcher.search(query)
    assert (answer.total, answer.weak) == (0, True)


@pytest.mark.parametrize("query", ["市役所の犬の散歩代行", "味噌汁の出汁の取り方"])
def test_what_shares_only_a_common_word_with_a_strange_request_is_no_answer(
    searcher: Searcher, query: str
) -> None:
    assert searcher.rank(query).weak


def test_a_name_that_one_case_says_is_answered_by_that_case(town: Searcher) -> None:
    """Whatever the vectors know of it: they have never seen this one."""
    answer = town.search("Xyloform")
    assert (answer.total, answer.weak) == (1, False)
    assert answer.results[0].case.path == "form.md"
    assert answer.facets["municipality"] == {"西脇市": 1}


@pytest.mark.parametrize("query", ["kintone", "Graffer", "ドローン", "母子手帳"])
def test_a_name_leads_and_the_rest_is_only_near(searcher: Searcher, query: str) -> None:
    ranking = searcher.rank(query)
    head = ranking.scored[: len(ranking.answers)]
    assert {scored.case_no for scored in head} == ranking.answers
    scores = [scored.score for scored in ranking.scored]
    assert scores == sorted(scores, reverse=True)


def test_where_nothing_answers_the_total_is_none_and_what_is_near_is_still_listed(
    searcher: Searcher,
) -> None:
    answer = searcher.search("クラゲの飼い方")
    assert (answer.total, answer.weak) == (0, True)
    assert answer.listed >= len(answer.results) > 0
    assert sum(answer.facets["field"].values()) == answer.listed


@pytest.mark.parametrize(
    "query",
    [
        "窓口の待ち時間を減らしたい",
        "ドローン 配送",
        "kintone",
        "住民がオンライン申請を本当に使ってくれているところを知りたいのですが",
        "towns that use drones to deliver goods",
    ],
)
def test_facets_lead_to_as_many_answers_as_they_count(searcher: Searcher, query: str) -> None:
    answer = searcher.search(query)
    assert sum(answer.facets["field"].values()) == answer.total > 0
    for field, count in answer.facets["field"].items():
        assert searcher.search(query, filters=Filters(fields=(field,))).total == count


def test_what_is_narrowed_from_the_start_answers_as_if_narrowed_after(searcher: Searcher) -> None:
    query = "小さな町でも、職員だけで業務アプリを作れた例はありますか"
    counted = searcher.search(query).facets["prefecture"]
    fresh = Searcher(searcher._settings, searcher._store)
    for prefecture in ("兵庫県", "山形県", "長野県"):
        found = fresh.search(query, filters=Filters(prefectures=(prefecture,)))
        assert found.total == counted.get(prefecture, 0)


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("高齢者の買い物支援でドローンを使った町", 15),
        ("小さな町でも、職員だけで業務アプリを作れた例はありますか", 25),
        ("スマートフォンを持っていない人に、行政はどう情報を届けていますか", 40),
        ("towns that use drones to deliver goods", 15),
    ],
)
def test_a_long_question_is_not_answered_by_half_of_the_corpus(
    searcher: Searcher, query: str, most: int
) -> None:
    assert 0 < searcher.search(query).total <= most


def test_another_model_is_judged_by_words_alone(town: Searcher) -> None:
    """What its inner products mean is not known."""
    other = Searcher(replace(town._settings, model="elsewhere"), town._store)
    other.encoder = town.encoder
    assert not other.rank("予防接種の予約").weak
    assert other.rank("qwertyuiop").weak


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kintone", True), ("ANIMAL MAP", True), ("かんたん窓口システム", True), ("見守り", True),
        ("高齢者 見守り", False), ("窓口の待ち時間", False), ("窓口を減らしたい", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_is_one_word_or_compound(text: str, name: bool) -> None:
    assert is_name(text) is name


def test_the_questions_are_many_and_of_both_kinds() -> None:
    assert len({row["query"] for row in ASKED}) == len(ASKED) >= 60
    assert {row["answered"] for row in ASKED} == {True, False}
