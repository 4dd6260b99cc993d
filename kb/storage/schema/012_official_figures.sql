-- What the ministries' tables say of municipalities: figures of places, not of cases.
CREATE TABLE official_figures (
  document_no INTEGER NOT NULL REFERENCES documents (no) ON DELETE CASCADE,
  code TEXT NOT NULL,                 -- of the municipality
  name TEXT NOT NULL,                 -- ingest/describe/data/official_heads.tsv
  value TEXT NOT NULL,                -- as printed, '' for a choice
  number REAL,
  met INTEGER,                        -- of a choice: 0 or 1
  year INTEGER,                       -- fiscal
  "row" INTEGER,
  sheet TEXT NOT NULL
);
CREATE INDEX official_figures_of ON official_figures (document_no);
