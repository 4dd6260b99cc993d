"""Core of dxkb: language, places, store, index, search and advice. Imports neither ``ingest`` nor ``web``."""

__version__ = "1.0.0"
"""The only place of the version: packaging and screens read it here."""
