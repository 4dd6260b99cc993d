"""Documents fall into cases by their structure, and cases into labelled sections."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.describe.cases import cases
from ingest.page import Extract
from ingest.readers import read
from ingest.split.clean import clean
from ingest.split.labels import continued, exact_label, label_key, numbered, role_of
from ingest.split.sections import split
from kb.base.types import ROLES, CaseDraft
from tests.support.decks.content import FIELDS, NAGANO
from tests.support.decks.reports import as_pdf, chaptered_report, word_collection
from tests.support.decks.ruled import ruled_deck
from tests.support.pages import deck, flow, head, line, note, row, title

LABELS = (
    "課題",
    "伴走支援内容",
    "これまでの取組",
    "見えてきた課題",
    "有効と思われる支援",
    "県による支援の状況",
)


def _read(path: Path) -> Extract:
    extract = read(path)
    front = {"default_title": path.stem} | extract.front_matter
    return Extract(extract.reader, clean(extract.pages), front)


def _closed_up(text: str) -> str:
    """Without the spaces that LibreOffice sets between kanji and digits, and cleaning takes out."""
    return text.replace(" ", "")


def _told(drafts: tuple[CaseDraft, ...]) -> list[tuple[str, tuple[int, int] | None]]:
    return [(draft.municipality, draft.pages) for draft in drafts]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("課題", "背景・課題"),
        ("【背景】", "背景・課題"),
        ("１．現状と課題", "背景・課題"),
        ("■ 取組内容", "取組"),
        ("これまでの取組", "取組"),
        ("DX推進の体制", "推進体制"),
        ("事業費（千円）", "費用"),
        ("導入効果：", "効果"),
        ("見えてきた課題（続き）", "見えてきた課題"),
        ("今後の予定・展望", "その他"),
        ("今後の予定‧展望", "その他"),
        ("県による支援の状況", "県による支援"),
        ("Ⅲ", None),
        ("令和6年8月29日", None),
    ],
)
def test_label_tells_role(label: str, role: str | None) -> None:
    assert role_of(label) == role
    assert role is None or role in ROLES


@pytest.mark.parametrize(
    ("text", "kinds", "rest"),
    [
        ("1. 6市町の取組 ④多可町：保健福祉DX", ("1.", "①"), "多可町：保健福祉DX"),
        ("第２章　X市の取組", ("chapter",), "X市の取組"),
        ("【事例3】観光の取組", ("case",), "観光の取組"),
        ("2-1 成果", ("1-1",), "成果"),
        ("(3) 体制", ("(1)",), "体制"),
        ("30分から5分に短縮", (), "30分から5分に短縮"),
        ("2024年度の取組", (), "2024年度の取組"),
        ("③", (), "③"),
    ],
)
def test_numbering_is_taken_off(text: str, kinds: tuple[str, ...], rest: str) -> None:
    found = numbered(text)
    assert (found.kinds, found.rest) == (kinds, rest)


@pytest.mark.parametrize("mark", ["（続き）", "(2/2)", "【続き】", " その2", "（つづき）"])
def test_continuation_mark_is_taken_off(mark: str) -> None:
    assert continued(f"多可町の取組{mark}") == ("多可町の取組", True)


def test_plain_heading_is_not_a_continuation() -> None:
    assert continued("手続きのオンライン化") == ("手続きのオンライン化", False)


def test_label_key_folds_width_and_brackets() -> None:
    assert label_key("【ＫＰＩ】") == "kpi"
    assert exact_label("団体名").kind == "place"  # type: ignore[union-attr]
    assert exact_label("団体名は次のとおりとする") is None


def test_hyogo_deck_is_six_municipalities_the_prefecture_and_the_frame(shared: Path) -> None:
    drafts, warnings = cases(_read(shared / "seed" / "hyogo_chiiki_dx_r6.pdf"))
    frame, *towns, prefecture = drafts
    assert not warnings
    assert frame.title == "地域DX推進体制構築支援の取組状況"
    assert (frame.municipality, frame.prefecture, frame.pages) == ("", "兵庫県", (1, 6))
    assert [(d.municipality, d.code, d.pages, d.field) for d in towns] == [
        ("尼崎市", "282022", (7, 7), "観光"),
        ("西宮市", "282049", (8, 8), "窓口"),
        ("加西市", "282201", (9, 9), "教育"),
        ("多可町", "283657", (10, 10), "保健福祉"),
        ("上郡町", "284815", (11, 11), "農林水産"),
        ("豊岡市", "282090", (12, 12), "配送・物流"),
    ]
    assert (prefecture.municipality, prefecture.code) == ("兵庫県", "280003")
    assert (prefecture.pages, prefecture.field) == ((13, 13), "人材・体制")
    assert {draft.year for draft in drafts} == {2024}
    assert {draft.prefecture for draft in drafts} == {"兵庫県"}
    for draft in towns:
        headings = [label_key(section.heading) for section in draft.sections]
        assert [name for name in headings if name in LABELS] == list(LABELS), draft.title
        assert all(section.page == draft.pages[0] for section in draft.sections if draft.pages)
    taka = {label_key(s.heading): s for s in towns[3].sections}
    assert "スマート申請フォーム" in taka["課題"].text
    assert "肝付町" in taka["これまでの取組"].text
    assert "肝付町" not in taka["課題"].text
    assert taka["見えてきた課題"].role == "見えてきた課題"
    assert taka["有効と思われる支援"].role == "有効と思われる支援"


@pytest.mark.parametrize(
    "name",
    [
        "broken_xref", "chromium_plain", "chromium_two", "chromium_vert", "enc_owner_aes256", "lo_impress",
        "lo_writer", "rl_90ms-RKSJ-H", "rl_EUC-H", "rl_unijis", "weasy_two",
    ],
)  # fmt: skip
def test_the_same_cases_from_every_producer(shared: Path, name: str) -> None:
    drafts, _ = cases(_read(shared / "documents" / "made" / f"{name}.pdf"))
    towns = ["", "尼崎市", "西宮市", "加西市", "多可町", "上郡町", "豊岡市", "兵庫県"]
    assert [draft.municipality for draft in drafts] == towns


def test_papers_of_a_council_are_no_collections(shared: Path) -> None:
    folder = shared / "documents" / "pdf"
    papers = sorted(folder.glob("nankoku/425_2022_03/*.pdf")) + sorted(
        folder.glob("other/cio*.pdf")
    )
    assert len(papers) >= 10
    for path in papers:
        drafts, _ = cases(_read(path))
        assert len(drafts) == 1, path.name
        assert drafts[0].municipality in ("南国市", "高知県", ""), path.name


def test_number_of_a_bill_takes_the_line_below_as_its_title() -> None:
    (draft,) = split(
        deck([title("議案第 12 号"), line("南国市火入れに関する条例の一部を改正する条例")])
    )
    assert draft.title == "議案第 12 号 南国市火入れに関する条例の一部を改正する条例"


def test_lines_that_are_names_of_towns_make_no_collection_of_nothing() -> None:
    (draft,) = split(deck([line("三木市"), line("小野市"), line("加西市")]))
    assert "小野市" in "".join(section.text for section in draft.sections)


@pytest.mark.parametrize(
    ("first", "second"),
    [("窓口におけるデータの利用と", "その留意点"), ("ごみ収集に係る", "システムの見直し")],
)
def test_a_title_that_goes_on_in_the_next_line_is_whole(first: str, second: str) -> None:
    (draft,) = split(deck([title(first), line(second), line("役場は手続を見直した。")]))
    assert draft.title == first + second


def test_ruled_deck_of_another_prefecture(tmp_path: Path) -> None:
    cover = ("市町村の取組紹介", "長野県 企画振興部", "令和7年1月20日")
    drafts, _ = cases(_read(ruled_deck(tmp_path / "nagano.pdf", NAGANO, cover)))
    frame, *towns, references = drafts
    assert frame.pages == (1, 2)
    assert (references.title, references.pages) == ("参考資料", (9, 9))
    assert _told(tuple(towns)) == [
        ("松本市", (3, 3)), ("飯田市", (4, 4)), ("池田町", (5, 6)), ("茅野市", (7, 7)), ("佐久市", (8, 8)),
    ]  # fmt: skip
    assert [draft.prefecture for draft in towns] == ["長野県"] * 5
    assert [draft.field for draft in towns] == list(FIELDS)
    assert [draft.title for draft in towns] == [f"{c.theme}（{c.municipality}）" for c in NAGANO]
    assert {draft.year for draft in drafts} == {2024}
    for draft, told in zip(towns, NAGANO, strict=True):
        assert [(s.heading, s.text) for s in draft.sections] == list(told.rows)


def test_ambiguous_name_stays_open_where_no_prefecture_is_named(tmp_path: Path) -> None:
    two = (NAGANO[2], NAGANO[0])
    cover = ("デジタル化の取組紹介", "事務局")
    drafts, _ = cases(_read(ruled_deck(tmp_path / "open.pdf", two, cover)))
    ikeda = next(draft for draft in drafts if draft.municipality == "池田町")
    assert (ikeda.ambiguous, ikeda.code, ikeda.prefecture) == (True, "", "")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_word_collection_printed_by_libreoffice(tmp_path: Path) -> None:
    drafts, _ = cases(_read(as_pdf(word_collection(tmp_path / "collection.docx", NAGANO))))
    towns = [draft for draft in drafts if draft.municipality]
    assert [draft.municipality for draft in towns] == [told.municipality for told in NAGANO]
    titles = [_closed_up(draft.title) for draft in towns]
    assert titles == [f"{told.theme}（{told.municipality}）" for told in NAGANO]
    for draft, told in zip(towns, NAGANO, strict=True):
        assert [(s.heading, _closed_up(s.text)) for s in draft.sections] == list(told.rows)
    assert {draft.year for draft in drafts} == {2023}
    assert drafts[-1].sections[-1].text == "事例は毎年見直し、新しい取組を加えていく。"


CHAPTERS = (
    ("第1章 計画の目的", ["本市の情報化を計画的に進めるため、この計画を定める。計画の期間は3年とする。"]),
    ("第2章 現状と課題", ["窓口の混雑と職員の負担が課題である。", "近隣では松本市や塩尻市が先に取り組んでいる。"]),
    ("第3章 取組", ["申請のオンライン化と窓口の見直しを一体で進める。", "人材の育成にも力を入れる。"]),
    ("第4章 推進体制", ["副市長を本部長とする推進本部を置き、年に2回進み具合を確かめる。"]),
)  # fmt: skip


def test_chaptered_report_stays_one_case(tmp_path: Path) -> None:
    path = chaptered_report(tmp_path / "plan.pdf", "飯田市DX推進計画（令和5年度策定）", CHAPTERS)
    (draft,) = cases(_read(path))[0]
    assert (draft.municipality, draft.prefecture, draft.year) == ("飯田市", "長野県", 2023)
    assert draft.title == "飯田市DX推進計画（令和5年度策定）"
    assert [s.heading for s in draft.sections] == [_closed_up(heading) for heading, _ in CHAPTERS]
    assert [s.role for s in draft.sections] == ["概要", "背景・課題", "取組", "推進体制"]


def test_essay_without_headings_stays_one_case(tmp_path: Path) -> None:
    text = ["デジタル化を進めるには職員の理解が欠かせない。"] * 3
    path = chaptered_report(tmp_path / "essay.pdf", "デジタル化について思うこと", [("", text)])
    (draft,) = cases(_read(path))[0]
    assert (draft.municipality, draft.title) == ("", "デジタル化について思うこと")
    assert draft.field in ("その他", "人材・体制")


def test_several_cases_on_one_page_and_numbers_that_restart() -> None:
    drafts = split(
        deck(
            [title("先進事例の紹介", 28), line("県内の取組をまとめる。")],
            [
                title("観光分野", 24),
                title("① 松本市：城下の周遊", 16), line("混雑を知らせる。"),
                title("② 飯田市：予約の一元化", 16), line("体験の予約をまとめた。"),
            ],
            [
                title("教育分野", 24),
                title("① 佐久市：校務の電子化", 16), line("通知表を電子化した。"),
                title("② 茅野市：学びの記録", 16), line("学習の記録をつないだ。"),
            ],
        )
    )  # fmt: skip
    assert _told(drafts) == [
        ("", (1, 1)), ("松本市", (2, 2)), ("飯田市", (2, 2)), ("佐久市", (3, 3)), ("茅野市", (3, 3)),
    ]  # fmt: skip
    assert drafts[2].title == "予約の一元化（飯田市）"
    assert "観光分野" not in drafts[2].sections[0].text


def test_cases_named_only_by_a_label_row() -> None:
    drafts = split(
        deck(
            [
                title("AIで会議録を作る"),
                row("団体名", "長野県松本市"),
                row("課題", "残業が続いた。"),
            ],
            [title("予約を自動で受ける"), row("団体名", "飯田市"), row("課題", "電話が混んだ。")],
            [title("予約の効果"), row("効果", "電話が半分になった。")],
            [title("紙をなくす"), row("団体名", "佐久市"), row("課題", "保管場所がない。")],
        )
    )
    assert _told(drafts) == [("松本市", (1, 1)), ("飯田市", (2, 3)), ("佐久市", (4, 4))]
    assert drafts[0].title == "AIで会議録を作る（松本市）"
    assert [s.role for s in drafts[1].sections][-1] == "効果"


def test_numbered_cases_of_one_municipality() -> None:
    drafts = split(
        flow(
            head("庁内の改善事例", 1), line("今年度の事例を集めた。"),
            head("事例1 電話の取次ぎ", 2), line("担当を見える化した。"),
            head("事例2 会議室の予約", 2), line("空きを見える化した。"),
            head("事例3 回覧", 2), line("紙の回覧をやめた。"),
        )
    )  # fmt: skip
    assert [draft.title for draft in drafts] == [
        "庁内の改善事例",
        "電話の取次ぎ",
        "会議室の予約",
        "回覧",
    ]


def test_measures_of_a_plan_are_no_collection() -> None:
    (draft,) = split(
        flow(
            head("松本市DX計画", 1),
            head("取組1 窓口", 2), head("現状", 3), line("混んでいる。"), head("内容", 3), line("予約制にする。"),
            head("取組2 申請", 2), head("現状", 3), line("紙が多い。"), head("内容", 3), line("電子化する。"),
        )
    )  # fmt: skip
    assert [s.role for s in draft.sections] == ["背景・課題", "取組", "背景・課題", "取組"]


def test_table_of_contents_and_list_of_names_split_nothing() -> None:
    drafts = split(
        deck(
            [title("取組集", 28), line("事務局")],
            [
                title("目次"), line("1 松本市の取組 ……… 3"), line("2 飯田市の取組 ……… 4"), line("3 佐久市の取組 ……… 5"),
            ],
            [title("1 松本市の取組"), line("会議録をAIで作る。")],
            [title("2 飯田市の取組"), line("予約をアプリで受ける。")],
            [title("3 佐久市の取組"), line("受付をカードで行う。")],
        )
    )  # fmt: skip
    assert _told(drafts) == [
        ("", (1, 2)),
        ("松本市", (3, 3)),
        ("飯田市", (4, 4)),
        ("佐久市", (5, 5)),
    ]


def test_page_that_repeats_the_title_belongs_to_the_same_case() -> None:
    drafts = split(
        deck(
            [title("松本市：会議録"), row("課題", "残業が続いた。")],
            [title("松本市：会議録"), row("効果", "残業が減った。")],
            [title("飯田市：予約（1/2）"), row("課題", "電話が混んだ。")],
            [title("飯田市：予約（2/2）"), row("効果", "電話が減った。")],
        )
    )
    assert _told(drafts) == [("松本市", (1, 2)), ("飯田市", (3, 4))]
    assert [(s.heading, s.page) for s in drafts[1].sections] == [("課題", 3), ("効果", 4)]


def test_heading_that_is_only_a_name_takes_the_catchword_below() -> None:
    drafts = split(
        deck(
            [
                title("松本市"),
                line("会議録づくりをAIで半分に", bold=True),
                line("下書きをAIが作る。"),
            ],
            [title("飯田市"), line("電話を待たせない予約", bold=True), line("アプリで受ける。")],
        )
    )
    assert [d.title for d in drafts] == [
        "会議録づくりをAIで半分に（松本市）",
        "電話を待たせない予約（飯田市）",
    ]


def test_summary_after_the_last_case_leads_back_to_the_frame() -> None:
    drafts = split(
        deck(
            [title("1. 各市の取組 ①松本市：会議録"), line("下書きをAIが作る。")],
            [title("1. 各市の取組 ②飯田市：予約"), line("アプリで受ける。")],
            [title("2. 今年度の予定"), line("秋に報告会を開く。")],
        )
    )
    assert _told(drafts) == [("松本市", (1, 1)), ("飯田市", (2, 2)), ("", (3, 3))]
    assert drafts[2].title == "2. 今年度の予定"


_NAGANO = [
    ("飯田市：予約", "担当課が窓口を見直し、待ち時間を短くした。"),
    ("松本市：会議録", "下書きをAIが作り、職員が仕上げる。"),
    ("塩尻市：申請", "申請をスマートフォンで受け付けた。"),
    ("長野市：電話", "予約を一元化し、電話を減らした。"),
]


@pytest.mark.parametrize(
    "above", [lambda n, part, i: f"{n}.{i + 1} ", lambda n, part, i: f"{part} {'①②'[i]}"]
)
def test_a_number_above_those_of_the_cases_leads_back_between_them_too(
    above: Callable[[int, str, int], str],
) -> None:
    blocks = []
    for number, part, told in ((1, "1. 北部", _NAGANO[:2]), (2, "2. 南部", _NAGANO[2:])):
        blocks += [title(part), line("各市から聞いた。")]
        for i, (name, text) in enumerate(told):
            blocks += [title(f"{above(number, part, i)}{name}"), line(text)]
    drafts = split(flow(*blocks))
    assert [d.title for d in drafts if not d.municipality] == ["1. 北部", "2. 南部"]
    assert [d.sections[-1].text for d in drafts if d.municipality] == [text for _, text in _NAGANO]


def test_a_second_title_of_every_case_stays_in_it_and_a_strange_one_at_the_end_does_not() -> None:
    blocks = [title("県内の取組", 22), line("各市から聞いた。")]
    for name, text in _NAGANO[:3]:
        blocks += [title(name), line(text), title("役場の体制"), line("二人で進めた。")]
    drafts = split(flow(*blocks, title("県の考え"), line("県は支える。")))
    assert [d.municipality for d in drafts] == ["", "飯田市", "松本市", "塩尻市", ""]
    assert [d.sections[-1].text for d in drafts[1:4]] == ["二人で進めた。"] * 3
    assert drafts[4].title == "県の考え"


def test_rows_with_labels_in_other_shapes() -> None:
    (draft,) = split(
        deck(
            [
                title("会議録をAIで"),
                row("団体名", "松本市", "人口", "24万人"),
                row("当初計画", "課題", "残業が続いた。", table=1),
                row("", "取組内容", "下書きをAIが作る。", table=1),
                row("", "・職員が仕上げる。", table=1),
                line("費用：年間60万円"),
                line("効果：作成時間が3分の1になった。"),
            ]
        )
    )
    assert [(s.role, s.heading) for s in draft.sections] == [
        ("概要", "団体名・人口"), ("背景・課題", "課題"), ("取組", "取組内容"), ("費用", "費用"), ("効果", "効果"),
    ]  # fmt: skip
    assert draft.sections[0].text == "団体名：松本市\n人口：24万人"
    assert draft.sections[2].text == "下書きをAIが作る。\n・職員が仕上げる。"


def test_labels_that_only_a_space_sets_off() -> None:
    texts = [
        "課題 ①担い手の不足 ②獣害",
        "見えてきた課題 電波の届かない谷がある",
        "取組 を広げる話を聞いた。",
    ]
    (draft,) = split(deck([title("罠の見回り"), *[line(text) for text in texts]]))
    assert [(s.heading, s.text) for s in draft.sections] == [
        ("課題", "①担い手の不足\n②獣害"),
        ("見えてきた課題", "電波の届かない谷がある\n取組 を広げる話を聞いた。"),
    ]


def test_labels_across_the_top_of_a_table() -> None:
    (draft,) = split(
        deck(
            [
                title("会議録"),
                row("課題", "取組", "効果"),
                row("残業が続いた。", "AIが下書き。", "半減。"),
            ]
        )
    )
    assert [(s.heading, s.text) for s in draft.sections] == [
        ("課題", "残業が続いた。"), ("取組", "AIが下書き。"), ("効果", "半減。"),
    ]  # fmt: skip


def test_sentence_cut_by_the_page_stays_whole_and_the_next_page_is_cited() -> None:
    (draft,) = split(
        deck(
            [title("報告"), line("窓口の待ち時間を短くするため、予約制を入れ、混雑を")],
            [line("見える化した。"), line("来年度は全庁に広げる。")],
        )
    )
    assert [(s.page, s.text) for s in draft.sections] == [
        (1, "窓口の待ち時間を短くするため、予約制を入れ、混雑を\n見える化した。"),
        (2, "来年度は全庁に広げる。"),
    ]


def test_note_is_one_case_whatever_it_names() -> None:
    (draft,) = split(
        note(
            head("松本市の会議録", 1),
            head("松本市", 2), line("AIを使う。"),
            head("飯田市", 2), line("同じ仕組みを使う。"),
        )
    )  # fmt: skip
    assert (draft.title, draft.pages) == ("松本市の会議録", None)
    assert [s.heading for s in draft.sections] == ["松本市", "飯田市"]


def test_title_given_by_people_wins_and_the_file_name_comes_last() -> None:
    assert split(note(head("見出し", 1), line("本文。"), title="題名"))[0].title == "題名"
    text = line(
        "六十字を超える長い一文で始まる文書には題名にできる行がないので、ファイルの名前を題名の代わりに使うことになるのであり、これはその例。"
    )
    assert split(note(text, default_title="memo 2024"))[0].title == "memo 2024"


def test_title_of_the_file_counts_when_the_text_bears_it_out() -> None:
    pages = [title("本編", 28), line("窓口の予約制を全庁に広げる方針を定める。")]
    assert split(deck(pages, document_title="窓口の予約制の方針"))[0].title == "窓口の予約制の方針"
    assert split(deck(pages, document_title="平成十年度議事録のひな形"))[0].title == "本編"
    assert split(deck(pages, document_title="(anonymous)"))[0].title == "本編"


def test_nothing_read_gives_no_case() -> None:
    assert split(deck([line("  ")])) == ()
    assert split(Extract("test", ())) == ()


def test_every_word_of_a_deck_is_in_a_section_or_a_title() -> None:
    extract = deck(
        [title("取組集", 28), line("2024年8月")],
        [title("① 松本市：会議録"), row("課題", "残業が続いた。"), row("補足", "雪の多い年だった。")],
        [title("② 飯田市：予約"), line("地域の足"), row("課題", "電話が混んだ。"), line("※ 試行中")],
    )  # fmt: skip
    told = "".join(
        d.title + "".join(s.heading + s.text for s in d.sections) for d in split(extract)
    )
    for text in ("2024年8月", "残業が続いた。", "雪の多い年だった。", "地域の足", "試行中", "補足"):
        assert text in told
