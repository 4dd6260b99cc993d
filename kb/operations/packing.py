"""A pack: documents with their labels as one signed file, handed from one corpus to another without a network.

A zip with `manifest.json`, the Ed25519 signature of those bytes, and the documents, whose digests the manifest
gives. The manifest lists all that the sender shares; a later pack carries only what is new since an earlier one.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kb.base.config import Settings
from kb.base.errors import ReadError, StoreError, UsageError
from kb.base.files import open_regular, sha256_regular, written_whole
from kb.base.types import PREFECTURE, PUBLIC, LedgerEntry, Viewer
from kb.base.visibility import KEY, is_stricter, visibility
from kb.documents.around import DECIDED, around_of
from kb.operations.archive import DATA, is_safe
from kb.storage.sidecar import load_values
from kb.storage.store import Store

EXCHANGE = "exchange"
"""Folder of the corpus for what came from others; never handed on."""

FORMAT = 1
SHARED = (PUBLIC, PREFECTURE)
"""Labels that mean the same in every office; what has another is never handed over."""

_PRIVATE = ("password", KEY, DECIDED)
_MANIFEST, _SIGNATURE = "manifest.json", "signature"
_LONGEST = 64 << 20  # bytes of a manifest; a hundred thousand documents


@dataclass(frozen=True, slots=True)
class PackedDocument:
    """A document: its `path` in the sender's corpus, its digest, its `label`, what its sidecar `said` but for
    passwords and the label, whether its bytes are `here`."""

    path: str
    size: int
    sha256: str
    label: str
    said: str
    here: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack says of itself: who made it (`sender`, the `key` in hex), when (UTC, ISO 8601), and all
    documents that the sender shares as of then."""

    sender: str
    key: str
    made_at: str
    items: tuple[PackedDocument, ...]

    @property
    def fingerprint(self) -> str:
        """What two people compare on the telephone."""
        return "-".join(self.key[i : i + 4] for i in range(0, 32, 4))


def pack(
    settings: Settings,
    file: Path,
    sender: str,
    labels: Iterable[str] = (),
    since: Path | None = None,
) -> Pack:
    """Writes the pack of all public documents, and those of `labels`, that lie in the corpus as they were taken
    in. What the pack `since` had already is named without its bytes. Raises UsageError, StoreError."""
    wanted = {PUBLIC, *labels}
    if foreign := sorted(wanted.difference(SHARED)):
        raise UsageError("usage.pack_label", label=foreign[0], labels=list(SHARED))
    if not sender.strip():
        raise UsageError("usage.pack_sender")
    had = {item.sha256 for item in read_pack(since).items} if since else set()
    key = _own_key(settings)
    entries = Store.open(settings).ledger(Viewer.of(*wanted))
    items = [item for entry in entries if (item := _item(settings, entry, wanted, had))]
    public = key.public_key().public_bytes_raw().hex()
    made = Pack(sender.strip(), public, datetime.now(UTC).isoformat(), tuple(items))
    told = json.dumps({"format": FORMAT, **asdict(made)}, ensure_ascii=False).encode()
    try:
        with (
            written_whole(file) as target,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as into,
        ):
            into.writestr(_MANIFEST, told)
            into.writestr(_SIGNATURE, key.sign(told))
            for digest, item in {item.sha256: item for item in items if item.here}.items():
                with (
                    open_regular(settings.corpus / item.path) as source,
                    into.open(digest, "w") as out,
                ):
                    while block := source.read(1 << 20):
                        out.write(block)
    except OSError as error:
        raise StoreError("store.file_unwritable", path=file, error=error.strerror) from error
    return made


def read_pack(file: Path) -> Pack:
    """What the pack says, with its signature checked. Raises StoreError for one that is damaged, changed or of
    a later format."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(_MANIFEST).file_size > _LONGEST:
                raise ValueError(_MANIFEST)
            told, signature = archive.read(_MANIFEST), archive.read(_SIGNATURE)
        return _checked(json.loads(told), told, signature, file)
    except OSError as error:
        raise StoreError("store.pack_unreadable", file=file, error=error.strerror) from error
    except InvalidSignature as error:
        raise StoreError("store.pack_forged", file=file.name) from error
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise StoreError("store.pack_damaged", file=file.name) from error


def _checked(told: dict[str, Any], signed: bytes, signature: bytes, file: Path) -> Pack:
    key = str(told["key"])
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, signed)
    if told["format"] != FORMAT:
        raise StoreError("store.pack_newer", file=file.name)
    items = tuple(PackedDocument(**item) for item in told["items"])
    for item in items:
        if not is_safe(f"{DATA}/{item.path}") or item.label not in SHARED:
            raise ValueError(item.path)
    return Pack(str(told["sender"]), key, str(told["made_at"]), items)


def _item(
    settings: Settings, entry: LedgerEntry, wanted: set[str], had: set[str]
) -> PackedDocument | None:
    """The document of a row, unless it has changed since it was taken in, came from others, or is for fewer."""
    file = settings.corpus / entry.path
    if entry.document_id is None or entry.path.startswith(f"{EXCHANGE}/"):
        return None
    try:
        values = load_values(file)
        label = strictest(
            entry.visibility, visibility(values)[0], around_of(file, settings.corpus).label
        )
        if label not in wanted or sha256_regular(file).hex() != entry.sha256:
            return None
    except (OSError, ReadError):
        return None
    return PackedDocument(
        entry.path, entry.size, entry.sha256, label, _public_words(values), entry.sha256 not in had
    )


def strictest(*labels: str) -> str:
    """The one that fewest may see."""
    found = labels[0]
    for label in labels[1:]:
        found = label if is_stricter(label, found) else found
    return found


def _public_words(values: Mapping[str, object]) -> str:
    """A sidecar's text for others: without secrets, without who corrected."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), ensure_ascii=False, default=str))
    for name in _PRIVATE:
        plain.pop(name, None)
    for entry in plain.get("corrections") or ():
        if isinstance(entry, dict):
            entry.pop("by", None)
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=True) if plain else ""


def _own_key(settings: Settings) -> Ed25519PrivateKey:
    """The key of this data folder, made when first wanted. Raises StoreError."""
    place = settings.data / "exchange.key"
    try:
        if not place.exists():
            with written_whole(place, 0o600) as file:
                file.write(base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()))
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(place.read_bytes()))
    except (OSError, ValueError) as error:
        raise StoreError("store.file_unwritable", path=place, error=error) from error
