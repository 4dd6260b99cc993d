"""Core of dxkb: text, tokens, vectors, store and search. Imports neither ``ingest`` nor ``web``."""

__version__ = "0.1.0"
