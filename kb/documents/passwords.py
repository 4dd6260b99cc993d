"""Passwords of documents: kept in the sidecar beside the document, but not in clear. Whoever can read the
corpus folder needs the key in the data folder, too."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from kb.base.config import Settings
from kb.base.files import private_folder, written_whole
from kb.documents.shelf import changing

KEY_FILE = "documents.key"
"""Of the data folder; lost with it, and then the passwords are given once more."""

_SEALED = "sealed:"


def sealed(settings: Settings, password: str) -> str:
    """``password`` as the sidecar keeps it. Raises OSError."""
    return _SEALED + Fernet(_key(settings.data)).encrypt(password.encode()).decode()


def unsealed(settings: Settings, kept: str) -> str | None:
    """The password that the sidecar keeps, which people may have written there in clear; None where its
    key is gone."""
    if not kept.startswith(_SEALED):
        return kept
    try:
        key = (settings.data / KEY_FILE).read_bytes()
        return Fernet(key).decrypt(kept.removeprefix(_SEALED)).decode()
    except (OSError, ValueError, InvalidToken):
        return None


def _key(data: Path) -> bytes:
    """The key, made when there is none."""
    path = data / KEY_FILE
    with changing:
        if not path.exists():
            private_folder(data)
            with written_whole(path, 0o600) as file:
                file.write(Fernet.generate_key())
    return path.read_bytes()
