"""Taking in a pack: looked at before, merged with what is there, taken back after.

What came from a sender lies in a folder of its own in the corpus, made ready aside and put there by two renames;
the one before it waits on the shelf. A document that the corpus has already is not there twice: of the
two labels the one that fewest may see counts, so that nothing is seen by more than either side said.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.base.config import Settings
from kb.base.errors import StoreError, UsageError
from kb.base.files import plain_name, read_regular, sha256_regular, sync_folder, written_whole
from kb.base.types import LedgerEntry, Viewer
from kb.base.visibility import KEY, is_stricter
from kb.documents.around import DECIDED
from kb.documents.hold import hold
from kb.documents.shelf import changing, shelf
from kb.operations.packing import EXCHANGE, Pack, PackedDocument, read_pack
from kb.storage.database import is_there
from kb.storage.sidecar import set_values, sidecar_path
from kb.storage.store import Store


@dataclass(frozen=True, slots=True)
class Merge:
    """What taking in a pack does. Of the sender's documents `added` are new, `changed` have other bytes, label or
    words than before, `gone` are shared no more, `known` the corpus has from elsewhere; `narrowed` are documents
    of the corpus, by path, that fewer will see, with their new label."""

    pack: Pack
    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    known: tuple[str, ...]
    narrowed: tuple[tuple[str, str], ...]


def inspect_pack(settings: Settings, file: Path, trusted: str = "") -> Merge:
    """What `unpack` would do; changes nothing. `trusted` is the fingerprint of a sender who is new. Raises
    StoreError: damaged, changed, of nobody known, not newer than what was taken in, based on one that was not."""
    pack = read_pack(file)
    state = _state(settings).get(pack.key)
    if state is None and _plain(trusted) != _plain(pack.fingerprint):
        raise StoreError("store.pack_untrusted", sender=pack.sender, fingerprint=pack.fingerprint)
    if state and pack.made_at <= state["made_at"]:
        raise StoreError("store.pack_older", made_at=pack.made_at, had=state["made_at"])
    before: Mapping[str, Any] = (state or {}).get("items", {})
    local = _local(settings, pack)
    new = {i.path: i for i in pack.items if i.sha256 not in local}
    ours = _folder(settings, pack)
    missing = [p for p, i in new.items() if not i.here and not _has(ours / p, i)]
    if missing:
        raise StoreError("store.pack_gap", n=len(missing), name=missing[0])
    narrowed = {
        entry.path: item.label
        for item in pack.items
        for entry in local.get(item.sha256, ())
        if is_stricter(item.label, entry.visibility)
    }
    return Merge(
        pack,
        added=tuple(p for p in new if p not in before),
        changed=tuple(p for p, i in new.items() if p in before and before[p] != _mark(i)),
        gone=tuple(p for p in before if p not in new),
        known=tuple(i.path for i in pack.items if i.sha256 in local),
        narrowed=tuple(sorted(narrowed.items())),
    )


def unpack(settings: Settings, file: Path, trusted: str = "") -> Merge:
    """Takes a pack in; the next ingest reads it. Raises as :func:`inspect_pack`, and StoreError for a disk that
    is full or cannot be written: then all is as before."""
    merge = inspect_pack(settings, file, trusted)
    pack, known = merge.pack, set(merge.known)
    live, stage = _folder(settings, pack), _shelved(settings, pack, "new")
    try:
        with changing:
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir(parents=True)
            with zipfile.ZipFile(file) as archive:
                for item in pack.items:
                    if item.path not in known:
                        _put(stage / item.path, item, archive, live / item.path)
            words = {path: _narrow(settings, path, label) for path, label in merge.narrowed}
            _swap(stage, live, _shelved(settings, pack, "before"))
            items = {i.path: _mark(i) for i in pack.items if i.path not in known}
            _remember(settings, pack, items, words)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        why = getattr(error, "strerror", None) or error
        raise StoreError("store.file_unwritable", path=live, error=why) from error
    return merge


def roll_back(settings: Settings) -> str:
    """Takes the last pack back; whose it was. Labels and folder are what they were before it. Raises UsageError
    where there is none, StoreError."""
    state = _state(settings)
    key = max(state, key=lambda k: int(state[k]["taken"]), default="")
    if not key or "former" not in state[key]:
        raise UsageError("usage.nothing_unpacked")
    told = state[key]
    pack = Pack(told["sender"], key, told["made_at"], ())
    live, before = _folder(settings, pack), _shelved(settings, pack, "before")
    try:
        with changing:
            for path, words in told["words"].items():
                _restore_words(settings.corpus / path, words)
            shutil.rmtree(live, ignore_errors=True)
            if before.is_dir():
                before.rename(live)
            former = told["former"]
            state.pop(key)
            if former:
                state[key] = former
            _write(settings, state)
    except OSError as error:
        raise StoreError("store.file_unwritable", path=live, error=error.strerror) from error
    return pack.sender


def _local(settings: Settings, pack: Pack) -> dict[str, list[LedgerEntry]]:
    """What the corpus has from elsewhere, by digest."""
    own = f"{_folder(settings, pack).relative_to(settings.corpus).as_posix()}/"
    wanted = {item.sha256 for item in pack.items}
    found: dict[str, list[LedgerEntry]] = {}
    if is_there(settings.place):
        for entry in Store.open(settings).ledger(Viewer.owner()):
            if entry.sha256 in wanted and entry.document_id and not entry.path.startswith(own):
                found.setdefault(entry.sha256, []).append(entry)
    return found


def _put(target: Path, item: PackedDocument, archive: zipfile.ZipFile, old: Path) -> None:
    """The label before what it labels."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(sidecar_path(target), 0o600) as file:
        file.write(item.said.encode())
    set_values(target, {KEY: item.label})
    if item.here and archive.getinfo(item.sha256).file_size != item.size:
        raise StoreError("store.pack_forged", file=item.path)
    content = archive.read(item.sha256) if item.here else read_regular(old)
    if hashlib.sha256(content).hexdigest() != item.sha256:
        raise StoreError("store.pack_forged", file=item.path)
    with written_whole(target, 0o640) as file:
        file.write(content)


