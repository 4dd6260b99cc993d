"""What people corrected about single cases: a list at the end of the sidecar, each entry a line.

The list only grows. It is the history, and the last entry for a value is what counts; an entry
without a value goes back to what was read. As the sidecar lies beside the document, corrections
outlive the index.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from kb.base.errors import DxkbError, UsageError
from kb.base.types import Case

KEY = "corrections"
"""Of the sidecar."""

NAMES = ("title", "municipality", "field", "year", "status", "tools")
"""What can be corrected."""

TITLE_AS_READ = "title_as_read"
"""Name of the evidence that keeps the title of a case whose title was corrected."""

_writing = threading.Lock()  # two people may correct at once
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_HEAD = (
    "\n# 画面からの訂正。一番下に書き足されていきます。取り消すには画面の「読み取った値に戻す」を押すか、"
    f"その行を消してください。\n{KEY}:\n"
)


@dataclass(frozen=True, slots=True)
class Correction:
    """``name`` of the case with the title ``case`` (as read) that begins on ``page`` became
    ``value``, which was ``before``; "" is what was read. ``at`` is UTC, ISO 8601."""

    case: str
    page: int | None
    name: str
    value: str
    before: str = ""
    at: str = ""


def corrections(values: Mapping[str, object]) -> tuple[Correction, ...]:
    """The usable entries among the values of a sidecar, oldest first."""
    entries = values.get(KEY)
    if not isinstance(entries, list):
        return ()
    return tuple(
        Correction(
            case=str(entry["case"]),
            page=entry["page"] if isinstance(entry.get("page"), int) else None,
            name=entry["name"],
            value=str(entry.get("value") or "").strip(),
            before=str(entry.get("before") or ""),
            at=str(entry.get("at") or ""),
        )
        for entry in entries
        if isinstance(entry, dict) and entry.get("name") in NAMES and entry.get("case")
    )


def concerning(
    history: Sequence[Correction], title: str, page: int | None, alone: bool
) -> tuple[Correction, ...]:
    """Those for the case that was read as ``title`` on ``page``; all of them when the document has
    no other case."""
    return tuple(c for c in history if alone or (c.case == title and c.page in (None, page)))


def in_force(history: Sequence[Correction]) -> dict[str, Correction]:
    """By name, the corrections that count."""
    last = {correction.name: correction for correction in history}
    return {name: correction for name, correction in last.items() if correction.value}


def read_title(case: Case) -> str:
    """The title that was read, whatever it was corrected to."""
    return next((e.value for e in case.evidence if e.name == TITLE_AS_READ), case.title)


def load(document: Path) -> tuple[Correction, ...]:
    """All corrections of a file. Raises UsageError when its sidecar cannot be read."""
    return corrections(_values(_sidecar(document), _text(_sidecar(document))))


def password(document: Path) -> str | None:
    """What the sidecar says opens the file; None when it says nothing or cannot be read."""
    try:
        given = _values(_sidecar(document), _text(_sidecar(document))).get("password")
    except UsageError:
        return None
    return str(given) if given else None


def append(document: Path, added: Sequence[Correction]) -> None:
    """Writes corrections to the end of the sidecar of ``document``; what people wrote there stays as
    it is. Raises UsageError, DxkbError naming the sidecar."""
    with _writing:
        _append(_sidecar(document), added)


def _append(sidecar: Path, added: Sequence[Correction]) -> None:
    text = _text(sidecar)
    before = _values(sidecar, text)
    lines = "".join(f"- {_line(c)}\n" for c in added)
    joined = text + ("" if not text or text.endswith("\n") else "\n")
    joined += lines if KEY in before else _HEAD + lines
    if corrections(_values(sidecar, joined)) != (*corrections(before), *added):
        raise UsageError(
            f"付属ファイル {sidecar.name} に書き足せません。「{KEY}:」の並びを一番下に移してください。",
            f"Cannot add to {sidecar.name}: move the list '{KEY}:' to its end.",
        )
    try:
        _replace(sidecar, joined)
    except OSError as error:
        raise DxkbError(
            f"付属ファイル {sidecar.name} に書き込めません（{error.strerror}）。資料フォルダの権限を確認して"
            "ください。",
            f"Cannot write {sidecar.name} ({error.strerror}). Check the corpus folder's permissions.",
        ) from error


def _line(correction: Correction) -> str:
    """JSON, which is YAML but for some characters that YAML wants escaped."""
    entry = {
        "case": correction.case,
        "page": correction.page,
        "name": correction.name,
        "value": correction.value,
        "before": correction.before,
        "at": correction.at,
    }
    text = json.dumps(entry, ensure_ascii=False)
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _sidecar(document: Path) -> Path:
    return document.with_name(document.name + ".yaml")


def _text(sidecar: Path) -> str:
    try:
        return sidecar.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(sidecar) from error


def _values(sidecar: Path, text: str) -> Mapping[str, object]:
    try:
        values = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise _unreadable(sidecar) from error
    if not isinstance(values, dict):
        raise _unreadable(sidecar)
    return values


def _unreadable(sidecar: Path) -> UsageError:
    return UsageError(
        f"付属ファイル {sidecar.name} を読めません。「項目: 値」の形か、UTF-8で保存されているかを確認してください。",
        f"The sidecar {sidecar.name} cannot be read. Check 'key: value' and UTF-8.",
    )


def _replace(path: Path, text: str) -> None:
    """Writes aside, under a name that the ingest ignores, and renames when it is whole."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path.exists():
            Path(aside).chmod(path.stat().st_mode & 0o777)
        else:
            Path(aside).chmod(0o644)
        Path(aside).replace(path)
    finally:
        Path(aside).unlink(missing_ok=True)
