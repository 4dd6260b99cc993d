"""The project's own judged queries, and how well the shipped corpus is searched with them."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace

import pytest

from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.evaluation.figures import Judged, Report, evaluate, load_queries
from kb.evaluation.significance import compare_runs
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.paths import ROOT

QUERIES = load_queries(ROOT / "tests" / "queries" / "corpus.jsonl")
KINDS = {
    "keyword", "natural", "paraphrase", "problem",
    "municipality_topic", "synonym", "variant", "english", "condition", "lesson",
}  # fmt: skip


@pytest.fixture(scope="module")
def searcher(shipped: Settings, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    settings = replace(shipped, data=tmp_path_factory.mktemp("judged") / "data")
    shutil.copytree(shipped.data, settings.data)
    embed_waiting(settings)
    return Searcher(settings, Store.open(settings))


@pytest.fixture(scope="module")
def hybrid(searcher: Searcher) -> Report:
    return evaluate(searcher, QUERIES)


def test_there_are_enough_of_every_kind() -> None:
    counts = Counter(query.kind for query in QUERIES)
    assert set(counts) == KINDS
    assert min(counts.values()) >= 8
    assert sum(counts.values()) >= 150
    assert len({query.id for query in QUERIES}) == len({query.query for query in QUERIES})


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_judgements_name_files_of_the_corpus_with_grades(query: Judged) -> None:
    assert set(query.relevant.values()) <= {1.0, 2.0}
    assert 2.0 in query.relevant.values()
    missing = [path for path in query.relevant if not (ROOT / "corpus" / path).is_file()]
    assert not missing


@pytest.mark.parametrize(
    "query", [q for q in QUERIES if q.kind in ("paraphrase", "problem")], ids=lambda query: query.id
)
def test_needs_are_written_in_their_own_words(query: Judged) -> None:
    asked = {query.query[i : i + 6] for i in range(len(query.query) - 5)}
    for path in query.relevant:
        if path.endswith(".md"):
            text = (ROOT / "corpus" / path).read_text(encoding="utf-8")
            assert not [part for part in asked if part in text], path


def test_the_shipped_corpus_is_searched_well(hybrid: Report) -> None:
    """A floor well under the figure of the day; the figures themselves are in docs/ablation.md."""
    assert hybrid.overall.ndcg >= 0.74
    floors = {kind: 0.42 if kind == "lesson" else 0.56 for kind in KINDS}
    assert not {k: v.ndcg for k, v in hybrid.by_kind.items() if v.ndcg < floors[k]}
    assert hybrid.overall.weak <= 0.07


def test_words_and_meaning_together_beat_words_alone_beyond_luck(
    searcher: Searcher, hybrid: Report
) -> None:
    lexical = evaluate(searcher, QUERIES, mode="lexical")
    older = {o.id: tuple(key for key, _ in o.ranking) for o in lexical.outcomes}
    compared = compare_runs(QUERIES, hybrid, older)
    assert compared.n == len(QUERIES)
    assert compared.better > compared.worse
    assert compared.ndcg.low > 0
    assert compared.ndcg.p < 0.05
