-- Pieces of advice at work: what a municipality asked, the precedents chosen for it, what became of it. They
-- belong to whoever made them ('' is the owner of a computer without accounts) and are no view of documents.
CREATE TABLE works (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  code TEXT NOT NULL,                 -- of the municipality that is advised
  changed_at TEXT NOT NULL,           -- UTC, ISO 8601
  content TEXT NOT NULL               -- JSON
) WITHOUT ROWID;
CREATE INDEX works_of ON works (owner, changed_at);
