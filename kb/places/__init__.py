"""Municipalities: who they are, how they are named, what is like them."""
