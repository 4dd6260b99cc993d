-- What was recognised on pages that are pictures, by the bytes of the file: read again, moved or copied,
-- it needs no second recognition. A page on which nothing could be recognised is noted, too.
CREATE TABLE recognised (
  sha256 TEXT NOT NULL,
  page INTEGER NOT NULL,
  content TEXT NOT NULL,              -- JSON, see kb/documents/recognised.py
  PRIMARY KEY (sha256, page)
) WITHOUT ROWID;
