"""Fail closed: what looks like a restriction and is not understood is 庁内, and its line is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.flow.pipeline import ingest
from ingest.readers import read
from kb.base.bounded_yaml import as_mapping, read_entries
from kb.base.config import Settings
from kb.base.messages import render
from kb.base.types import Viewer
from kb.base.visibility import visibility
from kb.storage.store import Store


def of(text: str) -> tuple[str, list[str]]:
    label, doubts = visibility(as_mapping(read_entries(text)))
    return label, list(map(render, doubts))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("title: a", "公開"), ("公開日: 2024-01-01", "公開"), ("公開URL: https://a.jp", "公開"),
        ("visibility: 公開", "公開"), ("VISIBILITY: Public", "公開"), ("公開範囲: 庁内", "庁内"),
        ("title: a\n公開範囲：庁内\nyear: 2024", "庁内"), ("公開範囲　：　県内", "県内"),
        ("visibility: 【庁内】", "庁内"), ("visibility: 「県内」", "県内"), ("visibility: 総務課", "総務課"),
    ],
)  # fmt: skip
def test_what_is_understood(text: str, label: str) -> None:
    assert of(text) == (label, [])


@pytest.mark.parametrize(
    "entry",
    [
        "visibilty: 庁内", "visiblity: 公開", "visibillity: 県内", "公開の範囲: 庁内", "閲覧範囲: 課内",
        "取扱: 注意", "取り扱い: 部外秘", "visibility: 庁内限り", "visibility: 部外秘", "visibility: 取扱注意",
        "visibility: [庁内, 県内]", "visibility: {a: 庁内}", "visibility: 非公開", "visibility: internal",
        "visibility:", "visibility: 公開しない", "機密性: 2", "公開 範囲: 取扱注意", "access: 庁内", "備考: 庁内限り",
        "区分: 【部外秘】", "sensitivity: high", "公開 範囲: 県内", "vissbility: 県内", "memo: Confidential",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_held_and_told(entry: str) -> None:
    label, doubts = of(f"title: a\n{entry}\n")
    assert label == "庁内"
    assert len(doubts) == 1
    assert "「" in doubts[0]


def test_what_is_told_names_the_line_and_the_word() -> None:
    assert of("title: a\nvissbility: 県内")[1][0].startswith("2行目の「vissbility」")
    assert of("title: a\nvisibility: 庁内限り")[1][0].startswith("2行目の「visibility」")
    for head in ({"閲覧範囲": "課内"}, {"visibility": "庁内限り"}):  # no file has these lines
        (doubt,) = visibility(head)[1]
        assert render(doubt).startswith(f"「{next(iter(head))}」")


def test_a_title_and_what_is_no_text_restrict_nothing() -> None:
    assert visibility({"default_title": "庁内限り", "回数": 3, "日": None}) == ("公開", ())


@pytest.mark.parametrize(
    ("head", "label"),
    [
        ("+++\ntitle = '窓口'\nvisibility = '庁内'\n+++", "庁内"),
        ("- - -\nvisibility: 庁内\n- - -", "庁内"),
        ("```yaml\n公開範囲: 庁内限り\n```", "庁内"),
        ("> 公開範囲：県内", "県内"),
        ("公開範囲：全市民", "公開"),
        ("# 窓口\n\n庁内の窓口。", "公開"),
    ],
)
def test_a_label_at_the_head_counts_however_it_is_fenced(
    tmp_path: Path, head: str, label: str
) -> None:
    (tmp_path / "a.md").write_text(f"{head}\n\n## 取組\n\n窓口を変えた。\n", encoding="utf-8")
    assert visibility(read(tmp_path / "a.md").front_matter)[0] == label


def test_a_label_that_cannot_be_read_any_more_hides_what_was_read_before(
    settings: Settings,
) -> None:
    text = (
        "\n\n---\ntitle: 窓口\nvisibility: {}\n---\n## 取組\n\n宍粟市は窓口での書類を減らした。\n"
    )
    note = settings.corpus / "a.md"
    seen = []
    for label in ("公開", "庁内", "公開", "庁内限り", "公開", "[庁内"):
        note.write_text(text.format(label), encoding="utf-8")
        ingest(settings)
        seen.append(len(Store.open(settings).ledger(Viewer.of())))
    assert seen == [1, 0, 1, 0, 1, 0]


def test_two_documents_whose_labels_cannot_be_read_any_more(settings: Settings) -> None:
    for label in ("公開", "[庁内"):
        for name in ("a", "b"):
            text = f"---\nvisibility: {label}\n---\n# {name}の窓口\n\n宍粟市は書類を減らした。\n"
            (settings.corpus / f"{name}.md").write_text(text, encoding="utf-8")
        ingest(settings)
    assert not Store.open(settings).ledger(Viewer.of())
