"""Sidecars follow their documents: one that was left behind when its document was moved is moved
after it, because what people said and who may see it stand there."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.flow.sources import Listing, SourceFile
from kb.base.files import read_regular
from kb.storage.sidecar import SUFFIX, follow
from kb.storage.writer import KnownFile

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carried:
    """What was ``seen``, with the problem ``sidecar_left`` for documents whose sidecar could not be
    moved after them; the former keys of those, which are ``kept``; the keys of the documents after
    which a sidecar was ``moved``."""

    seen: Listing
    kept: frozenset[str]
    moved: frozenset[str]


def carry(seen: Listing, known: Mapping[str, KnownFile]) -> Carried:
    """Moves sidecars that were left behind after their documents."""
    files = {source.key: source for source in seen.files}
    fresh = [s for s in seen.files if s.key not in known or known[s.key].document_no is None]
    kept, moved = set(), set()
    for orphan in seen.files:
        before = known.get(orphan.key.removesuffix(SUFFIX))
        if not orphan.key.endswith(SUFFIX) or not before or before.path in files:
            continue
        document = _moved(before, fresh)
        if document is None:
            continue
        try:
            follow(orphan.path, document.path)
            moved.add(document.key)
        except OSError as error:
            _log.warning("cannot move %s: %s", orphan.path, error)
            files[document.key] = replace(document, problem="sidecar_left")
            kept.add(before.path)
    left = tuple(files[source.key] for source in seen.files)
    return Carried(replace(seen, files=left), frozenset(kept), frozenset(moved))


def _moved(before: KnownFile, fresh: Sequence[SourceFile]) -> SourceFile | None:
    """The new file without a sidecar that holds what the known one held."""
    for source in fresh:
        if source.problem or source.sidecar or source.size != before.size:
            continue
        try:
            content = read_regular(source.path)
        except OSError:
            continue
        if before.sidecar and hashlib.sha256(content).hexdigest() == before.sha256:
            return source
    return None
