-- Which database this is, so that views of another one with as many changes are never taken for its own.
INSERT INTO meta VALUES ('identity', lower(hex(randomblob(8))));
