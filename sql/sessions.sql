-- name: session_add
INSERT INTO sessions (token, person, key_id, addr, agent, settings,
	created_at, seen_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: session_find
SELECT token, person, key_id, addr, agent, settings, created_at, seen_at,
	expires_at
FROM sessions WHERE token = ?1 AND expires_at > ?2

-- name: session_touch
UPDATE sessions SET seen_at = ?2, expires_at = ?3 WHERE token = ?1

-- name: session_set
UPDATE sessions SET settings = ?2 WHERE token = ?1

-- name: session_drop
DELETE FROM sessions WHERE token = ?1

-- name: session_drop_person
DELETE FROM sessions
WHERE person = ?1 AND person <> 0 AND (?2 IS NULL OR token <> ?2)

-- name: session_drop_key
DELETE FROM sessions WHERE key_id = ?1 AND key_id <> 0

-- name: session_drop_over
DELETE FROM sessions WHERE expires_at <= ?1

-- name: session_list
SELECT token, person, key_id, addr, agent, settings, created_at, seen_at,
	expires_at
FROM sessions WHERE person = ?1 AND person <> 0 AND expires_at > ?2
ORDER BY created_at DESC, token

-- name: attempt_find
SELECT n, until_at FROM attempts WHERE who = ?1

-- name: attempt_put
INSERT INTO attempts (who, n, last_at, until_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (who) DO UPDATE SET n = excluded.n, last_at = excluded.last_at,
	until_at = excluded.until_at

-- name: attempt_drop
DELETE FROM attempts WHERE who = ?1

-- name: attempt_undo
UPDATE attempts SET n = max(n - 1, 0), until_at = 0 WHERE who = ?1

-- name: attempt_drop_over
DELETE FROM attempts WHERE last_at <= ?1
