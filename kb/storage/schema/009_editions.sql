-- What the editions of a case are told by, and the groups of one title and place whose editions are to
-- be told anew: a change looks at its own group only. Computed, as everything in 002.
CREATE TABLE edition_keys (
  case_no INTEGER PRIMARY KEY REFERENCES cases (no) ON DELETE CASCADE,
  title TEXT NOT NULL,                -- without its edition, folded; '' when too little is left
  place TEXT NOT NULL
);
CREATE INDEX edition_keys_group ON edition_keys (title, place);
CREATE TABLE editions_due (
  title TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (title, place)
) WITHOUT ROWID;
CREATE TRIGGER edition_gone AFTER DELETE ON edition_keys BEGIN
  INSERT OR IGNORE INTO editions_due VALUES (old.title, old.place);
END;
CREATE TRIGGER edition_moved AFTER UPDATE OF path ON documents WHEN old.path != new.path BEGIN
  INSERT OR IGNORE INTO editions_due
    SELECT k.title, k.place FROM edition_keys k JOIN cases c ON c.no = k.case_no
    WHERE c.document_no = new.no;
END;
