"""Views over the store that can be rebuilt: BM25 and vectors."""
