"""Is everything there that dxkb needs, and does it work?"""

from __future__ import annotations

import importlib.metadata
import logging
import os
import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from dxkb.lang import Lang
from kb.base.config import Settings
from kb.base.errors import DxkbError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``optional`` ones do not make the whole unhealthy."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    optional: bool = False


def examine(settings: Settings, say: Lang) -> tuple[Check, ...]:
    """Looks at Python, the dictionary, the model, the folders, the database, its indexes, the files and the optional helpers."""
    checks: list[Callable[[Settings, Lang], Check]] = [
        _python, _dictionary, _model, _data, _corpus, _index, _views, _files, _ocr, _office,
    ]  # fmt: skip
    if settings.server:
        checks.append(_row_security)
    found = []
    for check in checks:
        try:
            found.append(check(settings, say))
        except DxkbError as error:
            found.append(Check(check.__name__.strip("_"), False, error.message(say.code)))
        except Exception as error:  # a doctor that falls ill tells nothing
            _log.exception("%s cannot be checked", check.__name__)
            told = say("cli.doctor.broken", error=type(error).__name__)
            remedy = say("cli.doctor.broken.remedy")
            found.append(Check(check.__name__.strip("_"), False, told, remedy))
    return tuple(found)


def _python(settings: Settings, say: Lang) -> Check:
    versions = (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()}"
    )
    packages = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("faiss-cpu", "tantivy", "fugashi")
    )
    return Check("python", True, f"{versions}, {packages}")


def _dictionary(settings: Settings, say: Lang) -> Check:
    from kb.language.tokens import search_terms, tokenize

    terms = search_terms(tokenize("予防接種の電子申請"))
    return Check(
        "dictionary", terms == ("予防", "接種", "電子", "申請"), " / ".join(terms),
        say("cli.doctor.dictionary"),
    )  # fmt: skip


def _model(settings: Settings, say: Lang) -> Check:
    from kb.language.encoder import load_encoder

    encoder = load_encoder(settings.model)
    vectors = encoder.encode_queries(["電子申請", "オンライン申請", "ドローン"])
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    return Check(
        "model", near > far, f"{encoder.model_id} ({encoder.dimension})",
        say("cli.doctor.model"),
    )  # fmt: skip


def _data(settings: Settings, say: Lang) -> Check:
    folder = settings.data.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        remedy = say("cli.doctor.data.permission")
        return Check("data", False, f"{folder}: {error.strerror}", remedy)
    free = shutil.disk_usage(existing).free / 2**30
    told = say("cli.doctor.data", folder=folder, free=free)
    return Check("data", free >= 1.0, told, say("cli.doctor.data.full"))


def _corpus(settings: Settings, say: Lang) -> Check:
    readable = settings.corpus.is_dir() and os.access(settings.corpus, os.R_OK)
    remedy = say("cli.doctor.corpus")
    return Check("corpus", readable, str(settings.corpus.absolute()), remedy)


def _index(settings: Settings, say: Lang) -> Check:
    from kb.base.types import Viewer
    from kb.index.damage import damages
    from kb.storage.database import is_there
    from kb.storage.store import Store

    if not is_there(settings.place):
        remedy = say("cli.doctor.index.ingest")
        return Check("index", False, say("cli.doctor.index.none"), remedy, optional=True)
    if found := damages(settings, thorough=True):
        return Check("index", False, " / ".join(map(say.told, found)))
    counts = Store.open(settings).counts(Viewer.owner())
    detail = say("cli.doctor.index.counts", documents=counts["documents"], cases=counts["cases"])
    return Check("index", True, detail)


def _views(settings: Settings, say: Lang) -> Check:
    from kb.index.damage import damaged_views, sealed_views

    broken = damaged_views(settings)
    if broken:
        names = [folder.name for folder in broken]
        told = say("cli.doctor.views.damaged", n=len(broken), names=names)
        return Check("views", False, told, say("cli.doctor.views.remedy"))
    return Check("views", True, say("cli.doctor.views", n=len(sealed_views(settings))))


def _row_security(settings: Settings, say: Lang) -> Check:
    """Whether what people see on a server is read in a role that row-level security holds for."""
    from kb.storage.database import is_there
    from kb.storage.postgresql.pool import asking_for_role, role_for_reading

    name, server = "row_security", settings.server
    if server is None or not is_there(server):
        told = say("cli.doctor.index.none")
        return Check(name, False, told, say("cli.doctor.index.ingest"), optional=True)
    if role := role_for_reading(server):
        return Check(name, True, say("cli.doctor.row_security", role=role))
    remedy = say("cli.doctor.row_security.remedy", sql=asking_for_role(server))
    return Check(name, False, say("cli.doctor.row_security.none"), remedy, optional=True)


def _files(settings: Settings, say: Lang) -> Check:
    """The ledger beside what lies in the corpus."""
    from ingest.flow.inspect import compared

    found = compared(settings)
    if found.damaged:
        names = list(found.damaged[:5])
        told = say("cli.doctor.files.changed", n=len(found.damaged), names=names)
        return Check("files", False, told, say("cli.doctor.files.changed.remedy"))
    if found.fresh or found.gone:
        told = say("cli.doctor.files.differs", fresh=found.fresh, gone=found.gone)
        remedy = say("cli.doctor.files.differs.remedy")
        return Check("files", False, told, remedy, optional=True)
    return Check("files", True, say("cli.doctor.files", n=found.same))


def _ocr(settings: Settings, say: Lang) -> Check:
    from ingest.readers.ocr.engines import engine_for

    return _program("ocr", engine_for(settings.ocr), say("cli.doctor.ocr"), say)


def _office(settings: Settings, say: Lang) -> Check:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return _program("libreoffice", found, say("cli.doctor.libreoffice"), say)


def _program(name: str, found: str | None, remedy: str, say: Lang) -> Check:
    return Check(name, found is not None, found or say("cli.doctor.none"), remedy, optional=True)
