"""Names that the dictionary tears, documents by their names, and what is left out in plain words."""

from __future__ import annotations

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("named")
    settings = Settings(data=folder / "data", corpus=folder / "corpus", sentences=False)
    for name, title, body, source in (
        (
            "bus",
            "予約で走る車",
            "予約制の乗合「のるーと」を走らせた。乗る人は増えた。",
            "交通事例集 2022夏",
        ),
        ("ride", "乗る人を増やす", "バスに乗る人を増やすため、乗る日を数えた。乗る。", "広報 2023"),
        ("drone", "買い物を運ぶドローン", "買い物に困る人へドローンで運ぶ。", "記者発表 2022"),
        ("shop", "買い物を運ぶ車", "買い物に困る人へ移動販売の車で運ぶ。", "記者発表 2021"),
        ("vote", "意見を集める場", "Decidimで意見を集める。", "広報"),
        ("use", "道具を使う", "職員が道具を使う。使っている職員が多い。", "広報"),
        ("meet", "話し合う場", "市民参加プラットフォームで町のことを話し合う。", "広報"),
        ("garbage", "捨て方を知らせる", "ごみの分け方を知らせる。", "広報"),
        ("paper", "紙を減らす", "紙の廃棄が減った。", "広報"),
        ("desk", "窓口を一つに", "窓口で手続きをまとめる。猟師がイノシシを捕る。", "広報"),
    ):
        note(settings.corpus, f"{name}.md", f"## 取組\n\n{body}", title=title, source_title=source)
    ingest(settings)
    return Searcher(settings, Store.open(settings))


@pytest.mark.parametrize(
    ("question", "answering"),
    [
        ("のるーと", {"bus.md"}),
        ("交通事例集 2022夏", {"bus.md"}),
        ("drone.md", {"drone.md"}),
        ("Decidim 使ってるところ", {"vote.md"}),
        ("デシディム", {"vote.md"}),
        ("ゴミ", {"garbage.md"}),
    ],
)
def test_what_is_named_answers_and_leads(
    searcher: Searcher, question: str, answering: set[str]
) -> None:
    answer = searcher.search(question)
    assert {r.case.path for r in answer.results if r.answers} == answering
    assert {r.case.path for r in answer.results[: len(answering)]} == answering
    assert answer.total == len(answering)


@pytest.mark.parametrize("kanji", ["窓", "猪"])
def test_a_single_kanji_asks_for_the_words_that_it_begins_or_is(
    searcher: Searcher, kanji: str
) -> None:
    answer = searcher.search(kanji)
    assert [r.case.path for r in answer.results if r.answers] == ["desk.md"]
    assert answer.results[0].why.synonyms or answer.results[0].why.terms


@pytest.mark.parametrize(
    "question", ["買い物に困る人 ドローンではないもの", "買い物に困る人にドローン以外の方法"]
)
def test_something_that_it_is_not_is_left_out(searcher: Searcher, question: str) -> None:
    found = [r.case.path for r in searcher.search(question).results]
    assert found[0] == "shop.md"
    assert "drone.md" not in found


def test_a_name_that_the_dictionary_tears_is_told_whole(searcher: Searcher) -> None:
    assert searcher.search("のるーと").results[0].why.terms == ("のるーと",)
