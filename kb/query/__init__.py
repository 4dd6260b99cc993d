"""What was asked: words to look for, conditions, phrases, filters."""
