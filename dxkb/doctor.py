"""Is everything there that dxkb needs, and does it work?"""

from __future__ import annotations

import importlib.metadata
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


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``optional`` ones do not make the whole unhealthy."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    optional: bool = False


def examine(settings: Settings, say: Lang) -> tuple[Check, ...]:
    """Looks at Python, the dictionary, the model, the folders, the index and the optional helpers."""
    checks: list[Callable[[Settings, Lang], Check]] = [
        _python, _dictionary, _model, _data, _corpus, _index, _ocr, _office,
    ]  # fmt: skip
    found = []
    for check in checks:
        try:
            found.append(check(settings, say))
        except DxkbError as error:
            found.append(Check(check.__name__.strip("_"), False, error.message(say.code)))
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
        say("unidic-lite を入れ直してください。", "Reinstall unidic-lite."),
    )  # fmt: skip


def _model(settings: Settings, say: Lang) -> Check:
    from kb.language.encoder import load_encoder

    encoder = load_encoder(settings.model)
    vectors = encoder.encode_queries(["電子申請", "オンライン申請", "ドローン"])
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    return Check(
        "model", near > far, f"{encoder.model_id} ({encoder.dimension})",
        say("DXKB_MODEL の設定を確認してください。", "Check DXKB_MODEL."),
    )  # fmt: skip


def _data(settings: Settings, say: Lang) -> Check:
    folder = settings.data.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        remedy = say(
            "フォルダの権限を確認するか、--data で別の場所を指定してください。",
            "Check its permissions or give --data.",
        )
        return Check("data", False, f"{folder}: {error.strerror}", remedy)
    free = shutil.disk_usage(existing).free / 2**30
    remedy = say("ディスクの空きを1GB以上にしてください。", "Free at least 1 GB of disk.")
    return Check(
        "data",
        free >= 1.0,
        say(f"{folder}（空き {free:.1f} GB）", f"{folder} ({free:.1f} GB free)"),
        remedy,
    )


def _corpus(settings: Settings, say: Lang) -> Check:
    readable = settings.corpus.is_dir() and os.access(settings.corpus, os.R_OK)
    remedy = say(
        "フォルダを作るか、DXKB_CORPUS で場所を指定してください。",
        "Make the folder or set DXKB_CORPUS.",
    )
    return Check("corpus", readable, str(settings.corpus.absolute()), remedy)


def _index(settings: Settings, say: Lang) -> Check:
    from kb.base.types import Viewer
    from kb.storage.store import Store

    if not settings.database.is_file():
        remedy = say("「dxkb ingest」で資料を取り込んでください。", "Run 'dxkb ingest'.")
        return Check("index", False, say("まだありません", "none yet"), remedy, optional=True)
    with sqlite3.connect(settings.database) as connection:
        sound = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    connection.close()
    counts = Store.open(settings).counts(Viewer.owner())
    detail = say(
        f"資料 {counts['documents']}件、事例 {counts['cases']}件",
        f"{counts['documents']} documents, {counts['cases']} cases",
    )
    remedy = say(
        "データフォルダを別の場所に移して「dxkb ingest」をやり直してください。",
        "Move the data folder away and run 'dxkb ingest' again.",
    )
    return Check("index", sound, detail, remedy)


def _ocr(settings: Settings, say: Lang) -> Check:
    found = shutil.which("tesseract")
    remedy = say(
        "スキャン画像を読むには tesseract と日本語データ（tesseract-ocr-jpn）を入れてください。",
        "To read scans, install tesseract with its Japanese data.",
    )
    return Check("ocr", found is not None, found or say("なし", "none"), remedy, optional=True)


def _office(settings: Settings, say: Lang) -> Check:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    remedy = say(
        "古い .doc / .xls / .ppt / .jtd を読むには LibreOffice を入れてください。",
        "To read old .doc, .xls, .ppt or .jtd, install LibreOffice.",
    )
    return Check(
        "libreoffice", found is not None, found or say("なし", "none"), remedy, optional=True
    )
