"""What the search views are made of, and what of it has changed."""
