"""Questions about how and why are answered by the cases and the passages that say so."""

from __future__ import annotations

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note

_NOTES = {
    "stopped": (
        "住民を運ぶ小型の乗り物、2年で打ち切り", "終了",
        "## 取組\n\n予約に応じて小型の乗り物を走らせ、住民を家の前から運んだ。\n\n"
        "## 工夫・留意点\n\n乗る人が見込みを大きく下回り、運営の会社が赤字になって打ち切りを決めた。",
    ),
    "cost": (
        "住民を運ぶ小型の乗り物を買う", "実装",
        "## 取組\n\n予約に応じて小型の乗り物を走らせ、住民を家の前から運ぶ。運転は地元の会社が受け持つ。\n\n"
        "## 費用\n\n車両と予約の仕組みに820万円。",
    ),
    "protest": (
        "通りに置く見守りの機器", "実装",
        "## 取組\n\n子どもの帰り道に見守りの機器を置いた。\n\n"
        "## 工夫・留意点\n\n撮られることへの反対の声が住民から上がり、説明会を重ねて置く場所を減らした。",
    ),
    "begin": (
        "紙の申込みを一つずつ減らす", "実装",
        "## 取組\n\nまず一部の課の手続きで試し、職員に困りごとを聞き取りながら少しずつ広げた。\n\n"
        "## 効果\n\n申込みの半分が画面から届くようになった。",
    ),
    "free": (
        "職員が作る予約の画面", "実装",
        "## 取組\n\n無料の道具を使い、職員の手作りで体育館の予約の画面を用意した。\n\n"
        "## 推進体制\n\n企画課の係長が担当した。",
    ),
}  # fmt: skip
_FELL_SHORT = "## 取組\n\n{}\n\n## 工夫・留意点\n\n申し込む人が目標に届かなかった。"
_TOWNS = {
    "here": ("体育館の鍵を電子錠に", "多可町", "兵庫県", "体育館に電子錠を付けた。"),
    "there": ("広報の動画を増やす", "伊那市", "長野県", "広報の動画を作った。"),
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("aspects")
    settings = Settings(data=folder / "data", corpus=folder / "corpus", sentences=False)
    for name, (title, status, body) in _NOTES.items():
        note(settings.corpus, f"{name}.md", body, title=title, status=status)
    for name, (title, town, prefecture, done) in _TOWNS.items():
        body = _FELL_SHORT.format(done)
        note(settings.corpus, f"{name}.md", body, title=title, municipality=town, prefecture=prefecture)  # fmt: skip
    ingest(settings)
    return Searcher(settings, Store.open(settings))


@pytest.mark.parametrize(
    ("question", "first", "said"),
    [
        ("失敗した事例", "stopped", "赤字"),
        ("what failed?", "stopped", "赤字"),
        ("住民に反対されたときどうした", "protest", "反対の声"),
        ("何から始めればいい", "begin", "少しずつ"),
        ("予算が少なくてもできること", "free", "無料の道具"),
        ("小型の乗り物はいくらかかった", "cost", "820万円"),
        ("乗り物をやめた理由", "stopped", "打ち切り"),
        ("予約の画面は誰が担当", "free", "企画課"),
    ],
)
def test_the_case_and_the_passage_that_answer_come_first(
    searcher: Searcher, question: str, first: str, said: str
) -> None:
    answer = searcher.search(question)
    assert answer.results[0].case.path == f"{first}.md"
    assert said in answer.results[0].snippet
    assert not answer.weak


def test_where_nothing_says_it_nothing_answers(searcher: Searcher) -> None:
    answered = searcher.search("住民に反対されたときどうした")
    assert answered.total == 1  # the others are only listed


def test_of_a_place_its_cases_answer_what_went_wrong_and_lead(searcher: Searcher) -> None:
    answer = searcher.search("兵庫県で失敗した事例")
    assert {r.case.path for r in answer.results if r.answers} == {"here.md", "stopped.md"}
    assert not answer.results[2].answers


def test_several_sides_are_answered_by_what_tells_them_all(searcher: Searcher) -> None:
    both = searcher.search("失敗した事例の費用")
    assert both.total < searcher.search("失敗した事例").total
