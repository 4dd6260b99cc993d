"""Files that come in through the browser: named safely, put whole into the corpus, never over
another."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import IO

from kb.base.errors import DxkbError, UsageError
from kb.base.types import OFFICE, PREFECTURE, PUBLIC

FOLDER = "uploads"
"""Folder of the corpus that takes them."""

VISIBILITIES = (PUBLIC, PREFECTURE, OFFICE)

_BLOCK = 1 << 20
_LONGEST_NAME = 120  # characters; with a sidecar's suffix still below every file system's limit
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")  # names that Windows keeps


def safe_name(given: str) -> str:
    """The last part of ``given`` as a file name on every system. Raises UsageError for none."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = _FORBIDDEN.sub("_", name).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not stem or not dot:
        raise UsageError(
            f"ファイル名「{given[:80]}」は使えません。拡張子の付いた名前にしてください。",
            f"The file name '{given[:80]}' cannot be used. Give it a suffix.",
        )
    name = f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"
    return f"_{name}" if _DEVICES.match(name) or name.startswith("~$") else name


def receive(corpus: Path, given: str, content: IO[bytes], accepts: tuple[str, ...]) -> Path:
    """Puts a file into the corpus and returns where it lies.

    The same content under the same name is kept as it is. Raises UsageError for a name or type that
    is not accepted, an empty file, or a name that another file has.
    """
    name = safe_name(given)
    if Path(name).suffix.lower() not in accepts:
        kinds = "、".join(accepts)
        raise UsageError(
            f"「{name}」の形式は読めません。使える形式: {kinds}",
            f"Files like '{name}' cannot be read. Use one of {kinds}.",
        )
    folder = corpus / FOLDER
    if folder.is_symlink():
        raise UsageError(
            f"フォルダ「{FOLDER}」がリンクのため、追加できません。管理者に伝えてください。",
            f"The folder '{FOLDER}' is a link. Tell the administrator.",
        )
    try:
        folder.mkdir(exist_ok=True)
        return _put(folder, name, content)
    except OSError as error:
        raise DxkbError(
            f"「{name}」を保存できませんでした（{error.strerror or error}）。空き容量とフォルダの権限を確認して"
            "ください。",
            f"'{name}' could not be saved ({error.strerror or error}). Check free space and permissions.",
        ) from error


def checked_visibility(visibility: str) -> str:
    """``visibility`` if it is one to choose from. Raises UsageError."""
    if visibility not in VISIBILITIES:
        raise UsageError(
            f"公開範囲は次から選んでください: {'、'.join(VISIBILITIES)}",
            f"Choose a visibility: {', '.join(VISIBILITIES)}",
        )
    return visibility


def label(path: Path, visibility: str) -> None:
    """Notes a visibility other than the default in the file's sidecar."""
    if visibility != PUBLIC:
        sidecar = path.with_name(path.name + ".yaml")
        sidecar.write_text(f"visibility: {visibility}\n", encoding="utf-8", newline="\n")


def _put(folder: Path, name: str, content: IO[bytes]) -> Path:
    """Writes aside, under a name that the ingest ignores, and renames when it is whole."""
    handle, aside = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    target = folder / name
    try:
        digest = hashlib.sha256()
        size = 0
        with os.fdopen(handle, "wb") as file:
            while block := content.read(_BLOCK):
                digest.update(block)
                size += len(block)
                file.write(block)
        if not size:
            raise UsageError(
                f"「{name}」は空のファイルです。中身を確かめて、選び直してください。",
                f"'{name}' is empty. Check it and choose it again.",
            )
        if target.exists():
            if hashlib.sha256(target.read_bytes()).digest() == digest.digest():
                return target
            raise UsageError(
                f"「{name}」という別の資料がすでにあります。名前を変えて追加するか、資料フォルダで"
                "置き換えてください。",
                f"There is another document called '{name}'. Rename yours, or replace it in the "
                "corpus folder.",
            )
        Path(aside).replace(target)
        return target
    finally:
        Path(aside).unlink(missing_ok=True)
