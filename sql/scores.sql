-- What people and programs say of calls, and calls that were made again.

-- A program's maker is its key, a person's the name.
-- name: score_of_maker
SELECT id, at FROM scores WHERE call = ?1 AND name = ?2 AND source = ?3
	AND key_id = ?4 AND (?4 <> 0 OR made_by IS ?5)

-- name: score_add
INSERT INTO scores (call, name, number, label, comment, source, made_by,
	key_id, at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: score_change
UPDATE scores SET number = ?2, label = ?3, comment = ?4, made_by = ?5,
	updated_at = ?6
WHERE id = ?1

-- name: score_by_id
SELECT * FROM scores WHERE id = ?1

-- name: score_drop
DELETE FROM scores WHERE id = ?1

-- name: score_of_call
SELECT * FROM scores WHERE call = ?1 ORDER BY id

-- From one name to the next in the index, for scores are many and names few.
-- name: score_names
WITH RECURSIVE n (name) AS (
	SELECT min(name) FROM scores
	UNION ALL
	SELECT (SELECT min(name) FROM scores WHERE name > n.name)
	FROM n WHERE n.name IS NOT NULL
	LIMIT 200
)
SELECT name FROM n WHERE name IS NOT NULL

-- ?1: name, ?2: label, ?3 and ?4: the number.
-- part: score_filter
(?1 IS NULL OR s.name = ?1) AND (?2 IS NULL OR s.label = ?2)
	AND (?3 IS NULL OR s.number >= ?3) AND (?4 IS NULL OR s.number <= ?4)

-- All attempts of each call.
-- name: score_calls
SELECT c.seq FROM scores s INDEXED BY scores_name
JOIN calls c ON c.call = s.call
WHERE
-- with: score_filter
GROUP BY c.seq ORDER BY c.seq DESC LIMIT ?5

-- ?5, ?6: of which key's or person's calls, 0: all; ?7, ?8: said when.
-- part: score_page_filter
	AND (?5 = 0 OR c.key_id = ?5) AND (?6 = 0 OR c.person = ?6)
	AND s.at >= ?7 AND s.at < ?8 AND (?9 IS NULL OR s.call = ?9)

-- name: score_page
SELECT s.*, c.model FROM scores s
JOIN calls c ON c.call = s.call AND c.attempt = 1
WHERE
-- with: score_filter
-- with: score_page_filter
ORDER BY s.id DESC LIMIT ?10 OFFSET ?11

-- name: score_count
SELECT count(*) FROM scores s
JOIN calls c ON c.call = s.call AND c.attempt = 1
WHERE
-- with: score_filter
-- with: score_page_filter

-- name: score_sums
SELECT s.name, c.model, count(*), count(s.number), avg(s.number),
	min(s.number), max(s.number), count(s.comment)
FROM scores s INDEXED BY scores_name
JOIN calls c ON c.call = s.call AND c.attempt = 1
WHERE
-- with: score_filter
-- with: score_page_filter
GROUP BY s.name, c.model ORDER BY s.name, count(*) DESC LIMIT 1000

-- name: score_labels
SELECT s.name, c.model, s.label, count(*)
FROM scores s INDEXED BY scores_name
JOIN calls c ON c.call = s.call AND c.attempt = 1
WHERE s.label IS NOT NULL AND
-- with: score_filter
-- with: score_page_filter
GROUP BY s.name, c.model, s.label ORDER BY s.name, count(*) DESC LIMIT 1000

-- name: score_call_seen
SELECT 1 FROM calls WHERE call = ?1 AND attempt = 1 AND state <> 0
	AND (?2 = 0 OR key_id = ?2) AND (?3 = 0 OR person = ?3)

-- The call that an answer came from, by the id that the upstream gave it,
-- among the newest of a key (?2) or of a person (?3), or of all (both 0).
-- name: score_call_of_key
SELECT call FROM (SELECT call, upstream_id FROM calls INDEXED BY calls_key
	WHERE key_id = ?2 ORDER BY seq DESC LIMIT 50000)
WHERE upstream_id = ?1 LIMIT 1

-- name: score_call_of_all
SELECT call FROM (SELECT call, upstream_id, person FROM calls
	WHERE seq > (SELECT max(seq) FROM calls) - 50000 ORDER BY seq DESC)
WHERE upstream_id = ?1 AND (?3 = 0 OR person = ?3) LIMIT 1

-- name: replay_add
INSERT INTO replays (call, original, run, made_by, at)
VALUES (?1, ?2, ?3, ?4, ?5)

-- name: replay_of_call
SELECT * FROM replays WHERE call = ?1

-- name: replay_calls
SELECT c.seq FROM replays r INDEXED BY replays_original
JOIN calls c ON c.call = r.call
ORDER BY c.seq DESC LIMIT ?1

-- A call's id begins with its time.
-- name: replay_of_original
SELECT * FROM replays WHERE original = ?1 ORDER BY at, call

-- name: replay_of_run
SELECT * FROM replays INDEXED BY replays_run WHERE run = ?1 ORDER BY at, call
