-- What a case cost, whose money it was and who is in charge, in the words of whoever wrote it; '' when
-- nobody said so.
ALTER TABLE cases ADD COLUMN cost TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN funding TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN contact TEXT NOT NULL DEFAULT '';
