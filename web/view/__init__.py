"""How values are put on a page."""
