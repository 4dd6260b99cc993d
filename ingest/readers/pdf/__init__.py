"""PDF."""

from ingest.readers.content import HEAD, Content
from ingest.readers.formats import Format


def _is_pdf(content: Content) -> bool:
    """%PDF may stand anywhere in the head (ISO 32000-1, annex H, implementation note 13)."""
    return b"%PDF-" in content.data[: 5 if content.named_text else HEAD]


FORMAT = Format("pdf", (".pdf",), "ingest.readers.pdf.reader:read_pdf", _is_pdf)
