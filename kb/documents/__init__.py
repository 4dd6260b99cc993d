"""The files of the corpus as people change them, and what around them says who may see them."""
