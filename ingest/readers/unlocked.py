"""Office files with a password: their content, once the password is known."""

from __future__ import annotations

import io

from ingest.readers.content import OLE, has_stream
from ingest.readers.legacy_locks import is_locked
from kb.base.errors import ReadError

_PACKAGE = "EncryptedPackage"
"""The stream of a compound file that holds a whole file of today ([MS-OFFCRYPTO] 2.3.4.4)."""


def unlocked(content: bytes, password: str | None) -> bytes:
    """The bytes of an Office file without its lock; any other file as it is.

    Raises ReadError("password"): none given, a wrong one, or a lock that only Office itself opens.
    """
    if not content.startswith(OLE) or not (has_stream(content, _PACKAGE) or is_locked(content)):
        return content
    if not password:
        raise ReadError("read.password.office")
    from msoffcrypto import OfficeFile  # rarely needed, and slow to import
    from msoffcrypto.exceptions import InvalidKeyError

    out = io.BytesIO()
    try:
        file = OfficeFile(io.BytesIO(content))
        file.load_key(password=password, verify_password=True)
        file.decrypt(out)
    except InvalidKeyError as error:
        raise ReadError("read.password.wrong") from error
    except Exception as error:  # of a damaged file it raises whatever its parsers meet
        raise ReadError("read.password") from error
    return out.getvalue()
