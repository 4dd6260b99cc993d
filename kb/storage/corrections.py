"""What people corrected about single cases: a list at the end of the sidecar, each entry a line.

The list only grows. It is the history, and the last entry for a value is what counts; an entry
without a value goes back to what was read. As the sidecar lies beside the document, corrections
outlive the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.base.bounded_yaml import as_mapping
from kb.base.errors import ReadError, UsageError
from kb.base.record import ABOUT
from kb.base.types import Case
from kb.storage.sidecar import as_yaml, change, load_values, parse, sidecar_path

KEY = "corrections"
"""Of the sidecar."""

NAMES = tuple(name for name, about in ABOUT.items() if about.is_correctable)
"""What can be corrected."""

TITLE_AS_READ = "title_as_read"
"""Name of the evidence that keeps the title of a case whose title was corrected."""

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
            page=int(page) if (page := str(entry.get("page"))).isdecimal() else None,
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
    try:
        return corrections(load_values(document))
    except ReadError as error:
        raise UsageError(error.told) from error


def password(document: Path) -> str | None:
    """What the sidecar says opens the file; None when it says nothing or cannot be read."""
    try:
        given = load_values(document).get("password")
    except ReadError:
        return None
    return str(given) if given else None


def append(document: Path, added: Sequence[Correction]) -> None:
    """Writes corrections to the end of the sidecar of ``document``; what people wrote there stays as
    it is. Raises UsageError, DxkbError naming the sidecar."""
    name = sidecar_path(document).name
    try:
        change(document, lambda text: _appended(text, added, name))
    except ReadError as error:
        raise UsageError(error.told) from error


def _appended(text: str, added: Sequence[Correction], name: str) -> str:
    before = _said(text, name)
    lines = "".join(f"- {_line(c)}\n" for c in added)
    joined = text + ("" if not text or text.endswith("\n") else "\n")
    joined += lines if KEY in before else _HEAD + lines
    if corrections(_said(joined, name)) != (*corrections(before), *added):
        raise UsageError("usage.sidecar_corrections", name=name, key=KEY)
    return joined


def _said(text: str, name: str) -> dict[str, object]:
    return as_mapping(parse(text.encode("utf-8"), name))


def _line(correction: Correction) -> str:
    return as_yaml(
        {
            "case": correction.case,
            "page": correction.page,
            "name": correction.name,
            "value": correction.value,
            "before": correction.before,
            "at": correction.at,
        }
    )
