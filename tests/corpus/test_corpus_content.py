"""The documents that ship with the product say what they should, and in our own words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml

from kb.places.gazetteer import load_gazetteer
from tests.paths import ROOT, SHARED

CORPUS = ROOT / "corpus"
TEMPLATE = ROOT / "docs" / "templates" / "note.md"
DECK = CORPUS / "decks" / "online-forms_small-municipalities.pdf"
KEYS = {
    "title", "municipality", "prefecture", "municipality_code", "field", "year", "tools",
    "source_title", "source_url", "visibility", "status", "cost", "funding", "contact", "checked",
}  # fmt: skip
FIELDS = {
    "窓口", "申請", "保健福祉", "子育て", "観光", "教育", "農林水産", "配送・物流", "防災", "交通",
    "産業", "庁内業務", "住民サービス", "データ利活用", "インフラ", "人材・体制", "その他",
}  # fmt: skip
NOTE_HEADINGS = ["背景・課題", "取組", "効果", "工夫・留意点", "推進体制", "費用"]
LONGEST_QUOTE = 39
"""Characters a note may share with the seed deck in one run: names of programmes are that long."""

NOTES = sorted((CORPUS / "notes").glob("*.md"))
HYOGO = sorted((CORPUS / "hyogo").glob("*.md"))
by_name = pytest.mark.parametrize("path", NOTES + HYOGO, ids=lambda path: path.stem)


def split(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body of a note."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def headings(body: str) -> list[str]:
    return re.findall(r"^## (.+)$", body, flags=re.MULTILINE)


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


@cache
def runs_of_the_seed_deck(length: int) -> frozenset[str]:
    [seed] = (SHARED / "seed").glob("*.txt")
    text = squeeze(seed.read_text(encoding="utf-8"))
    return frozenset(text[i : i + length] for i in range(len(text) - length + 1))


def test_all_notes_are_there() -> None:
    assert (len(NOTES), len(HYOGO)) == (276, 8)


@by_name
def test_front_matter_is_valid(path: Path) -> None:
    meta, _ = split(path)
    assert set(meta) <= KEYS
    assert {"title", "field", "source_title", "source_url", "visibility"} <= set(meta)
    assert meta["field"] in FIELDS
    assert meta["visibility"] == "公開"
    assert meta.get("status", "計画") in {"計画", "実証", "実装", "終了"}
    assert re.match(r"https?://\S+$", meta["source_url"])
    assert 2000 <= meta.get("year", 2024) <= 2026
    assert all(isinstance(tool, str) for tool in meta.get("tools", ["kintone"]))


@by_name
def test_title_says_what_was_done_and_by_whom(path: Path) -> None:
    meta, _ = split(path)
    assert 15 <= len(meta["title"]) <= 60
    if "municipality" in meta:
        assert meta["title"].endswith(f"（{meta['municipality']}）")


@by_name
def test_code_names_the_municipality(path: Path) -> None:
    meta, _ = split(path)
    code = meta.get("municipality_code")
    if code is None:
        assert "municipality" not in meta
        return
    place = load_gazetteer().by_code(code)
    assert place is not None
    assert (place.prefecture, place.name) == (meta["prefecture"], meta["municipality"])


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_notes_have_one_style(path: Path) -> None:
    meta, body = split(path)
    said = re.sub(r"https?://[^\s（）]+", "", body)
    assert not re.search(r"[(){}～]|^[・*]", said + meta["title"], flags=re.MULTILINE)
    assert not re.search(r"(?<![\d,.])\d{4,}(?:人|件|円|万|世帯|台|冊)", said + meta["title"])
    assert not re.search(r"^(?!- ).+\n- ", body, flags=re.MULTILINE)  # a blank line before a list
    assert meta.get("checked") is None  # nobody has confirmed one on the spot


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_cost_and_funding_are_what_the_note_states(path: Path) -> None:
    meta, body = split(path)
    for name in ("cost", "funding"):
        told = set(re.findall(r"\d[\d,.]*(?:億|万|千|%|円|台|冊|人)", str(meta.get(name, ""))))
        assert told <= set(re.findall(r"\d[\d,.]*(?:億|万|千|%|円|台|冊|人)", body)), name
    for word in re.findall(r"[一-龥ァ-ヶー]{4,}", str(meta.get("funding", ""))):
        assert word in body, word


@by_name
def test_every_section_has_a_heading_and_a_text(path: Path) -> None:
    _, body = split(path)
    before, *sections = re.split(r"^## ", body, flags=re.MULTILINE)
    assert not before.strip()
    assert sections
    for section in sections:
        heading, _, text = section.partition("\n")
        assert heading.strip()
        assert len(text.strip()) >= 10, heading
        assert not re.search(r"^#", text, flags=re.MULTILINE)


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_notes_keep_one_order_of_sections(path: Path) -> None:
    _, body = split(path)
    found = headings(body)
    assert "取組" in found
    assert found == [heading for heading in NOTE_HEADINGS if heading in found]


@by_name
def test_notes_are_in_our_own_words(path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("needs ../shared/seed")
    known = runs_of_the_seed_deck(LONGEST_QUOTE + 1)
    text = squeeze(path.read_text(encoding="utf-8"))
    ours = {text[i : i + LONGEST_QUOTE + 1] for i in range(len(text) - LONGEST_QUOTE)}
    assert not ours & known


def test_template_has_every_key_and_every_heading() -> None:
    meta, body = split(TEMPLATE)
    assert set(meta) == KEYS
    assert meta["field"] in FIELDS
    assert headings(body) == NOTE_HEADINGS


def test_guide_shows_the_template_and_explains_every_key_and_field() -> None:
    guide = (CORPUS / "README.md").read_text(encoding="utf-8")
    assert f"```markdown\n{TEMPLATE.read_text(encoding='utf-8')}```" in guide
    assert all(f"| `{key}` |" in guide for key in KEYS)
    [listed] = re.findall(r"^分野：(.+)$", guide, flags=re.MULTILINE)
    assert set(listed.split("、")) == FIELDS


def test_deck_is_small_and_says_what_its_source_says() -> None:
    content = yaml.safe_load((ROOT / "scripts" / "deck.yaml").read_text(encoding="utf-8"))
    assert DECK.name == content["file"]
    assert DECK.stat().st_size < 1_000_000
    pages = deck_pages()
    assert len(pages) == len(content["cases"]) + 3
    assert squeeze(content["title"]) in pages[0]
    for number, (case, page) in enumerate(zip(content["cases"], pages[2:-1], strict=True)):
        assert f"{chr(ord('①') + number)}{case['name']}：{squeeze(case['heading'])}" in page
        for label, text in case["rows"].items():
            assert label in page
            lines = text if isinstance(text, list) else [text]
            assert all(squeeze(line) in page for line in lines)
    assert f"{len(pages)}/{len(pages)}" in pages[-1]


def test_deck_facts_come_from_the_notes() -> None:
    content = yaml.safe_load((ROOT / "scripts" / "deck.yaml").read_text(encoding="utf-8"))
    for case in content["cases"]:
        meta, body = split(CORPUS / "notes" / case["note"])
        assert (meta["municipality"], meta["municipality_code"]) == (case["name"], case["code"])
        assert meta.get("year") == case.get("year")
        said = set(re.findall(r"\d[\d,.]*", f"{meta} {body}"))
        assert set(re.findall(r"\d[\d,.]*", str(case["rows"]))) <= said, case["name"]


def deck_pages() -> list[str]:
    """Text of the deck's pages without white space."""
    with pypdfium2.PdfDocument(DECK) as document:
        return [squeeze(page.get_textpage().get_text_range()) for page in document]
