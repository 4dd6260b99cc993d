"""Near-duplicates are told, editions are ordered, and nothing is dropped for either."""

from __future__ import annotations

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.types import Relatives, Viewer
from kb.language.tokens import search_terms, tokenize
from kb.ranking.search import Searcher
from kb.storage.editions import edition
from kb.storage.near_duplicates import NEARLY, signature, similarity
from kb.storage.store import Store
from tests.paths import ROOT
from tests.support.samples import note

TEXT = """## 背景・課題

窓口の待ち時間が長く、昼休みには一時間を超えることもあった。紙の申請書を何枚も書いてもらう必要が
あり、高齢の住民から負担が大きいという声が届いていた。職員も入力のやり直しに追われていた。

## 取組

申請書を職員が聞き取って作る方式に変え、マイナンバーカードから氏名と住所を読み取るようにした。
記載台をなくし、窓口の並びを用件ごとに改めた。操作の研修を三回開き、手順書を作って配った。

## 効果

一件あたりの時間が十五分から六分になり、待ち時間への苦情が減った。職員の残業も月に二十時間減った。
"""


def test_signatures_are_those_that_stores_already_hold() -> None:
    """The numbers of datasketch 2.0, which signed the stores of earlier versions."""
    told = signature(list("abcdefghijklmnopqrstuvwxyz"))
    assert told[:4].tobytes().hex() == "e67e6001dde92e113602ca02b08cb901"
    assert told.shape == (64,)
    assert set(signature(["short"] * 19).tolist()) == {0xFFFFFFFF}


@pytest.fixture
def settings(either: Settings) -> Settings:
    return either


def relatives_of(settings: Settings, path: str, reader: Viewer | None = None) -> Relatives:
    store = Store.open(settings)
    cases = store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner()).values()
    (case,) = [case for case in cases if case.path == path]
    return store.relatives(case.id, reader or Viewer.owner())


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("DX推進計画 第2.0版", "DX推進計画（第3.0版）"),
        ("DX推進計画 第2.9版", "DX推進計画 第2.10版"),
        ("R5 DX事例集", "令和6年度 DX事例集"),
        ("平成31年度 情報化計画", "令和元年度 情報化計画 第2版"),
        ("手順書のひな形 Ver.1.2", "手順書のひな形 Ver.2.0"),
        ("窓口DX事例集 2023年度版", "窓口DX事例集 2024年度版"),
        ("推進方針の案_R040224", "推進方針の案_R050301"),
        ("推進方針の案_20230401", "推進方針の案_20240401"),
        ("DX推進計画（素案）", "DX推進計画（案）"),
        ("DX推進計画（案）", "DX推進計画"),
        ("DX推進計画_案", "DX推進計画（最終版）"),
        ("【旧】DX推進計画", "DX推進計画"),
        ("DX推進計画", "DX推進計画（改訂版）"),
        ("DX推進計画 改訂版", "DX推進計画 第2次改訂版"),
        ("DX推進計画 初版", "DX推進計画 第二版"),
        ("第1期DX推進計画", "第２期DX推進計画"),
        ("DX推進計画（令和6年3月）", "DX推進計画（令和6年10月）"),
        ("DX推進計画 R6.4.1", "DX推進計画_20241001"),
    ],
)
def test_editions_are_told_apart(older: str, newer: str) -> None:
    (title, first), (same, second) = edition(older), edition(newer)
    assert title == same != ""
    assert first.is_before(second)
    assert not second.is_before(first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DX推進計画", "DX推進計画 第2版"),
        ("DX推進計画 R5", "DX推進計画 第3版"),
        ("DX推進計画 令和6年度", "DX推進計画 2024年度"),
    ],
)
def test_what_is_not_known_is_not_told(one: str, other: str) -> None:
    assert not edition(one)[1].is_before(edition(other)[1])
    assert not edition(other)[1].is_before(edition(one)[1])


@pytest.mark.parametrize(
    "title",
    [
        "RPAで年間1,200時間削減",
        "6市町の取組",
        "導入から1年",
        "５Ｇの実証",
        "V2Hの導入",
        "2050年ゼロカーボン",
    ],
)
def test_numbers_in_a_title_are_no_edition(title: str) -> None:
    told = edition(title)[1]
    assert (told.year, told.version, told.day) == (0, (), ())


def test_nearly_the_same_text_is_told_both_ways(settings: Settings) -> None:
    changed = TEXT.replace("二十時間", "二十五時間").replace("三回", "四回")
    note(settings.corpus, "a.md", TEXT, title="書かない窓口", municipality="多可町")
    note(settings.corpus, "b.md", changed, title="書かない窓口", municipality="多可町")
    note(settings.corpus, "c.md", TEXT[:60] + "別の話である。" * 30, title="別の事例")
    ingest(settings)
    (twin,) = relatives_of(settings, "a.md").near_duplicates
    assert (twin.path, twin.similarity >= NEARLY) == ("b.md", True)
    assert relatives_of(settings, "b.md").near_duplicates[0].path == "a.md"
    assert relatives_of(settings, "c.md") == Relatives()
    (settings.corpus / "b.md").unlink()
    ingest(settings)
    assert relatives_of(settings, "a.md") == Relatives()


