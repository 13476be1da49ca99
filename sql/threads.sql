-- db: log

-- part: thread_filter
SELECT id, name, key_id, person, program, title, first_at, last_at, calls,
	failed, cost_nano, input_tokens, output_tokens
FROM threads
WHERE (?1 = 0 OR key_id = ?1) AND (?2 = 0 OR person = ?2)
	AND (?3 IS NULL OR program = ?3) AND (?4 IS NULL OR name = ?4)
	AND calls >= ?5 AND last_at >= ?6 AND last_at < ?7

-- part: thread_order
ORDER BY last_at DESC, id DESC LIMIT ?8 OFFSET ?9

-- The same rows in each, but by the index that finds them soonest.
-- name: thread_list
-- with: thread_filter
-- with: thread_order

-- name: thread_list_talks
-- with: thread_filter
	AND calls > 1
-- with: thread_order

-- name: thread_list_of_key
-- with: thread_filter
	AND key_id = ?1
-- with: thread_order

-- name: thread_list_of_person
-- with: thread_filter
	AND person = ?2
-- with: thread_order

-- name: thread_list_by_name
-- with: thread_filter
	AND name = ?4
-- with: thread_order

-- name: thread_get
SELECT id, name, key_id, person, program, title, first_at, last_at, calls,
	failed, cost_nano, input_tokens, output_tokens
FROM threads WHERE id = ?1

-- name: thread_named
SELECT id FROM threads WHERE name = ?1 AND key_id = ?2 AND person = ?3

-- name: thread_add
INSERT INTO threads (name, key_id, person, program, title, first_at, last_at,
	calls, failed, cost_nano, input_tokens, output_tokens)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)

-- name: thread_count
UPDATE threads SET title = coalesce(title, ?2),
	program = CASE program WHEN 'unknown' THEN ?3 ELSE program END,
	first_at = min(first_at, ?4), last_at = max(last_at, ?5),
	calls = calls + ?6, failed = failed + ?7, cost_nano = cost_nano + ?8,
	input_tokens = input_tokens + ?9, output_tokens = output_tokens + ?10
WHERE id = ?1

-- name: thread_correct
UPDATE threads SET cost_nano = cost_nano + ?2
WHERE id = (SELECT thread FROM thread_calls WHERE seq = ?1)

-- name: thread_delete_empty
DELETE FROM threads WHERE id = ?1
	AND NOT EXISTS (SELECT 1 FROM thread_calls WHERE thread = ?1)

-- name: thread_call_add
INSERT OR IGNORE INTO thread_calls (seq, thread, call, known, tail, answer)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: thread_call_by_tail
SELECT seq, thread, answer FROM thread_calls
WHERE tail = ?1 AND seq <> ?2 ORDER BY seq DESC LIMIT 1

-- name: thread_call_there
SELECT 1 FROM thread_calls WHERE seq = ?1

-- name: thread_call_of
SELECT seq, thread, call, known FROM thread_calls
WHERE call = ?1 ORDER BY seq DESC LIMIT 1

-- name: thread_call_list
SELECT seq, thread, call, known FROM thread_calls
WHERE thread = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3

-- name: thread_call_session
SELECT c.seq FROM threads AS t JOIN thread_calls AS c ON c.thread = t.id
WHERE t.name = ?1 ORDER BY c.seq DESC LIMIT ?2

-- Of calls without bodies before this one, which nothing else takes away.
-- name: thread_call_before
SELECT c.seq, c.thread FROM thread_calls AS c
WHERE c.seq < ?1
	AND NOT EXISTS (SELECT 1 FROM bodies AS b WHERE b.call = c.call)
ORDER BY c.seq LIMIT ?2

-- name: thread_call_delete
DELETE FROM thread_calls WHERE seq = ?1

-- Where nothing is kept but numbers, no body takes a thread along.
-- name: thread_aged
SELECT c.seq, c.thread
FROM (SELECT id FROM threads WHERE last_at < ?1 ORDER BY last_at LIMIT 500)
	AS t JOIN thread_calls AS c ON c.thread = t.id
WHERE NOT EXISTS (SELECT 1 FROM bodies AS b WHERE b.call = c.call)
LIMIT ?2

-- name: program_find
SELECT id FROM programs WHERE program = ?1 AND kind = ?2 AND digest = ?3

-- name: program_add
INSERT INTO programs (program, kind, digest, first_at, last_at, calls, call)
VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5)

-- name: program_again
UPDATE programs SET calls = calls + 1, last_at = max(last_at, ?2), call = ?3
WHERE id = ?1

-- The one that was used longest ago makes room, when there are too many.
-- name: program_crowded
DELETE FROM programs WHERE id = (
	SELECT id FROM programs WHERE program = ?1 AND kind = ?2
	ORDER BY last_at LIMIT 1)
	AND (SELECT count(*) FROM programs WHERE program = ?1 AND kind = ?2) > ?3

-- name: program_person
INSERT INTO program_people (text, person, last_at, call)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (text, person) DO UPDATE SET last_at = excluded.last_at,
	call = excluded.call

-- name: program_texts
SELECT id, program, kind, first_at, last_at, calls, call FROM programs AS p
WHERE (?1 IS NULL OR program = ?1)
	AND EXISTS (SELECT 1 FROM bodies AS b WHERE b.call = p.call)
ORDER BY program, kind, first_at, id

-- name: program_texts_of
SELECT p.id, p.program, p.kind, p.first_at, p.last_at, p.calls, o.call
FROM programs AS p
	JOIN program_people AS o ON o.text = p.id AND o.person = ?2
WHERE (?1 IS NULL OR p.program = ?1)
	AND EXISTS (SELECT 1 FROM bodies AS b WHERE b.call = o.call)
ORDER BY p.program, p.kind, p.first_at, p.id

-- name: program_people_prune
DELETE FROM program_people
WHERE NOT EXISTS (SELECT 1 FROM bodies AS b WHERE b.call = program_people.call)

-- name: program_prune
DELETE FROM programs
WHERE NOT EXISTS (SELECT 1 FROM bodies AS b WHERE b.call = programs.call)
