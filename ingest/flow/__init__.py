"""From the corpus folder to the store: what lies there, read, prepared, stored, watched."""
