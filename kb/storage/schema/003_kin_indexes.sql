-- Asked for by the other side of each pair: the older editions of a case, and what goes with it.
CREATE INDEX superseded_newer ON superseded (newer_no);
CREATE INDEX near_duplicates_other ON near_duplicates (other_no);