def _narrow(settings: Settings, path: str, label: str) -> str | None:
    """The sidecar as it was, in base64; None where there was none."""
    file = settings.corpus / path
    side = sidecar_path(file)
    before = base64.b64encode(side.read_bytes()).decode() if side.exists() else None
    set_values(file, {KEY: label, DECIDED: "upload"})
    hold(settings, path, label)
    return before


def _restore_words(file: Path, words: str | None) -> None:
    if words is None:
        sidecar_path(file).unlink(missing_ok=True)
    else:
        with written_whole(sidecar_path(file)) as old:
            old.write(base64.b64decode(words))


def _swap(stage: Path, live: Path, before: Path) -> None:
    shutil.rmtree(before, ignore_errors=True)
    live.parent.mkdir(exist_ok=True)
    if live.exists():
        live.rename(before)
    try:
        stage.rename(live)
    except OSError:
        if before.exists():
            before.rename(live)
        raise
    sync_folder(live.parent)


def _remember(
    settings: Settings, pack: Pack, items: Mapping[str, str], words: Mapping[str, str | None]
) -> None:
    state = _state(settings)
    former = {k: v for k, v in state.get(pack.key, {}).items() if k not in ("former", "words")}
    taken = max((int(one["taken"]) for one in state.values()), default=0) + 1
    state[pack.key] = {
        "sender": state.get(pack.key, {}).get("sender", pack.sender), "made_at": pack.made_at, "taken": taken,
        "items": dict(items), "words": dict(words), "former": former or None,
    }  # fmt: skip
    _write(settings, state)


def _folder(settings: Settings, pack: Pack) -> Path:
    """The sender's folder: the name by which the sender was first known, and the key."""
    name = _state(settings).get(pack.key, {}).get("sender", pack.sender)
    safe = re.sub(r'[<>:"/\\|?*.]', "_", plain_name(name)).strip()[:40] or "_"
    return settings.corpus / EXCHANGE / f"{safe}-{pack.key[:8]}"


def _shelved(settings: Settings, pack: Pack, what: str) -> Path:
    return shelf(settings.corpus, EXCHANGE) / f"{pack.key[:16]}-{what}"


def _has(file: Path, item: PackedDocument) -> bool:
    try:
        return sha256_regular(file).hex() == item.sha256
    except OSError:
        return False


def _mark(item: PackedDocument) -> str:
    return hashlib.sha256(f"{item.sha256}\0{item.label}\0{item.said}".encode()).hexdigest()


def _plain(fingerprint: str) -> str:
    return re.sub(r"[^0-9a-f]", "", fingerprint.lower())


def _state(settings: Settings) -> dict[str, dict[str, Any]]:
    """What was taken in of whom, by key."""
    place = settings.data / "exchange.json"
    try:
        found: dict[str, dict[str, Any]] = json.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StoreError("store.file_unwritable", path=place, error=error) from error
    return found


def _write(settings: Settings, state: Mapping[str, object]) -> None:
    with written_whole(settings.data / "exchange.json", 0o600) as file:
        file.write(json.dumps(state, ensure_ascii=False).encode())
