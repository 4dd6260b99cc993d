ALTER TABLE tokens ADD COLUMN concordance BYTEA;
ALTER TABLE tokens ADD COLUMN title_keys TEXT;
