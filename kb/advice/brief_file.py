"""The brief as a file of the kind that its name asks for."""

from __future__ import annotations

from dataclasses import dataclass

from kb.advice.brief import Brief
from kb.advice.brief_markdown import markdown
from kb.base.errors import UsageError

PLACES = (
    "題名", "宛先", "作成", "日付", "本文", "課題", "所見", "比較", "問われること", "事例", "確かめること", "出典",
)  # fmt: skip
"""What a template can name (kb/advice/office/template.py)."""

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class BriefFile:
    """Bytes and their media type."""

    data: bytes
    mimetype: str


def brief_file(brief: Brief, kind: str, template: bytes = b"") -> BriefFile:
    """``brief`` as ``kind``: docx (in a ``template``, if one is given), xlsx or md. Raises UsageError for any
    other, and for a template that cannot be used."""
    if kind == "docx" and template:
        from kb.advice.office.template import in_template

        return BriefFile(in_template(brief, template), f"{_OFFICE}.wordprocessingml.document")
    if kind == "docx":
        from kb.advice.brief_word import word

        return BriefFile(word(brief), f"{_OFFICE}.wordprocessingml.document")
    if kind == "xlsx":
        from kb.advice.brief_excel import excel

        return BriefFile(excel(brief), f"{_OFFICE}.spreadsheetml.sheet")
    if kind == "md":
        return BriefFile(markdown(brief).encode(), "text/markdown; charset=utf-8")
    raise UsageError("usage.brief_kind", kind=kind)
