-- Searches that people keep, with the cases that they have seen in each: "new" is what is not among them.
CREATE TABLE saved_searches (
  owner TEXT NOT NULL,
  address TEXT NOT NULL,              -- arguments of the search page
  seen TEXT NOT NULL,                 -- JSON: ids of cases
  PRIMARY KEY (owner, address)
) WITHOUT ROWID;
