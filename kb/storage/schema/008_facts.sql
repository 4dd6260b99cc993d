-- What is known of a case and where it stands, a row each instead of a JSON text: facts are compared.
CREATE TABLE evidence (
  case_no INTEGER NOT NULL REFERENCES cases (no) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  page INTEGER,
  text TEXT NOT NULL,
  amount REAL,                        -- of a number, in its unit; money in yen
  before REAL,                        -- what it was
  unit TEXT NOT NULL,
  period TEXT NOT NULL,
  code TEXT NOT NULL,                 -- initial, running; a municipality; a programme
  PRIMARY KEY (case_no, position)
) WITHOUT ROWID;
CREATE INDEX evidence_named ON evidence (name, code);

INSERT INTO evidence
SELECT c.no, e.key, e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, NULL, NULL, '', '', ''
FROM cases c, json_each(c.evidence) e
-- what people told beats what was read
WHERE NOT (e.value ->> 0 = 'cost' AND c.cost != '');
INSERT INTO evidence SELECT no, 10001, 'cost', cost, NULL, '', NULL, NULL, '', '', '' FROM cases WHERE cost != '';
INSERT INTO evidence SELECT no, 10002, 'funding', funding, NULL, '', NULL, NULL, '', '', '' FROM cases WHERE funding != '';
INSERT INTO evidence SELECT no, 10003, 'contact', contact, NULL, '', NULL, NULL, '', '', '' FROM cases WHERE contact != '';
ALTER TABLE cases DROP COLUMN evidence;
ALTER TABLE cases DROP COLUMN cost;
ALTER TABLE cases DROP COLUMN funding;
ALTER TABLE cases DROP COLUMN contact;
