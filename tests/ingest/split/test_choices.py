"""Of what a form offers only what is ticked is said; lists with the same signs stay as they are."""

from __future__ import annotations

import pytest

from ingest.page import Block
from ingest.split.choices import chosen, is_mark, is_ticked
from ingest.split.questionnaires import answered
from ingest.split.stages import is_stage, meant_status
from tests.support.pages import flow, head, line, row


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("☑導入済　□検討中　□未定", "導入済"),
        ("□導入済　☑検討中　□未定", "検討中"),
        ("段階：□計画 ■実証 □実装", "段階：実証"),
        ("□有　■無", "無"),
        ("☐ 実装 ☒ 実証 ☐ 計画", "実証"),
        ("（　）実装　（○）実証　（　）計画", "実証"),
        ("( ) 実装  (○) 計画", "計画"),
        ("[x] 導入済み [ ] 検討中", "導入済み"),
        ("□導入済　□検討中　□未定", ""),
        ("レ 導入済　□ 検討中", "導入済"),
        ("有・○無", "無"),
        ("○実装 ・ 実証 ・ 計画", "実装"),
        ("実装・実証・計画", ""),
        ("㊒・無", "有"),
        ("実装⃝・計画", "実装"),
        ("1. はい　2. いいえ　回答：2", "いいえ"),
        ("1.導入済 2.検討中 3.未定 →1", "導入済"),
        ("1 はい　② いいえ", "いいえ"),
        ("ア．実施済み　イ．実施予定　ウ．未実施　（回答：イ）", "実施予定"),
        ("1.はい　2.いいえ", ""),
        ("□導入済\n☑実証中\n□未定", "☑実証中"),
        ("○ 導入済\n✗ 検討中\n✗ 未定", "○ 導入済"),
        ("・　 2020年度中\n・○ 未計画\n・　 公開している", "・○ 未計画"),
        ("1. 導入済み\n2. 検討中\n回答：2", "検討中\n回答：2"),
        ("1 実施済 ②検討中 3 未実施", "検討中"),
        ("1 実施済\n② 検討中\n3 未実施", "② 検討中"),
        ("☑ 窓口の予約\n☐ 議事録の作成\n☐ 農地の見回り", "☑ 窓口の予約"),
        ("- [x] 窓口の予約\n- [ ] 議事録の作成", "- [x] 窓口の予約"),
    ],
)
def test_only_what_is_ticked_is_said(text: str, said: str) -> None:
    assert chosen(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "○予約を始めた\n○電話が減った",
        "■概要\n□申請をフォームで受ける\n■効果\n□電話が減った",
        "●窓口\n○住民票の写しを機械で出す",
        "・窓口の予約\n・申請の電子化",
        "窓口・申請・防災",
        "1. 概要　2. 効果",
        "① 申請を受ける　② 内容を確かめる",
        "□窓口が混む\n□紙が多い",
        "レジを入れ替えた。",
        "10:00-12:00 × 3回",
        "子育て・教育",
        "令和5年度 1.5倍 2.3倍",
        "1. 茂木町の議事録\n■ 背景\n会議が多い。\n2. 竜王町の農地\n■ 背景",
        "1. 目的\n○ 窓口を減らす\n2. 概要\n○ 予約を受ける",
        "（１）組織の課題\n○ 担当を置く\n（２）人の課題\n○ 研修を行う",
        "・補助率は10分の10\n・レジの改修は50万円まで\n・機器は20万円まで",
        "・○○市が始めた\n・電話が減った",
        "○ 待ち時間が減った\n○ 紙が減った\n× 電話が増えた",
        "❌ 紙で回す\n❌ 電話で確かめる",
        "- [x] 予約を始めた。\n- [ ] 町内会に説明する。",
        "・実証実験の実施・本格導入の検討",
        "・◎ 窓口の予約\n・議事録の作成\n・農地の見回り",
        "☐ 個人情報を含まないこと\n☐ 同意を得たこと",
    ],
)
def test_plain_lists_stay(text: str) -> None:
    assert chosen(text) == text


