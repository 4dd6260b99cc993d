-- The only truth. Search views are built from tokens and vectors and may be deleted at any time.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', '0');

CREATE TABLE documents (
  no INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,           -- stays the same when the file moves or changes
  path TEXT NOT NULL,                 -- relative to the corpus, '/'-separated, NFC
  sha256 TEXT NOT NULL,               -- of the file's bytes
  fingerprint TEXT NOT NULL UNIQUE,   -- of the file's bytes and its sidecar's
  reader TEXT NOT NULL,
  pages INTEGER NOT NULL,
  quality REAL NOT NULL,              -- mean over pages, 0-1
  page_quality TEXT NOT NULL,         -- JSON [[number, quality, ocr], ...]
  visibility TEXT NOT NULL,
  warnings TEXT NOT NULL,             -- JSON [sentence, ...]
  indexed_at TEXT NOT NULL            -- UTC, ISO 8601
);

-- The ledger: every file ever found in the corpus and what became of it.
CREATE TABLE files (
  path TEXT PRIMARY KEY,
  raw_path BLOB NOT NULL,             -- as the file system spells it
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  sidecar TEXT NOT NULL,              -- 'size:mtime_ns' of NAME.ext.yaml, '' without one
  sha256 TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  reason_code TEXT,
  visibility TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  document_no INTEGER REFERENCES documents (no) ON DELETE SET NULL
);
CREATE INDEX files_document ON files (document_no);

CREATE TABLE cases (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  document_no INTEGER NOT NULL REFERENCES documents (no) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  municipality TEXT NOT NULL,
  prefecture TEXT NOT NULL,
  code TEXT NOT NULL,
  ambiguous INTEGER NOT NULL,
  population INTEGER,
  field TEXT NOT NULL,
  field_source TEXT NOT NULL,
  year INTEGER,
  status TEXT NOT NULL,
  tools TEXT NOT NULL,                -- JSON [name, ...]
  first_page INTEGER,
  last_page INTEGER,
  source_title TEXT NOT NULL,
  source_url TEXT NOT NULL,
  evidence TEXT NOT NULL              -- JSON [[name, value, page, text], ...]
);
CREATE INDEX cases_document ON cases (document_no, position);
CREATE INDEX cases_code ON cases (code);

CREATE TABLE sections (
  case_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  role TEXT NOT NULL,
  heading TEXT NOT NULL,
  text TEXT NOT NULL,
  page INTEGER,
  PRIMARY KEY (case_no, position)
) WITHOUT ROWID;

CREATE TABLE chunks (
  no INTEGER PRIMARY KEY,
  case_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  section INTEGER NOT NULL,
  start INTEGER NOT NULL,             -- characters into the section's text
  end INTEGER NOT NULL
);
CREATE INDEX chunks_case ON chunks (case_no);

CREATE TABLE tokens (
  case_no INTEGER PRIMARY KEY REFERENCES cases (no) ON DELETE CASCADE,
  body TEXT NOT NULL,                 -- terms joined by one space
  readings TEXT NOT NULL
);

CREATE TABLE models (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, dimension INTEGER NOT NULL);

-- float32 little-endian, unit length (or zero)
CREATE TABLE chunk_vectors (
  model_no INTEGER NOT NULL REFERENCES models (no) ON DELETE CASCADE,
  chunk_no INTEGER NOT NULL REFERENCES chunks (no) ON DELETE CASCADE,
  vector BLOB NOT NULL
);
CREATE UNIQUE INDEX chunk_vectors_of ON chunk_vectors (chunk_no, model_no);
CREATE TABLE title_vectors (
  model_no INTEGER NOT NULL REFERENCES models (no) ON DELETE CASCADE,
  case_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  vector BLOB NOT NULL
);
CREATE UNIQUE INDEX title_vectors_of ON title_vectors (case_no, model_no);
