"""From chosen cases to a brief: comparison, Word, Excel, Markdown."""
