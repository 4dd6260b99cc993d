"""Office files that are the same bytes whenever they are made, and text they can hold."""

from __future__ import annotations

import io
import re
import zipfile

_DAY = (2020, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</)")
# What XML 1.0 cannot say, not even escaped: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """``text`` without the characters that no XML file can hold."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def timeless(data: bytes) -> bytes:
    """The Office file ``data`` with every time in it set to one day, the same for all."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in given.namelist():
            part = given.read(name)
            if name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>2020-01-01T00:00:00Z\g<3>", part)
            fixed.writestr(zipfile.ZipInfo(name, _DAY), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