def test_signs_of_choices() -> None:
    assert all(map(is_ticked, ["○", "◯", "☑", "レ", "✓", "[x]", "（○）", "●", "■"]))
    assert all(map(is_mark, ["×", "□", "☐", "[ ]", "（　）", "-", "－"]))
    assert not any(map(is_ticked, ["×", "□", "☐", "", "導入", "-"]))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("実装部門（町・村）", "実装"), ("アイデア部門", "計画"), ("導入済み", "実装"), ("検討中", "計画"),
        ("実証実験中", "実証"), ("導入予定", "計画"), ("未計画", ""), ("未実施", ""), ("導入していない", ""),
        ("予定なし", ""), ("検討していない", ""), ("すでに公開している", "実装"), ("公開していない", ""),
        ("live", "実装"), ("pilot", "実証"), ("planned", "計画"), ("not started", ""),
    ],
)  # fmt: skip
def test_what_a_stage_means(said: str, status: str) -> None:
    assert meant_status(said) == status
    assert is_stage(said)


def _kept(*blocks: Block) -> list[str]:
    return [block.text for page in answered(flow(*blocks)).pages for block in page.blocks]


def test_a_question_is_told_with_its_answer_alone() -> None:
    asked = [
        head("問1 導入の状況をお答えください。", 2), line("※試行を含みます。2020年度の目標は100%です。"),
        line("・　導入済"), line("・○ 検討中"), line("・　未定"),
        head("問2 理由を具体的にお答えください。", 2), line("※問1で「未定」を選んだ場合"),
        head("問3 効果はありましたか。", 2), line("電話が減った。"),
    ]  # fmt: skip
    assert _kept(*asked) == [
        "問1 導入の状況をお答えください。", "・○ 検討中", "問3 効果はありましたか。", "電話が減った。",
    ]  # fmt: skip


def test_a_column_of_marks_drops_the_rows_without_one() -> None:
    rows = [
        row("項目", "該当"),
        row("RPAを導入済み", "○"),
        row("AI-OCRを導入済み", ""),
        row("予定", "×"),
    ]
    assert _kept(*rows) == ["○ RPAを導入済み"]


def test_several_columns_of_marks_become_the_ticked_heads() -> None:
    rows = [row("手続", "導入済", "検討中"), row("転出届", "○", ""), row("住民票", "", "○")]
    assert _kept(*rows) == ["転出届\t導入済", "住民票\t検討中"]


def test_cells_with_choices() -> None:
    assert _kept(row("段階", "□計画　☑実証　□実装"), row("取組", "窓口の予約")) == [
        "段階\t実証", "取組\t窓口の予約",
    ]  # fmt: skip


def test_requests_make_no_questionnaire() -> None:
    guide = [
        head("回答例", 2), line("並べて実施を検討してください。"), line("※費用は別に要る。"),
        line("利用の方針を参考にしてください。"), line("例：窓口の予約"),
        line("詳しくは出典で確かめてください。"), line("・リンクはたどらない"), line("・ファイルを置く"),
    ]  # fmt: skip
    assert _kept(*guide) == [block.text for block in guide]


def test_headings_that_speak_of_choices_ask_for_none() -> None:
    told = [
        head("チェックの流れ", 2), line("1. 受付　2. 審査　3. 交付"),
        head("住民の選択を増やす", 2), line("□窓口が混む"), line("□紙が多い"),
        head("何が変わった？", 2), line("○ 電話が減った"), line("× 郵便が増えた"),
    ]  # fmt: skip
    assert _kept(*told) == [block.text for block in told]


def test_an_instruction_makes_a_choice() -> None:
    asked = [line("該当するものに○をつけてください"), line("1. 窓口の予約"), line("②　議事録の作成"), line("3. 農地の見回り")]  # fmt: skip
    assert _kept(*asked) == ["該当するものに○をつけてください", "②　議事録の作成"]


def test_tables_that_compare_keep_their_rows() -> None:
    tasks = [
        row("課題", "重要", "対策"), row("電話が多い", "○", "予約を受ける"), row("紙が多い", "", "画面で書く"),
    ]  # fmt: skip
    assert _kept(*tasks) == [block.text for block in tasks]
    figures = [
        row("年度", "件数", "備考"),
        row("令和5年度", "120", "-"),
        row("令和6年度", "240", "-"),
    ]
    assert _kept(*figures) == [block.text for block in figures]
    tools = [row("機能", "甲社", "乙社"), row("予約", "○", "×"), row("多言語", "×", "×")]
    assert _kept(*tools) == [block.text for block in tools]
