"""The two kits that need no network: `make windows` (a zip) and `make kit` (Linux)."""
