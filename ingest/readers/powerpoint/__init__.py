"""PowerPoint presentations (.pptx)."""

from ingest.readers.formats import Format

FORMAT = Format(
    "pptx",
    (".pptx", ".pptm"),
    "ingest.readers.powerpoint.reader:read_pptx",
    lambda content: content.is_package("ppt/"),
)
