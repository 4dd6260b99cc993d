"""Word files built part by part, so that tests can say exactly what stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_ROOTS = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes",
          "endnotes": "endnotes", "comments": "comments", "header1": "hdr", "header2": "hdr",
          "footer1": "ftr", "chart1": "c:chartSpace", "diagram1": "dgm:dataModel"}  # fmt: skip
_KINDS = {"header1": "header", "header2": "header", "footer1": "footer", "chart1": "chart",
          "diagram1": "diagramData"}  # fmt: skip


def word(body: str, *, core: str = "", pages: int | None = None, **parts: str) -> bytes:
    """A .docx with this ``w:body`` and these parts (``styles``, ``header1``, ``chart1`` …)."""
    members = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _rels({"d": ("officeDocument", "word/document.xml")}),
        "word/_rels/document.xml.rels": _rels(
            {name: (_KINDS.get(name, name), f"{name}.xml") for name in parts}
        ),
        "word/document.xml": f"<w:document {_NS}><w:body>{body}</w:body></w:document>",
    }
    for name, inside in parts.items():
        tag = _ROOTS[name] if ":" in _ROOTS[name] else f"w:{_ROOTS[name]}"
        members[f"word/{name}.xml"] = f"<{tag} {_NS}>{inside}</{tag}>"
    if core:
        members["docProps/core.xml"] = (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
            f"{core}</cp:coreProperties>"
        )
    if pages is not None:
        members["docProps/app.xml"] = (
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
            f"<Pages>{pages}</Pages></Properties>"
        )
    return zipped(members)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive of these members, compressed but for ``mimetype``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in members.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, inside, stored)
    return out.getvalue()


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text, run)}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tbl(*rows: tuple[str, ...]) -> str:
    """A table; a cell is its text, or markup of paragraphs, after cell properties in ``w:tcPr``."""
    return (
        "<w:tbl>" + "".join(f"<w:tr>{''.join(map(_cell, row))}</w:tr>" for row in rows) + "</w:tbl>"
    )


def _cell(inside: str) -> str:
    return f"<w:tc>{inside if inside.startswith('<') else p(inside)}</w:tc>"


def _rels(targets: dict[str, tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="{key}" Type="{_REL}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
