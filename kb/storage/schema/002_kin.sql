-- Cases that say nearly the same, and older editions of one title. All of it is computed from what
-- 001 holds (kb/storage/near_duplicates.py) and may be deleted at any time.
CREATE TABLE signatures (
  case_no INTEGER PRIMARY KEY REFERENCES cases (no) ON DELETE CASCADE,
  minhash BLOB NOT NULL               -- little-endian uint32 [n]
);

CREATE TABLE signature_bands (        -- two cases that share a band are compared
  band INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  case_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  PRIMARY KEY (band, hash, case_no)
) WITHOUT ROWID;
CREATE INDEX signature_bands_case ON signature_bands (case_no);

CREATE TABLE near_duplicates (        -- each pair both ways
  case_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  other_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  similarity REAL NOT NULL,           -- estimated Jaccard similarity of their word triples, 0-1
  PRIMARY KEY (case_no, other_no)
) WITHOUT ROWID;

CREATE TABLE superseded (
  case_no INTEGER PRIMARY KEY REFERENCES cases (no) ON DELETE CASCADE,
  newer_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE
);
