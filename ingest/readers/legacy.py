"""Old Office, OpenDocument, RTF and 一太郎: LibreOffice converts them, the readers of today read them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from ingest.page import Extract
from ingest.readers import excel, powerpoint, word
from ingest.readers.content import OLE, ZIP, Content, has_stream
from ingest.readers.formats import Format
from ingest.readers.legacy_locks import is_locked
from kb.base.errors import ReadError

SECONDS = 90.0
"""A conversion that takes longer is ended; less than what a whole file may take in the worker."""

_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
)
_MODERN = {f.name: f for f in (word.FORMAT, excel.FORMAT, powerpoint.FORMAT)}
_FILTERS = {
    "docx": "MS Word 2007 XML",
    "xlsx": "Calc MS Excel 2007 XML",
    "pptx": "Impress MS PowerPoint 2007 XML",
}
_STREAMS = {
    "WordDocument": "docx",
    "Workbook": "xlsx",
    "Book": "xlsx",
    "PowerPoint Document": "pptx",
}
_SUFFIXES = {
    **dict.fromkeys((".xls", ".ods", ".xlsb", ".xlt", ".ots"), "xlsx"),
    **dict.fromkeys((".ppt", ".odp", ".pps", ".pot", ".otp"), "pptx"),
}
_MIMETYPES = {b"opendocument.spreadsheet": "xlsx", b"opendocument.presentation": "pptx",
              b"opendocument.text": "docx"}  # fmt: skip
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."  # OpenDocument 1.3, part 2, 3.3: at byte 38
_JUSTSYSTEM = (".jtd", ".jtt")
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
"""No macros run, and nothing that a document links to is fetched."""


def _is_legacy(content: Content) -> bool:
    """Old Office by its streams, OpenDocument by its first member, Word and Excel 2003 XML; of any other
    compound file, such as a saved mail, only what its name says is known."""
    if content.is_zip:
        return "xl/workbook.bin" in content.members or _OPEN_DOCUMENT in content.data[:200]
    if content.is_ole:
        return content.suffix in FORMAT.suffixes or content.has_stream(*_STREAMS)
    return content.data.startswith(b"{\\rtf") or "<?mso-application" in content.head


FORMAT = Format(
    "legacy",
    (".doc", ".xls", ".ppt", ".rtf", ".odt", ".ods", ".odp", *_JUSTSYSTEM),
    "ingest.readers.legacy:read_legacy",
    _is_legacy,
)


def read_legacy(path: Path, content: bytes, password: str | None = None) -> Extract:
    """A file of an older format, as the reader of its modern one sees it.

    Raises ReadError: ``libreoffice`` (not installed), ``password``, ``unsupported`` (this LibreOffice
    knows no such format), ``timeout`` or ``damaged``, and what the modern reader raises.
    """
    if is_locked(content):  # OpenDocument; an Office file would be open by now
        raise ReadError("read.password")
    office = find_office()
    suffix = path.suffix.lower()
    if office is None:
        raise ReadError(
            "read.libreoffice.ichitaro" if suffix in _JUSTSYSTEM else "read.libreoffice"
        )
    target = target_of(content, suffix)
    converted = _convert(office, content, suffix, target)
    if converted is None:
        raise _not_converted(suffix)
    read = _MODERN[target].load()
    return replace(read(path, converted, None), reader="legacy", sheets=target == "xlsx")


def find_office() -> Path | None:
    """LibreOffice's command, None when it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return Path(found)
    return next((Path(place) for place in _PLACES if Path(place).is_file()), None)


def target_of(content: bytes, suffix: str) -> str:
    """The modern format a file becomes: ``docx``, ``xlsx`` or ``pptx``."""
    if content.startswith(OLE):
        kinds = {kind for name, kind in _STREAMS.items() if has_stream(content, name)}
        named = _SUFFIXES.get(suffix, "docx")  # a Word file holds the streams of sheets in it, too
        return named if named in kinds or not kinds else sorted(kinds)[0]
    if content.startswith(ZIP):
        head = content[:200]
        return next((kind for name, kind in _MIMETYPES.items() if name in head), "xlsx")
    if b"Excel.Sheet" in content[:1000]:
        return "xlsx"
    return "docx"


def _convert(office: Path, content: bytes, suffix: str, target: str) -> bytes | None:
    """The file in the modern format, None when LibreOffice makes none of it."""
    with tempfile.TemporaryDirectory(prefix="dxkb-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        settings = work / "profile/user/registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        source = work / f"source{suffix if suffix.isascii() else ''}"
        source.write_bytes(content)
        _run(
            [
                str(office),
                f"-env:UserInstallation={(work / 'profile').as_uri()}",
                "--headless", "--norestore", "--nolockcheck", "--nodefault",
                "--convert-to", f"{target}:{_FILTERS[target]}",
                "--outdir", str(work / "out"),
                str(source),
            ]
        )  # fmt: skip
        result = work / "out" / f"source.{target}"
        return result.read_bytes() if result.is_file() else None


def _run(command: list[str]) -> None:
    """Runs a command to its end, or for ``SECONDS`` and then no more of it is left.

    Raises ReadError("timeout").
    """
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
    )
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ReadError("read.timeout.libreoffice", seconds=SECONDS) from error
    finally:
        if process.returncode is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process with all that it started."""
    if sys.platform == "win32":
        end = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(end, check=False, capture_output=True)  # noqa: S603
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _not_converted(suffix: str) -> ReadError:
    if suffix in _JUSTSYSTEM:
        return ReadError("read.unsupported.ichitaro")
    return ReadError("read.damaged.libreoffice")
