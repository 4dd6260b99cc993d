"""Web UI, JSON API and command line over ``kb`` and ``ingest``."""
