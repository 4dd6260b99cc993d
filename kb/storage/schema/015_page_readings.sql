-- How well each page was read, a row each: what PostgreSQL takes from JSON in other words has one name here.
CREATE VIEW page_readings AS
SELECT d.no AS document_no, json_extract(p.value, '$[0]') AS page, json_extract(p.value, '$[1]') AS quality,
  json_extract(p.value, '$[2]') AS ocr
FROM documents d, json_each(d.page_quality) p;
