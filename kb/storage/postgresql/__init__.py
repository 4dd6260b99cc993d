"""A PostgreSQL server in the place of the SQLite file. Nothing here is imported unless one is set."""
