"""A document's pages become cases with labelled sections and passages."""
