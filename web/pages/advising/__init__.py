"""Pieces of advice: from what a municipality asks to a paper, and what became of it."""
