"""A brief in an office's own document: the places it names are filled, the rest stays, and what cannot be
used is said plainly."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from kb.advice.brief_file import PLACES, brief_file
from kb.advice.office.template import BLOCKS, WORDS, in_template
from kb.base.errors import UsageError
from tests.advice.test_brief_files import FOUR

BRIEF = replace(
    FOUR, for_whom="兵庫県多可町", author="県 山田", day="2026-11-28", problem="紙の受付"
)


def made(fill: Callable[[Any], object]) -> bytes:
    document = Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def lines(data: bytes) -> list[str]:
    return [p.text for p in Document(io.BytesIO(data)).paragraphs]


def office(document: Any) -> None:
    document.sections[0].header.paragraphs[0].text = "企画第{{日付}}号"
    line = document.add_paragraph("件名　")
    for piece in ("{", "{題", "名}", "}", "について"):  # as Word cuts it
        line.add_run(piece).bold = piece == "{"
    document.add_paragraph("{{宛先}} 御中（{{作成}}）")
    document.add_paragraph("1 課題")
    document.add_paragraph("{{課題}}")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "所見"
    table.cell(0, 1).text = "{{ 所見 }}"
    document.add_paragraph("2 よそはどうか")
    document.add_paragraph("{{比較}}")
    document.add_paragraph("3 事例")
    document.add_paragraph("｛｛事例｝｝")
    document.add_paragraph("以上")


def test_places_are_filled_and_the_rest_stays() -> None:
    data = in_template(BRIEF, made(office))
    told = lines(data)
    assert "件名　多可町への助言について" in told
    assert "兵庫県多可町 御中（県 山田）" in told
    assert told.index("1 課題") < told.index("紙の受付") < told.index("2 よそはどうか")
    assert any(line.startswith("1. ") for line in told[told.index("3 事例") : told.index("以上")])
    assert told.index("以上") < next(i for i, line in enumerate(told) if line.startswith("[1] ")), (
        "sources"
    )
    document = Document(io.BytesIO(data))
    assert document.sections[0].header.paragraphs[0].text == "企画第2026-11-28号"
    assert "二つの町を訪ねるとよい。" in document.tables[0].cell(0, 1).text
    assert not [line for line in told if "{{" in line]
    body = document.element.body
    order = [e.tag for e in body]
    assert order[-1] == qn("w:sectPr")
    marks = set(body.xpath(".//w:bookmarkStart/@w:name"))
    assert set(body.xpath(".//w:hyperlink/@w:anchor")) <= marks, "every number leads to its source"
    assert in_template(BRIEF, made(office)) == data


def test_content_controls_name_places_too() -> None:
    def fill(document: Any) -> None:
        for name, text in (("title", "ここに題名"), ("本文", "ここに本文")):
            document.element.body.insert(0, parse_xml(
                f'<w:sdt {nsdecls("w")}><w:sdtPr><w:tag w:val="{name}"/></w:sdtPr><w:sdtContent>'
                f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            ))  # fmt: skip

    told = lines(in_template(BRIEF, made(fill)))
    assert "多可町への助言" in told
    assert "財政担当から問われること" in told
    assert not [line for line in told if "ここに" in line]


def test_a_template_without_our_styles_is_as_good() -> None:
    def fill(document: Any) -> None:
        for name in ("Heading 1", "Heading 2", "List Bullet", "Table Grid"):
            style = document.styles[name].element
            style.getparent().remove(style)
        document.add_paragraph("{{本文}}")

    assert "財政担当から問われること" in lines(in_template(BRIEF, made(fill)))


def test_what_is_restricted_is_said_at_the_top() -> None:
    secret = replace(BRIEF, cases=(replace(FOUR.cases[0], visibility="庁内"),))
    assert "庁内" in lines(in_template(secret, made(lambda d: d.add_paragraph("{{事例}}"))))[0]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (b"PK no zip", "Word文書"),
        (b"\xd0\xcf\x11\xe0" * 100, "パスワード"),
        (made(lambda d: d.add_paragraph("様式第1号")), "{{題名}}"),
        (made(lambda d: d.add_paragraph("{{予算}}{{本文}}")), "「予算」"),
        (made(lambda d: d.add_paragraph("別紙 {{本文}}")), "「本文」"),
    ],
)
def test_what_cannot_be_used_is_said(template: bytes, said: str) -> None:
    with pytest.raises(UsageError) as error:
        brief_file(BRIEF, "docx", template)
    assert said in str(error.value)
    assert (
        error.value.message("en").isascii()
        or "{{" in error.value.message("en")
        or "'" in error.value.message("en")
    )


def test_the_screen_names_every_place() -> None:
    assert set(PLACES) == {*WORDS, *BLOCKS}
