"""Questions and answers over real notes, real model, real views."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.errors import QueryError, UnknownPlaceError, UsageError
from kb.base.types import Filters, Viewer
from kb.query.aspect import asked_aspects
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note, town_notes


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("town")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    settings.corpus.mkdir()
    town_notes(settings.corpus)
    note(
        settings.corpus, "secret.md", "## 取組\n\n予防接種の予約システムの見積もり比較。",
        title="予防接種システムの見積もり", municipality="西脇市", prefecture="兵庫県", visibility="庁内",
    )  # fmt: skip
    ingest(settings)
    return Searcher(settings, Store.open(settings))


def paths(searcher: Searcher, query: str, **options: object) -> list[str]:
    return [r.case.path for r in searcher.search(query, **options).results]  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_every_leg_finds_the_case(town: Searcher, mode: str) -> None:
    assert paths(town, "ドローンで荷物を運ぶ", mode=mode)[0] == "toyooka.md"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("drone delivery", "toyooka.md"),
        ("application form", "kaga.md"),
        ("待ち時間を減らす", "kaga.md"),
        ("お年寄りの買い物", "ina.md"),
        ("ﾄﾞﾛｰﾝ", "toyooka.md"),
        ("多可町 予防接種", "taka.md"),
    ],
)
def test_meaning_and_words_across_languages_and_spellings(
    town: Searcher, query: str, path: str
) -> None:
    assert paths(town, query, viewer=Viewer.of())[0] == path


def test_passages_carry_role_and_highlights(town: Searcher) -> None:
    result = town.search("予防接種の予約", viewer=Viewer.of()).results[0]
    best = result.passages[0]
    assert best.role == "取組"
    marked = [best.text[start:end] for start, end in best.highlights]
    assert "予防接種" in marked
    assert result.snippet == best.text
    assert {"予防接種", "予約"} <= set(result.why.terms)


def test_filters_facets_and_totals_agree(town: Searcher) -> None:
    answer = town.search("取組", filters=Filters(prefectures=("兵庫",)))
    assert set(answer.facets["prefecture"]) == {"兵庫県"}
    assert answer.total == sum(answer.facets["field"].values()) == len(answer.results)
    assert paths(town, "荷物", filters=Filters(municipalities=("伊那市",))) in ([], ["ina.md"])
    assert paths(town, "買い物", filters=Filters(municipalities=("202096",))) == ["ina.md"]
    assert paths(town, "電子申請", filters=Filters(year_from=2023)) != ["kaga.md"]


@pytest.mark.parametrize("query", ["予防接種の見積もり", "西脇市", "システム"])
def test_what_a_reader_may_not_see_leaves_no_trace(town: Searcher, query: str) -> None:
    answer = town.search(query, viewer=Viewer.of())
    assert "secret.md" not in [r.case.path for r in answer.results]
    assert "西脇市" not in answer.facets["municipality"]
    assert "secret.md" in paths(town, "予防接種の見積もり", viewer=Viewer.of("庁内"))


def test_near_prefers_towns_of_the_same_size(town: Searcher) -> None:
    plain = town.search("配送 買い物 荷物")
    near = town.search("配送 買い物 荷物", near="豊岡市")
    assert {r.case.path for r in plain.results} == {r.case.path for r in near.results}
    gain = {r.case.path: r.rank for r in plain.results}
    assert all(gain["toyooka.md"] >= r.rank for r in near.results if r.case.path == "toyooka.md")


@pytest.mark.parametrize("query", ["", "   ", "\u3000\n", "、。！", "あ" * 20_000])
def test_queries_that_cannot_be_answered_say_why(town: Searcher, query: str) -> None:
    with pytest.raises(QueryError):
        town.search(query)


def test_unknown_names_in_filters_are_named(town: Searcher) -> None:
    with pytest.raises(UnknownPlaceError, match="ありもしない市"):
        town.search("x", filters=Filters(municipalities=("ありもしない市",)))
    with pytest.raises(UnknownPlaceError, match="架空県"):
        town.search("x", filters=Filters(prefectures=("架空県",)))
    with pytest.raises(UsageError, match="宇宙"):
        town.search("x", filters=Filters(fields=("宇宙",)))
    with pytest.raises(UsageError, match="逆"):
        town.search("x", filters=Filters(year_from=2024, year_to=2020))
    with pytest.raises(UnknownPlaceError, match="広島県府中市"):
        town.search("予約", near="府中市")


@given(st.text(min_size=1, max_size=80))
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_text_is_answered_or_refused_in_words(town: Searcher, query: str) -> None:
    try:
        answer = town.search(query)
    except QueryError as error:
        assert error.message()  # noqa: PT017
        return
    for result in answer.results:
        for passage in result.passages:
            for start, end in passage.highlights:
                assert 0 <= start < end <= len(passage.text)


def test_off_topic_is_weak_and_on_topic_is_not(town: Searcher) -> None:
    assert town.search("ワールドカップの得点王").weak
    assert not town.search("ドローンの住民説明会").weak


def test_a_new_generation_is_noticed_by_a_running_searcher(settings: Settings) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    searcher = Searcher(settings, Store.open(settings))
    assert "new.md" not in paths(searcher, "避難所の受付")
    note(settings.corpus, "new.md", "## 取組\n\n避難所の受付を電子化した。", title="避難所の受付")
    ingest(settings)
    assert paths(searcher, "避難所の受付")[0] == "new.md"


@pytest.mark.parametrize("damage", ["remove", "lexical", "dense"])
def test_damaged_views_are_rebuilt_from_the_store(settings: Settings, damage: str) -> None:
    town_notes(settings.corpus)
    ingest(settings)
    (view,) = settings.views.iterdir()
    if damage == "remove":
        shutil.rmtree(view)
    elif damage == "lexical":
        (view / "lexical" / "meta.json").write_text("{", encoding="utf-8")
    else:
        (view / "dense" / "1.rows.npy").write_bytes(b"")
    assert paths(Searcher(settings, Store.open(settings)), "予防接種")[0] == "taka.md"


def test_views_serve_while_somebody_ingests(settings: Settings) -> None:
    from kb.storage.writer import open_writer

    town_notes(settings.corpus)
    ingest(settings)
    searcher = Searcher(settings, Store.open(settings))
    assert paths(searcher, "予防接種")
    with open_writer(settings) as writer:
        writer.remove("ina.md")
        assert paths(searcher, "予防接種")[0] == "taka.md"
        assert "ina.md" not in paths(searcher, "テレビで買い物")
    assert paths(searcher, "予防接種")[0] == "taka.md"


def test_equal_sentences_of_two_towns_are_both_shown(settings: Settings) -> None:
    for town in ("多可町", "上郡町"):
        note(
            settings.corpus,
            f"{town}.md",
            "## 取組\n\n予防接種をアプリで予約する。",
            title="予約アプリ",
            municipality=town,
        )
    ingest(settings)
    found = paths(Searcher(settings, Store.open(settings)), "予防接種 予約")
    assert sorted(found) == ["上郡町.md", "多可町.md"]


def test_search_does_not_import_torch(settings: Settings, tmp_path: Path) -> None:
    import subprocess
    import sys

    town_notes(settings.corpus)
    ingest(settings)
    code = (
        "import sys; from dxkb.main import main; main(sys.argv[1:]);"
        "assert not {'torch', 'flask', 'sentence_transformers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", code, "search", "予防接種", "--data", str(settings.data)], check=True
    )


@pytest.mark.parametrize(
    ("question", "roles"),
    [
        ("書かない窓口の効果", {"効果"}),
        ("電子申請の費用はいくら", {"費用"}),
        ("what did it cost", {"費用"}),
        ("ドローン配送の推進体制", {"推進体制"}),
        ("生成AIの課題と効果", {"背景・課題", "見えてきた課題", "効果"}),
        ("ポイントカードの発行", set()),
        ("スマート申請フォームの事例", set()),
    ],
)
def test_what_a_question_asks_about(question: str, roles: set[str]) -> None:
    assert {r for one in asked_aspects(question) for r in one.aspect.roles} == roles


def test_the_passage_shown_is_of_the_kind_asked_about(settings: Settings) -> None:
    note(
        settings.corpus, "counter.md",
        "## 取組\n\n書かない窓口を市民課で始め、申請書の記入をなくした。\n\n"
        "## 効果\n\n一人あたりの待ち時間が三分の一に減り、残業もなくなった。",
        title="書かない窓口の導入",
    )  # fmt: skip
    ingest(settings)
    searcher = Searcher(settings, Store.open(settings))
    assert searcher.search("書かない窓口").results[0].passages[0].role == "取組"
    assert searcher.search("書かない窓口の効果").results[0].passages[0].role == "効果"


def test_a_synonym_is_marked_only_whole(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    text = "RPAで業務効率化を進めた。軽自動車の廃車の入力も業務の一つで、自動化した。"
    note(corpus, "rpa.md", text, title="定型の入力")
    settings = Settings(data=tmp_path / "data", corpus=corpus)
    ingest(settings)
    (result,) = Searcher(settings, Store.open(settings)).search("RPA").results
    passage = result.passages[0]
    marked = [passage.text[start:end] for start, end in passage.highlights]
    assert marked == ["RPA", "業務効率化", "自動化"]
    assert {"業務効率化", "自動化"} <= set(result.why.synonyms)
