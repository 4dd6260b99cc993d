"""The facts that decide whether a case is a precedent, a file a kind."""
