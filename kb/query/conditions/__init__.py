"""What a question demands beside what it looks for: where, when, how large, how dear, how far it got."""
