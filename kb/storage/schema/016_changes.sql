-- Which cases came or went with each generation, and which vectors of the sentence model arrived with each
-- state of them, so that a view of an earlier one is brought up to date without looking at all of them.
-- Complete for what is later than meta's 'changes_from' and 'sentences_from'; older entries are dropped.
CREATE TABLE case_changes (
  generation INTEGER NOT NULL, case_no INTEGER NOT NULL, PRIMARY KEY (generation, case_no)
) WITHOUT ROWID;
CREATE TABLE sentence_arrivals (
  state INTEGER NOT NULL, key BLOB NOT NULL, PRIMARY KEY (state, key)
) WITHOUT ROWID;
INSERT INTO meta SELECT 'changes_from', value FROM meta WHERE key = 'generation';
INSERT INTO meta SELECT 'sentences_from', value FROM meta WHERE key = 'sentences';
