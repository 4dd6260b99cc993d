"""What a question insists on, prefers and meant: phrases, exclusions, conditions, corrections."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.errors import QueryError
from kb.base.types import Filters, Viewer
from kb.query import understand
from kb.query.conditions.wishes import Wishes
from kb.query.filters import resolve_place
from kb.query.operators import read_operators
from kb.query.said import Known, SaidNow, tally
from kb.query.sounds import sound
from kb.query.spelling import Spelling
from kb.ranking.result_set import Ranking
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note


@pytest.fixture(scope="module")
def searcher(shipped: Settings) -> Searcher:
    return Searcher(shipped, Store.open(shipped))


@pytest.mark.parametrize(
    ("typed", "text", "phrases", "excluded"),
    [
        ("ドローン -防災", "ドローン", (), ("防災",)),
        ("ドローン　－防災", "ドローン", (), ("防災",)),
        ('"書かない窓口" 効果', "書かない窓口 効果", ("書かない窓口",), ()),
        ("“書かない窓口”の効果", "書かない窓口 の効果", ("書かない窓口",), ()),
        ('窓口 -"電子 申請"', "窓口", (), ("電子 申請",)),
        ("e-mail AI-OCR", "e-mail AI-OCR", (), ()),
        ("2020-2024年", "2020-2024年", (), ()),
        ('"閉じない', '"閉じない', (), ()),
        ("- 窓口", "- 窓口", (), ()),
    ],
)
def test_operators_are_read(
    typed: str, text: str, phrases: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    asked = read_operators(typed)
    assert (" ".join(asked.text.split()), asked.phrases) == (" ".join(text.split()), phrases)
    assert tuple(one.words for one in asked.excluded) == excluded
    assert len(asked.text) == len(typed)
    for one in asked.excluded:
        assert typed[one.start :].startswith(one.words)
    assert tuple(typed[start:end] for start, end in asked.quoted) == phrases


@pytest.mark.parametrize("question", ["-防災", "ドローン以外", "紙を除く事例"])
def test_exclusions_alone_are_no_question(question: str) -> None:
    with pytest.raises(QueryError, match="除くことば"):
        understand(question)


@given(st.text(max_size=40))
def test_any_text_has_operators_or_none(text: str) -> None:
    asked = read_operators(text)
    assert len(asked.text) == len(text)
    assert all(words.strip() for words in (*asked.phrases, *(e.words for e in asked.excluded)))


def texts(searcher: Searcher, ranking: Ranking) -> list[str]:
    cases = searcher._store.cases_by_no(sorted(ranking.cases), Viewer.owner()).values()
    told = [case.title + "".join(s.heading + s.text for s in case.sections) for case in cases]
    assert len(told) == len(ranking.cases)
    assert all(case.sections for case in cases)
    return told


def test_every_answer_holds_the_phrase(searcher: Searcher) -> None:
    loose, strict = searcher.rank("書かない窓口"), searcher.rank('"書かない窓口"')
    assert 0 < len(strict.scored) < len(loose.scored)
    for text in texts(searcher, strict):
        assert "書かない窓口" in text
    assert not searcher.search('"こんな言い回しはどこにもない"').results


def test_no_answer_holds_what_is_excluded(searcher: Searcher) -> None:
    kept = searcher.rank("ドローン -防災")
    assert kept.scored
    for text in texts(searcher, kept):
        assert "防災" not in text
    narrowed = searcher.rank("ドローン -防災", filters=Filters(prefectures=("兵庫県",)))
    assert {case.prefecture for case in narrowed.cases.values()} == {"兵庫県"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("すまーとしんせい", "スマート申請"),
        ("よぼうせっしゅのよやく", "接種の予約"),
        ("ヨボウセッシュ", "予防接種"),
        ("スマートシンセイ", "スマート申請"),
        ("こくみんけんこうほけん", "国民健康保険"),
        ("あーるぴーえー", "RPA"),
        ("予坊接種の予約", "予防接種"),
        ("電子伸請", "電子申請"),
        ("ドローソ", "ドローン"),
        ("マイナンパーカード", "マイナンバーカード"),
        ("ガバメントクラウト", "ガバメントクラウド"),
        ("デジタルデバイト", "デジタルデバイド"),
        ("smart aplication form", "application"),
    ],
)
def test_slips_and_kana_find_what_was_meant(searcher: Searcher, typed: str, meant: str) -> None:
    answer = searcher.search(typed)
    assert meant in "".join(correction.term for correction in answer.corrected)
    right = searcher.search(meant if not typed.isascii() else "smart application form")
    best = {result.case.id for result in right.results[:3]}
    assert best & {result.case.id for result in answer.results[:5]}


@pytest.mark.parametrize(
    "query",
    [
        "市民税課の窓口",
        "水族館の予約",
        "戸籍の証明書を発行して頂きたいのですが、必要な物は何でしょうか",
        "兵庫県内の地域",
        "どうしても必要になりました",
        "プレミアムポイント",
        "ドローンショー",
        "スマートメーター",
        "keeping an eye on seniors living alone",
        "how to train a puppy",
        "おくやみ窓口",
    ],
)
def test_ordinary_words_are_left_alone(searcher: Searcher, query: str) -> None:
    assert searcher.search(query).corrected == ()


def test_a_page_pasted_as_one_run_costs_what_its_length_costs() -> None:
    """Twice as long a run asks about twice as many parts, not four or eight times as many."""

    def asked(repeated: int) -> int:
        parts: list[Sequence[str]] = []

        def are_together(terms: Sequence[str]) -> bool:
            parts.append(terms)
            return True

        nothing = Known(tally({}), {})
        spelling = Spelling(lambda: SaidNow(nothing, {}), lambda term: True, are_together)
        assert spelling.corrections("申請書類" * repeated) == ()
        return len(parts)

    assert 0 < asked(100) < 2.5 * asked(50)


def test_what_is_quoted_is_not_corrected(searcher: Searcher) -> None:
    assert searcher.search('"予坊接種"').corrected == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーヴィス", "サービス"),
        ("ユーザ", "ユーザー"),
        ("ヴァーチャル", "バーチャル"),
        ("づ", "ず"),
    ],
)
def test_spellings_of_one_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_internal_words_are_never_suggested(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    note(corpus, "open.md", "窓口の待ち時間を短くした。", title="窓口")
    told = "極秘計画ゼブラクロスを進める。" * 5
    note(corpus, "secret.md", told, title="内部", visibility="庁内限り")
    settings = Settings(data=tmp_path / "data", corpus=corpus)
    ingest(settings)
    searcher = Searcher(settings, Store.open(settings))
    answer = searcher.search("ゼブラクロヌ", viewer=Viewer.of())
    assert "ゼブラクロス" not in [correction.term for correction in answer.corrected]


@pytest.mark.parametrize("secret", [False, True])
def test_whether_an_internal_document_says_a_word_changes_no_correction(
    tmp_path: Path, secret: bool
) -> None:
    corpus = tmp_path / "corpus"
    for i in range(12):
        note(
            corpus,
            f"{i}.md",
            f"予防接種の手続きを案内した。その{i}の工夫。" * 2,
            title=f"予防接種{i}",
        )
    if secret:
        note(corpus, "secret.md", "予防摂取の極秘の計画。" * 5, title="内部", visibility="庁内")
    settings = Settings(data=tmp_path / "data", corpus=corpus)
    ingest(settings)
    searcher = Searcher(settings, Store.open(settings))
    answer = searcher.search("予防摂取", viewer=Viewer.of())
    assert [correction.term for correction in answer.corrected] == ["予防接種"]


def test_conditions_are_told_and_can_be_ignored(searcher: Searcher) -> None:
    answer = searcher.search("兵庫県の小さな町の電子申請")
    assert [c.label for c in answer.understood] == ["兵庫県", "人口30,000人以下", "町"]
    assert [c.kind for c in answer.understood] == ["place", "size", "kind"]
    fewer = searcher.search("兵庫県の小さな町の電子申請", wishes=Wishes(ignored=("兵庫県", "町")))
    assert [c.label for c in fewer.understood] == ["人口30,000人以下"]


@pytest.mark.parametrize(
    ("question", "prefecture"),
    [
        ("兵庫県の小さな町の事例", "兵庫県"),
        ("towns in Hyogo", "兵庫県"),
        ("北海道の町のDX", "北海道"),
        ("兵庫の事例を教えて", "兵庫県"),
    ],
)
def test_only_conditions_list_what_meets_them(
    searcher: Searcher, question: str, prefecture: str
) -> None:
    ranking = searcher.rank(question)
    meeting = [no for no in ranking.cases if all(s.of(no) for s in ranking.standings)]
    assert not ranking.weak
    assert sorted(meeting) == sorted(s.case_no for s in ranking.scored)
    assert {case.prefecture for case in ranking.cases.values()} == {prefecture}


def test_a_place_without_cases_is_told(searcher: Searcher) -> None:
    assert searcher.search("神河町の事例").weak
    assert searcher.search("府中市の事例").weak


def test_a_place_named_in_english_is_found_by_its_cases(searcher: Searcher) -> None:
    answer = searcher.search("Taka Town vaccination")
    assert answer.results[0].case.municipality == "多可町"


def test_places_of_our_size_come_first(searcher: Searcher) -> None:
    question = "うちと同じくらいの規模の自治体の電子申請"
    assert searcher.search(question).understood == ()
    answer = searcher.search(question, home="多可町")
    assert answer.understood[-1].label == "多可町と同じくらいの規模"
    own = resolve_place("多可町").population
    plain = searcher.search(question)
    like = [r.rank for r in answer.results if own / 2 <= (r.case.population or 0) <= own * 2]
    before = [r.rank for r in plain.results if own / 2 <= (r.case.population or 0) <= own * 2]
    assert (like[0], -len(like)) < (before[0], -len(before))
    named = searcher.search("多可町と同じくらいの規模の自治体の電子申請")
    assert [c.label for c in named.understood] == ["多可町と同じくらいの規模"]


def test_the_nearest_sentence_is_a_sentence_of_the_passage(searcher: Searcher) -> None:
    answer = searcher.search("予防接種の予約を簡単に")
    spans = [(r.passages[0].text, r.passages[0].nearest) for r in answer.results]
    assert any(span for _, span in spans)
    for text, span in spans:
        if span:
            assert 0 <= span[0] < span[1] <= len(text)
            assert text[span[0] : span[1]] == text[span[0] : span[1]].strip()


def test_english_words_find_the_nearest_japanese_ones(searcher: Searcher) -> None:
    """No lexicon lists "crowding"; the model knows what documents say for it."""
    answer = searcher.search("crowding", k=3)
    assert "混雑" in {word for result in answer.results for word in result.why.synonyms}
    assert not answer.weak
    assert searcher.rank("qwertyuiop").query.synonyms == {}


def test_internal_words_stand_for_no_english_ones(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    note(corpus, "open.md", "窓口の待ち時間を短くした。", title="窓口")
    note(corpus, "secret.md", "混雑を見える化する。" * 5, title="内部", visibility="庁内限り")
    settings = Settings(data=tmp_path / "data", corpus=corpus)
    ingest(settings)
    searcher = Searcher(settings, Store.open(settings))
    assert "混雑" not in searcher.rank("crowding", viewer=Viewer.of()).query.synonyms


def test_conditions_tell_how_many_cases_meet_them(searcher: Searcher) -> None:
    here, nowhere = searcher.search("兵庫県の町のRPA"), searcher.search("神河町のRPA")
    assert here.understood[0].cases == len(searcher.rank("兵庫県").scored) > 0
    assert nowhere.understood[0].cases == 0
    labels = [c.label_en for c in searcher.search("小さな町の令和5年度以降の東北の事例").understood]
    assert labels == ["up to 30,000 people", "towns", "FY2023 or later", "Tohoku"]


def test_likeness_to_our_own_town_never_lists_it(searcher: Searcher) -> None:
    ranking = searcher.rank("うちと同じくらいの規模の自治体の事例", home="多可町")
    assert ranking.cases
    assert "多可町" not in {case.municipality for case in ranking.cases.values()}
    without_cases = searcher.search("うちと同じ規模の事例", home="神河町")
    (like,) = without_cases.understood
    assert without_cases.total == like.cases > 0


@pytest.mark.parametrize("question", ["RPAで業務を自動化", "電子申請", "windows for the elderly"])
def test_a_facet_leads_to_as_many_cases_as_it_counts(searcher: Searcher, question: str) -> None:
    whole = searcher.search(question)
    for field, count in whole.facets["field"].items():
        assert searcher.search(question, filters=Filters(fields=(field,))).total == count
    for place, count in whole.facets["prefecture"].items():
        assert searcher.search(question, filters=Filters(prefectures=(place,))).total == count


def test_filters_that_leave_nothing_near_show_what_comes_nearest(searcher: Searcher) -> None:
    answer = searcher.search("ドローン配送", filters=Filters(municipalities=("狛江市",)))
    assert answer.listed > 0


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        ("他の自治体の電子申請の先進事例について教えて", ("電子", "申請")),
        ("電子申請の成功事例はありますか", ("電子", "申請")),
        ("自治会のデジタル化", ("自治", "会", "デジタル", "化")),
        ("自治体の事例", ("事例",)),
    ],
)
def test_asking_is_no_content(searcher: Searcher, asked: str, typed: tuple[str, ...]) -> None:
    assert searcher.rank(asked).query.typed == typed


@pytest.mark.parametrize(
    ("question", "left"),
    [("うちと同じくらいの規模の見守り", "見守り"), ("うちより大きい市のドローン", "市 ドローン")],
)
def test_who_has_not_said_who_they_are_is_told_so(question: str, left: str) -> None:
    found = understand(question)
    assert found.lacks_home
    assert not {"大きい", "うち", "規模", "同じ"} & set(found.query.typed)
    assert set(found.query.typed) <= set(understand(left).query.typed)
    assert not understand(question, own=resolve_place("多可町")).lacks_home
    assert not understand("多可町と同じくらいの規模の見守り").lacks_home


def test_nothing_but_a_comparison_with_nobody_is_no_question() -> None:
    with pytest.raises(QueryError, match="わたしの自治体"):
        understand("うちより大きい市")
