CREATE TABLE case_changes (
  generation BIGINT NOT NULL, case_no BIGINT NOT NULL, PRIMARY KEY (generation, case_no)
);
CREATE TABLE sentence_arrivals (
  state BIGINT NOT NULL, key BYTEA NOT NULL, PRIMARY KEY (state, key)
);
ALTER TABLE case_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE sentence_arrivals ENABLE ROW LEVEL SECURITY;
INSERT INTO meta SELECT 'changes_from', value FROM meta WHERE key = 'generation';
INSERT INTO meta SELECT 'sentences_from', value FROM meta WHERE key = 'sentences';
