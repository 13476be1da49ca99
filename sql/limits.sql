-- name: window_used
SELECT coalesce(sum(n), 0), min(slot) FROM windows
WHERE limit_id = ?1 AND slot >= ?2

-- name: window_slots
SELECT slot, n FROM windows WHERE limit_id = ?1 AND slot >= ?2 ORDER BY slot

-- name: window_add
INSERT INTO windows (limit_id, slot, n) VALUES (?1, ?2, ?3)
ON CONFLICT (limit_id, slot) DO UPDATE SET n = n + excluded.n

-- name: window_fix
UPDATE windows SET n = max(0, n + ?3) WHERE limit_id = ?1 AND slot = ?2

-- name: window_limits
SELECT id, window_s FROM limits WHERE window_s > 0

-- name: window_prune
DELETE FROM windows WHERE limit_id = ?1 AND slot < ?2

-- name: flight_count
SELECT count(*) FROM flights WHERE limit_id = ?1

-- name: flight_add
INSERT INTO flights (limit_id, call) VALUES (?1, ?2) ON CONFLICT DO NOTHING

-- name: flight_drop
DELETE FROM flights WHERE limit_id = ?1 AND call = ?2

-- name: wait_get
SELECT limit_id, turn, need, since_at, seen_at FROM waits
WHERE id = ?1 AND call = ?2

-- Where the line is, and how far a key has lined up.
-- name: wait_turn
SELECT min(turn), max(CASE WHEN key_id = ?3 THEN turn END) FROM waits
WHERE limit_id = ?1 AND seen_at >= ?2

-- name: wait_ahead
SELECT count(*), coalesce(sum(need), 0) FROM waits
WHERE limit_id = ?1 AND (priority, turn, id) < (?3, ?4, ?5) AND seen_at >= ?2

-- name: wait_add
INSERT INTO waits (call, limit_id, key_id, priority, turn, need, worker,
	since_at, seen_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)

-- name: wait_move
UPDATE waits SET limit_id = ?2, turn = ?3, need = ?4, seen_at = ?5
WHERE id = ?1

-- A number that was rolled back may be another's by now.
-- name: wait_leave
DELETE FROM waits WHERE id = ?1 AND call = ?2

-- name: wait_prune
DELETE FROM waits WHERE seen_at < ?1

-- name: flight_get
SELECT 1 FROM flights WHERE limit_id = ?1 AND call = ?2
