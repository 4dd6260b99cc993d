-- Sentences for people are kept as a message's code and arguments (kb/base/messages.py) and worded where
-- they are shown. Those of before stay as they were said: the message name.said repeats its text.
UPDATE files SET reason = json_object('code', 'name.said', 'args', json_object('text', reason))
WHERE reason IS NOT NULL;

UPDATE documents SET warnings = (
  SELECT json_group_array(json_object('code', 'name.said', 'args', json_object('text', value)))
  FROM json_each(documents.warnings)
)
WHERE warnings IS NOT NULL;