def test_two_municipalities_that_say_the_same_are_both_found(settings: Settings) -> None:
    note(settings.corpus, "a.md", TEXT, title="書かない窓口（多可町）", municipality="多可町")
    note(settings.corpus, "b.md", TEXT, title="書かない窓口（佐用町）", municipality="佐用町")
    ingest(settings)
    found = Searcher(settings, Store.open(settings)).search("書かない窓口の待ち時間")
    assert {r.case.municipality for r in found.results} == {"多可町", "佐用町"}
    assert all(r.relatives.near_duplicates for r in found.results)


def test_the_shipped_notes_are_not_alike() -> None:
    notes = [p for p in (ROOT / "corpus").glob("**/*.md") if p.name != "README.md"]
    signed = [
        signature(list(search_terms(tokenize(p.read_text("utf-8").split("---")[-1]))))
        for p in notes
    ]
    pairs = [similarity(a, b) for i, a in enumerate(signed) for b in signed[:i]]
    assert max(pairs) < 0.3


def test_the_newest_edition_stands_first(settings: Settings) -> None:
    for version, year in (("第1.0版", 2022), ("第3.0版", 2024), ("第2.0版", 2023)):
        body = f"{TEXT}\n\n{version}では{year}年の状況を加えた。"
        if version == "第1.0版":
            body += "書かない窓口の推進計画の書かない窓口。" * 5  # more words, still older
        note(settings.corpus, f"{year}.md", body, title=f"書かない窓口の推進計画 {version}")
    ingest(settings)
    found = Searcher(settings, Store.open(settings)).search("書かない窓口の推進計画")
    assert found.results[0].case.path == "2024.md"
    assert len(found.results) == 3
    assert relatives_of(settings, "2024.md").superseded_by is None
    assert {older.path for older in relatives_of(settings, "2024.md").supersedes} == {
        "2022.md",
        "2023.md",
    }
    newer = relatives_of(settings, "2022.md").superseded_by
    assert newer is not None
    assert newer.path == "2024.md"
    (settings.corpus / "2024.md").unlink()
    ingest(settings)
    assert relatives_of(settings, "2023.md").superseded_by is None


def test_files_named_by_edition_with_one_title(settings: Settings) -> None:
    for name in ("推進方針_R040224.md", "推進方針_R060301.md"):
        note(settings.corpus, name, TEXT + name, title="市の推進方針")
    ingest(settings)
    newer = relatives_of(settings, "推進方針_R040224.md").superseded_by
    assert newer is not None
    assert newer.path == "推進方針_R060301.md"


def test_folders_named_by_year_tell_the_edition_of_files_named_alike(settings: Settings) -> None:
    for year in ("令和5年度", "R6"):
        note(settings.corpus, f"{year}/推進方針.md", TEXT + year, title="市の推進方針")
    ingest(settings)
    newer = relatives_of(settings, "令和5年度/推進方針.md").superseded_by
    assert newer is not None
    assert newer.path == "R6/推進方針.md"
    assert relatives_of(settings, "R6/推進方針.md").superseded_by is None
    (settings.corpus / "R6").rename(settings.corpus / "R4")
    ingest(settings)
    assert relatives_of(settings, "令和5年度/推進方針.md").superseded_by is None
    assert relatives_of(settings, "R4/推進方針.md").superseded_by is not None


def test_nearly_the_same_text_of_another_year_is_another_edition(settings: Settings) -> None:
    for year, end in (("2022", "状況を見直した。"), ("2024", "年度の終わりに見直した。")):
        note(
            settings.corpus,
            f"{year}a.md",
            TEXT + end,
            title="書かない窓口",
            municipality="多可町",
            year=year,
        )
        note(
            settings.corpus,
            f"{year}b.md",
            TEXT + end,
            title="書かない窓口",
            municipality="佐用町" if year == "2022" else "神河町",
            year=year,
        )
    ingest(settings)
    newer = relatives_of(settings, "2022a.md").superseded_by
    assert newer is not None
    assert newer.path == "2024a.md"
    assert relatives_of(settings, "2022b.md").superseded_by is None  # of another municipality


def test_relatives_that_may_not_be_seen_are_not_told(settings: Settings) -> None:
    note(settings.corpus, "a.md", TEXT, title="書かない窓口")
    note(settings.corpus, "b.md", TEXT + "内緒。", title="書かない窓口", visibility="庁内")
    ingest(settings)
    assert relatives_of(settings, "a.md").near_duplicates
    assert relatives_of(settings, "a.md", Viewer.of()) == Relatives()
