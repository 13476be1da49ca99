-- db: log

-- name: pace_get
SELECT epoch, began_at, first_body FROM pace WHERE id = 1

-- name: pace_next
UPDATE pace SET epoch = epoch + 1, began_at = ?1, first_body = ?2 WHERE id = 1

-- name: pace_probe
UPDATE pace SET probe = ?1 WHERE id = 1

-- name: piece_find
SELECT p.id, u.epoch FROM pieces AS p LEFT JOIN uses AS u ON u.piece = p.id
WHERE p.digest = ?1

-- name: piece_add
INSERT INTO pieces (digest, form, bytes, data) VALUES (?1, ?2, ?3, ?4)

-- name: piece_get
SELECT digest, form, bytes, data FROM pieces WHERE id = ?1

-- name: use_put
INSERT INTO uses (piece, epoch) VALUES (?1, ?2)
ON CONFLICT (piece) DO UPDATE SET epoch = excluded.epoch

-- name: body_put
INSERT INTO bodies (call, epoch, at, request, answer, heads, upstream)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (call) DO UPDATE SET
	request = coalesce(excluded.request, request),
	answer = coalesce(excluded.answer, answer),
	heads = coalesce(excluded.heads, heads),
	upstream = coalesce(excluded.upstream, upstream)

-- name: body_id
SELECT id FROM bodies WHERE call = ?1

-- name: body_get
SELECT request, answer, heads, upstream FROM bodies WHERE call = ?1

-- name: body_first
SELECT id, epoch, at FROM bodies ORDER BY id LIMIT 1

-- name: body_last
SELECT id FROM bodies ORDER BY id DESC LIMIT 1

-- The first of some bodies that is neither aged nor of a future time.
-- name: body_current
SELECT id FROM bodies
WHERE id >= ?1 AND id < ?2 AND at >= ?3 AND at < ?4 ORDER BY id LIMIT 1

-- name: body_aged
SELECT max(id) FROM bodies WHERE id >= ?1 AND id < ?2 AND at < ?3

-- name: body_call
SELECT call FROM bodies WHERE id = ?1

-- name: body_prune
DELETE FROM bodies WHERE id <= ?1

-- name: piece_stale
SELECT piece, said_by FROM uses WHERE epoch < ?1 ORDER BY epoch LIMIT ?2

-- name: piece_delete
DELETE FROM pieces WHERE id = ?1

-- name: use_delete
DELETE FROM uses WHERE piece = ?1

-- name: body_at
SELECT at FROM bodies WHERE id >= ?1 ORDER BY id LIMIT 1

-- name: body_range
SELECT coalesce((SELECT min(id) FROM bodies), 1),
	coalesce((SELECT max(id) FROM bodies), 0)
