"""Every weight is passed: another Tuning is another ranking, in the same process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.ranking.search import Searcher
from kb.ranking.tuning import SHIPPED, Tuning
from kb.storage.store import Store
from tests.support.samples import town_notes


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("tuning")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    settings.corpus.mkdir()
    town_notes(settings.corpus)
    ingest(settings)
    return settings


def _scores(settings: Settings, tuning: Tuning, question: str) -> dict[str, float]:
    results = Searcher(settings, Store.open(settings), tuning).search(question).results
    return {result.case.path: result.score for result in results}


@pytest.mark.parametrize(
    ("question", "tuning"),
    [
        ("多可町 予防接種", replace(SHIPPED, conditions=dict.fromkeys(SHIPPED.conditions, 0.0))),
        ("予防接種", replace(SHIPPED, keyword_legs=(2.0, 0.5))),
        ("予防接種", replace(SHIPPED, keywords=0)),
        ("application form for shopping", replace(SHIPPED, readings=0.0)),
        (
            "電子申請の買い物支援",
            replace(SHIPPED, terms=replace(SHIPPED.terms, same=0.0, related=0.0)),
        ),
    ],
)
def test_a_weight_that_is_passed_counts(settings: Settings, question: str, tuning: Tuning) -> None:
    shipped = _scores(settings, SHIPPED, question)
    assert shipped != _scores(settings, tuning, question)
    assert shipped == _scores(settings, Tuning(), question)


def test_a_passage_is_chosen_by_the_weights_that_are_passed(settings: Settings) -> None:
    def best(tuning: Tuning) -> float:
        searcher = Searcher(settings, Store.open(settings), tuning)
        return searcher.search("予防接種の効果").results[0].passages[0].score

    assert best(SHIPPED) != best(replace(SHIPPED, passage_role=0.0, passage_words=0.0))
