"""PowerPoint decks (.pptx)."""
