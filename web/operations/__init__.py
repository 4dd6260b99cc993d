"""For whoever keeps the server: what was done, figures, the state of things."""
