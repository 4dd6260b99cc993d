"""The truth on disk: reading it, writing it, one writer at a time."""
