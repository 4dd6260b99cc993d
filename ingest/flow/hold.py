"""What fewer may see from now on is hidden before anything is read, which may take hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.flow.prepare import sidecar_values
from ingest.flow.sources import SourceFile
from kb.base.errors import ReadError
from kb.base.files import read_regular
from kb.base.types import OFFICE
from kb.documents.around import decided, labelled, read_around
from kb.storage.writer import KnownFile, Writer


def hold_back(writer: Writer, fresh: Sequence[SourceFile], known: Mapping[str, KnownFile]) -> bool:
    """Hides what is stored of the files beside which something narrower is said than was ``known``; True
    where there are any beside which something else is said."""
    is_any = False
    for source in fresh:
        before = known.get(source.key)
        if before and before.document_no is not None and before.sidecar != source.beside:
            writer.hold(source.key, _label(source))
            is_any = True
    return is_any


def _label(source: SourceFile) -> str:
    """Who may see it by what is said beside it; what cannot be read is 庁内."""
    beside = source.sidecar_path
    try:
        values = sidecar_values(read_regular(beside) if source.sidecar else b"", beside.name)
    except (ReadError, OSError):
        return OFFICE
    around = read_around(source.access, source.misnamed, source.key)
    return labelled(values, decided(values, around))[0]
