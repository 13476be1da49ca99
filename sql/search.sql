-- db: log

-- The index of what was said; see src/store/search.h. 'delete' wants the text
-- as it was put.
-- name: said_add
INSERT INTO said (rowid, text) VALUES (?1, ?2)

-- name: said_remove
INSERT INTO said (said, rowid, text) VALUES ('delete', ?1, ?2)

-- Newest first. ?1: terms, made by src/store/search_ask.c.
-- name: said_calls
SELECT rowid FROM said
WHERE said MATCH ?1 AND rowid < ?2 AND rowid >= ?3 ORDER BY rowid DESC

-- name: said_pieces
SELECT rowid FROM said WHERE said MATCH ?1 AND rowid < 0 ORDER BY rowid

-- Some pages' worth of merging. Below 0: from now on all is merged into one.
-- name: said_merge
INSERT INTO said (said, rank) VALUES ('merge', ?1)

-- name: said_text_put
INSERT INTO said_texts (id, form, bytes, data) VALUES (?1, ?2, ?3, ?4)

-- name: said_text_get
SELECT form, bytes, data FROM said_texts WHERE id = ?1

-- name: said_text_delete
DELETE FROM said_texts WHERE id = ?1

-- How many calls there are texts of, about.
-- name: said_texts_span
SELECT (SELECT max(id) FROM said_texts WHERE id > 0)
	- (SELECT min(id) FROM said_texts WHERE id > 0)

-- name: said_by_get
SELECT said_by FROM uses WHERE piece = ?1

-- name: said_by_set
UPDATE uses SET said_by = ?2 WHERE piece = ?1

-- name: said_gone
UPDATE scribe SET gone = gone + 1 WHERE id = 1

-- name: said_gone_get
SELECT gone, merging FROM scribe WHERE id = 1

-- name: said_gone_set
UPDATE scribe SET gone = ?1, merging = ?2 WHERE id = 1
