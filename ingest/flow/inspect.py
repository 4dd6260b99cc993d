"""What the readers make of one file without indexing it, and what of the corpus is not as it was taken in."""

from __future__ import annotations

import errno
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ingest.flow.plan import plan
from ingest.flow.prepare import default_title, require_text, sidecar_values
from ingest.flow.reading import ReadAhead
from ingest.flow.sources import look
from kb.base.config import Settings, load_settings
from kb.base.errors import ReadError
from kb.base.files import open_regular, read_regular, sha256_regular
from kb.base.messages import render
from kb.base.types import CaseDraft
from kb.documents.passwords import unsealed
from kb.storage.database import connect, explained
from kb.storage.sidecar import sidecar_path
from kb.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Compared:
    """The corpus beside the ledger: how many files are the ``same``, ``fresh`` (new or changed) and
    ``gone``; ``damaged`` are those whose bytes changed though their size and time did not."""

    same: int
    fresh: int
    gone: int
    damaged: tuple[str, ...]


def compared(settings: Settings) -> Compared:
    """Compares every file of the corpus, byte for byte, with the ledger. Raises CorpusError, StoreError."""
    seen = look(settings.corpus)
    with explained(settings.place), closing(connect(settings.place)) as connection:
        known = Writer(connection, settings).known_files()
    work = plan(seen.files, known, retry=False)
    damaged = [s.key for s in work.same if known[s.key].sha256 not in ("", _digest(s.path))]
    return Compared(len(work.same) - len(damaged), len(work.fresh), len(work.gone), tuple(damaged))


def _digest(path: Path) -> str:
    """The digest of a file's bytes, of none where they cannot be read."""
    try:
        return sha256_regular(path).hex()
    except OSError:
        return "unreadable"


def inspect(path: Path, lang: str = "ja", settings: Settings | None = None) -> dict[str, object]:
    """Pages, cases and warnings of ``path`` as ``dxkb extract --json`` prints them, warnings in ``lang``.

    Raises ReadError with the reason code when the file cannot be read.
    """
    from ingest.describe.why import choices, left_out

    values = _opened(path)
    kept = values.pop("password", None)
    password = unsealed(settings or load_settings(), str(kept)) if kept else None
    with ReadAhead() as ahead:
        extract = ahead.read(path, password, (settings or load_settings()).ocr)
        front = {"default_title": default_title(path)} | extract.front_matter | values
        drafts, warnings = ahead.describe(replace(extract, front_matter=front))
    require_text(drafts)
    return {
        "path": str(path),
        "reader": extract.reader,
        "pages": [
            {"page": p.number, "text": p.text, "quality": round(p.quality, 4), "ocr": p.ocr}
            for p in extract.pages
        ],
        "cases": list(map(_case, drafts)),
        "choices": choices(extract),
        "struck": [{"page": page, "text": text} for page, text in extract.struck],
        "left_out": left_out(extract, drafts),
        "warnings": [render(told, lang) for told in (*extract.warnings, *warnings)],
    }


def _case(draft: CaseDraft) -> dict[str, object]:
    return {
        "title": draft.title,
        "municipality": draft.municipality or None,
        "prefecture": draft.prefecture or None,
        "pages": list(draft.pages) if draft.pages else None,
        "sections": [
            {"role": s.role, "heading": s.heading, "page": s.page, "text": s.text}
            for s in draft.sections
        ],
        "facts": [asdict(found) for found in draft.evidence],
    }


def page_texts(path: Path) -> list[str]:
    """The text of each page of ``path``. Raises ReadError when it cannot be read."""
    with ReadAhead() as ahead:
        return [page.text for page in ahead.read(path, None).pages]


def _opened(path: Path) -> dict[str, object]:
    """The values of its sidecar, if the file can be opened. Raises ReadError when they cannot be had."""
    try:
        open_regular(path, follow=True).close()
        beside = sidecar_path(path)
        values = sidecar_values(read_regular(beside), beside.name) if beside.is_file() else {}
    except FileNotFoundError:
        raise ReadError("read.missing") from None
    except IsADirectoryError:
        raise ReadError("read.directory") from None
    except PermissionError:
        raise ReadError("read.directory" if path.is_dir() else "read.permission") from None
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise ReadError("read.special") from error
        raise ReadError("read.unreadable", error=error.strerror) from error
    return values
