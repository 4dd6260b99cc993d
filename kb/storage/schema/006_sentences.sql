-- What the sentence model reads of a case, and the vectors of it. Vectors are kept by the words that they
-- stand for, so that a document that is read again, moved or stands twice needs no second reading.
CREATE TABLE sentence_passages (
  case_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  position INTEGER NOT NULL,          -- 0 is the title alone
  section INTEGER NOT NULL,           -- -1 for the title
  start INTEGER NOT NULL,             -- characters into the section's text
  end INTEGER NOT NULL,
  key BLOB NOT NULL,                  -- BLAKE2b (16 bytes) of the text that is encoded
  PRIMARY KEY (case_no, position)
) WITHOUT ROWID;
CREATE INDEX sentence_passages_of ON sentence_passages (key);
CREATE TABLE sentence_vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;  -- float16, unit length
INSERT INTO meta VALUES ('sentences', '0');
