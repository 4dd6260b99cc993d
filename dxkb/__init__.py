"""Command line: puts ``ingest``, ``kb`` and ``web`` together."""
