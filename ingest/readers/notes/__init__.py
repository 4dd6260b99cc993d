"""Notes and plain text: Markdown in its dialects, conversations, encodings."""
