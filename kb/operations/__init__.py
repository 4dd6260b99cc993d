"""Keeping it running: who did what, backups."""
