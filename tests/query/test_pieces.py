"""The pieces of understanding a question, each by itself; what mutants showed that no other test noticed."""

from __future__ import annotations

import pytest

from kb.base.types import Respelling
from kb.language.lexicon import Lexicon
from kb.query import understand
from kb.query.question import Words, _edited, beside_conditions
from kb.query.terms import NO_WEIGHTS


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("兵庫県の書かない窓口", "の書かない窓口"),
        ("2024年度のドローン配送", "のドローン配送"),
        ("兵庫県", "兵庫県"),
        ("兵庫県の例", "兵庫県の例"),
        ("書かない窓口", "書かない窓口"),
    ],
)
def test_what_a_title_tells_beside_its_conditions(title: str, rest: str) -> None:
    assert beside_conditions(title) == rest


@pytest.mark.parametrize(
    ("question", "looked_for"),
    [
        ("smart forms in Kobe", "smart forms in 神戸市"),
        ("drones in Kinki", "drones in 近畿"),
        ("forms in Hyogo", "forms in 兵庫県"),
        ("神戸市の forms", "神戸市の forms"),
        ("forms outside Kobe", "forms"),
    ],
)
def test_a_place_in_english_is_looked_for_in_japanese(question: str, looked_for: str) -> None:
    assert " ".join(understand(question).query.text.split()) == looked_for


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("ドローン -防災", ["防災"]),
        ("兵庫県 -防災", ["防災"]),
        ("窓口 -兵庫県", []),
        ("LINE以外の申請", ["LINE"]),
        ("生成AIでＣｈａｔＧＰＴ以外のもの", ["ＣｈａｔＧＰＴ"]),
        ("kintone以外のノーコード", ["kintone"]),
        ("LINE以外でも申請できる", []),
        ("Kobe以外の市のフォーム", []),
    ],
)
def test_words_left_out_beside_others_are_a_question(question: str, words: list[str]) -> None:
    """A place behind a minus sign is a condition, no word."""
    assert [e.words for e in understand(question).asked.excluded] == words


@pytest.mark.parametrize(
    ("question", "browsing"),
    [
        ("兵庫県の事例を教えて", True),
        ("兵庫県の小さな町の事例は何がありますか", True),
        ("兵庫県の窓口の事例を教えて", False),
        ("兵庫県の事例の効果を教えて", False),
        ("事例を教えて", False),
        ("令和3年度より後に始めたもの", True),
        ("北海道で実施されたプロジェクト", True),
        ("東京都の区でやったこと", True),
        ("四国で導入済みのもの", True),
        ("費用が100万円以下でできた取組", True),
        ("兵庫県内の市がやっている取組の一覧", True),
        ("政令市でやっている取り組みを全部見せて", True),
        ("うまくいった東北の例", True),
        ("projects started in 2023", True),
        ("projects between 2020 and 2022 in Kyushu", True),
        ("令和4年度から令和5年度の間に始まったもの", True),
        ("まだ検討中の町", True),
        ("兵庫県と京都府の違い", True),
        ("兵庫県内の事例をすべて表示", True),
        ("九州の事例を新しい順に", True),
        ("豊岡市より小さい町の事例", True),
        ("兵庫県の手間の違い", False),
        ("兵庫県で始めた電子申請", False),
        ("政令市の計画", False),
        ("東京都の区の保育", False),
        ("福井県の計画書", False),
        ("費用が100万円以下でできた議会のペーパーレス", False),
        ("projects with drones in Tohoku", False),
        ("始めたもの", False),
    ],
)
def test_nothing_but_conditions_is_browsing(question: str, browsing: bool) -> None:
    assert understand(question).browsing is browsing


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("10万人を超える市のチャットボット", ("チャット", "ボット")),
        ("5千人に満たない村の防災", ("防災",)),
        ("一千万円以上かかったシステム", ("システム",)),
        ("政令市と中核市以外の図書", ("図書",)),
    ],
)
def test_what_conditions_say_is_no_word_of_the_rest(question: str, left: tuple[str, ...]) -> None:
    assert understand(question).marked.typed == left


def words_that_mean(typed: str, seen: list[str]) -> Words:
    """Knows one slip, wherever it stands."""

    def mean(text: str) -> tuple[Respelling, ...]:
        seen.append(text)
        at = [i for i in range(len(text)) if text.startswith(typed, i)]
        return tuple(Respelling(typed, "窓口", i, i + len(typed)) for i in at)

    return Words(Lexicon(()), mean, NO_WEIGHTS)


def test_slips_are_sought_only_outside_conditions_and_where_they_were_typed() -> None:
    seen: list[str] = []
    understand("2024年度の窓ロ in Kobe", words_that_mean("窓ロ", seen))
    assert seen == ["      の窓ロ in     "]


def test_what_is_quoted_is_meant_as_typed_and_what_touches_it_is_not_quoted() -> None:
    question = understand('窓ロ"窓ロ"窓ロ', words_that_mean("窓ロ", []))
    assert [(one.start, one.end) for one in question.corrected] == [(0, 2), (6, 8)]
    assert question.query.text.count("窓口") == 2


def test_of_overlapping_edits_the_first_is_made() -> None:
    assert _edited("abcdef", [(4, 5, ""), (2, 4, "Y"), (1, 3, "X")]) == "aXdf"
