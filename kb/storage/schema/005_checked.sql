-- The day on which somebody last confirmed that a case is still so, ISO 8601; '' for never.
ALTER TABLE cases ADD COLUMN checked TEXT NOT NULL DEFAULT '';
