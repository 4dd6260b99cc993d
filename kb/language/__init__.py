"""Words: folding, numerals, dates, tokens, the lexicon, vectors."""
