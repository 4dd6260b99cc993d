-- Only a server needs this one. What is read for somebody is read in a role that the policies hold for
-- (kb/storage/postgresql/reading.py), so they must cost next to nothing: the labels are taken apart once a statement,
-- and a case carries its document's, so that none has to be looked up for each of the cases that a condition goes through.
CREATE FUNCTION dxkb_labels() RETURNS TEXT[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(string_to_array(current_setting('dxkb.labels', true), E'\n'), '{}');

ALTER TABLE cases ADD COLUMN document_visibility TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE cases c SET document_visibility = d.visibility FROM documents d WHERE d.no = c.document_no;

CREATE FUNCTION case_labelled() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  new.document_visibility := (SELECT d.visibility FROM documents d WHERE d.no = new.document_no);
  RETURN new;
END $$;
CREATE TRIGGER case_labelled BEFORE INSERT OR UPDATE OF document_no, document_visibility ON cases
FOR EACH ROW EXECUTE FUNCTION case_labelled();
CREATE FUNCTION document_labelled() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  UPDATE cases SET document_visibility = new.visibility WHERE document_no = new.no;
  RETURN NULL;
END $$;
CREATE TRIGGER document_labelled AFTER UPDATE OF visibility ON documents FOR EACH ROW
WHEN (old.visibility IS DISTINCT FROM new.visibility) EXECUTE FUNCTION document_labelled();

ALTER POLICY seen ON documents USING (visibility = ANY ((SELECT dxkb_labels())::TEXT[]));
ALTER POLICY seen ON files USING (visibility = ANY ((SELECT dxkb_labels())::TEXT[]));
ALTER POLICY seen ON cases USING (document_visibility = ANY ((SELECT dxkb_labels())::TEXT[]));
DROP FUNCTION dxkb_sees(TEXT);
