"""Word documents (.docx)."""

from ingest.readers.formats import Format

FORMAT = Format(
    "docx",
    (".docx", ".docm"),
    "ingest.readers.word.reader:read_docx",
    lambda content: content.is_package("word/"),
)
