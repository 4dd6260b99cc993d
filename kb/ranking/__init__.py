"""Which cases answer, in which order, and what of them to show."""
