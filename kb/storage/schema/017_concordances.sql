-- What a search shows is taken apart when it is stored; NULL of what an earlier version stored.
ALTER TABLE tokens ADD COLUMN concordance BLOB;  -- words with their places (kb/language/concordance.py)
ALTER TABLE tokens ADD COLUMN title_keys TEXT;   -- the title folded, and how it sounds, a line each
