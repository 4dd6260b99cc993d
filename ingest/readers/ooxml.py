"""The package of an Office Open XML file: its parts as trees, read without trusting any of them."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ingest.readers.content import too_large
from ingest.readers.drawing import DRAWING as _A
from ingest.readers.titles import means_something
from kb.base.errors import ReadError
from kb.base.messages import Message, message

PART_BYTES = 64 * 2**20
"""Unpacked bytes of the largest part that is parsed; a thousand pages of Word take about 20 MiB."""

_ELEMENTS = 6_000_000  # tags in one part: about 120 bytes of memory each in libxml2
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (  # ISO/IEC 29500-1 (strict) names the same things otherwise than -4 (transitional)
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
)  # fmt: skip
_COMMENTS = re.compile(
    r"(?:word/comments|xl/comments\d*|xl/comments/comment\d+|ppt/comments/[^/]+)\.xml$"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


class Package:
    """Parts by name. Raises ReadError("damaged") when it is no sound archive."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self.names = frozenset(self._archive.namelist())
        except _BROKEN as error:
            raise damaged() from error

    def tree(self, name: str) -> Any:
        """The root element of a part, None when there is no such part.

        Raises ReadError: ``damaged``, ``too_large`` or ``password``.
        """
        if name not in self.names:
            return None
        try:
            info = self._archive.getinfo(name)
            if info.file_size > PART_BYTES:
                raise too_large()
            if info.flag_bits & 1:  # encrypted by ZIP itself: no Office file is
                raise damaged()
            data = self._archive.read(name)
        except _BROKEN as error:
            raise damaged() from error
        return parse(data)

    def bounded(self) -> None:
        """Raises ReadError("too_large") when any part unpacks to more than is ever parsed."""
        if any(
            i.file_size > PART_BYTES
            for i in self._archive.infolist()
            if i.filename.endswith(".xml")
        ):
            raise too_large()

    def main(self) -> str:
        """The name of the main part."""
        for kind, target in self.related("").values():
            if kind == "officeDocument" and target in self.names:
                return target
        raise damaged()

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: (kind, name of the part) by id; "" asks for the package itself."""
        folder, _, name = part.rpartition("/")
        root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for item in root.iter(_RELATION) if root is not None else ():
            if item.get("TargetMode") != "External":
                kind = item.get("Type", "").rpartition("/")[2]
                target = posixpath.join("/", folder, unquote(item.get("Target", "")))
                found[item.get("Id", "")] = (kind, posixpath.normpath(target).lstrip("/"))
        return found

    def describe(self) -> dict[str, object]:
        """``document_title`` when it means something and ``created`` (ISO date), as the file says."""
        values: dict[str, object] = {}
        core = self._readable("docProps/core.xml")
        for item in core.iter(etree.Element) if core is not None else ():
            name, text = etree.QName(item).localname, (item.text or "").strip()
            if name == "title" and text and means_something(text):
                values["document_title"] = text
            elif name == "created" and (date := _DATE.match(text)):
                values["created"] = date[0]
        return values

    def unread_comments(self) -> tuple[Message, ...]:
        """A warning when there are comments: they are no part of what is printed."""
        roots = [self._readable(name) for name in self.names if _COMMENTS.match(name)]
        count = sum(
            1 for root in roots if root is not None for _ in root.iter("{*}comment", "{*}cm")
        )
        if not count:
            return ()
        return (message("warn.comments", n=count),)

    def stated_pages(self) -> int | None:
        """The number of pages that the producer counted when it saved the file."""
        root = self._readable("docProps/app.xml")
        found = root.findtext("{*}Pages", "") if root is not None else ""
        return int(found) if found.isdecimal() and len(found) < 6 else None

    def nothing(self, pictures: str, code: str) -> ReadError:
        """The error for a file without text: ``code`` when its folder ``pictures`` holds some."""
        is_drawn = any(name.startswith(pictures) for name in self.names)
        return ReadError(code if is_drawn else "read.empty")

    def _readable(self, name: str) -> Any:
        """The root of a part that can be done without, None when it is damaged."""
        try:
            return self.tree(name)
        except ReadError:
            return None


def parse(data: bytes) -> Any:
    """The root element of a part's bytes; entities, DTDs and the network stay closed.

    Raises ReadError: ``damaged`` or ``too_large``.
    """
    if data.count(b"<") > _ELEMENTS:
        raise too_large()
    if b"purl.oclc.org" in data:
        for strict, transitional in _STRICT:
            data = data.replace(strict, transitional)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise damaged() from error


def without_struck(root: Any) -> list[str]:
    """Takes the struck-out runs of shapes (DrawingML) out of a tree and returns what they said."""
    struck = [
        run
        for run in root.iter(f"{_A}r", f"{_A}fld")
        if (look := run.find(f"{_A}rPr")) is not None
        and look.get("strike", "noStrike") != "noStrike"
    ]
    for run in struck:
        run.getparent().remove(run)
    return ["".join(run.itertext()).strip() for run in struck]


def damaged() -> ReadError:
    """The error for an Office file that cannot be opened."""
    return ReadError("read.damaged.office")
