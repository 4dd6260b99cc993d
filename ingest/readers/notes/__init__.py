"""Notes and plain text: Markdown in its dialects, conversations, encodings."""

from ingest.readers.formats import Format

FORMAT = Format(
    "note",
    (".md", ".markdown", ".txt"),
    "ingest.readers.notes.note:read_note",
    textual=True,
)
