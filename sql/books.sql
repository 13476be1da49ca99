-- name: stake_read
SELECT (SELECT spent_nano FROM balances WHERE cap = ?1 AND period_at = ?2),
	(SELECT sum(amount_nano) FROM holds WHERE cap = ?1 AND period_at = ?2)

-- RETURNING would cost more than to read it with balance_marked.
-- name: balance_add
INSERT INTO balances (cap, period_at, spent_nano) VALUES (?1, ?2, ?3)
ON CONFLICT (cap, period_at) DO UPDATE
	SET spent_nano = spent_nano + excluded.spent_nano

-- name: balance_mark
INSERT INTO balances (cap, period_at, spent_nano, marked, soft_marked,
	refused_marked)
VALUES (?1, ?2, 0, ?3, ?4, ?5)
ON CONFLICT (cap, period_at) DO UPDATE
	SET marked = max(marked, ?3), soft_marked = max(soft_marked, ?4),
		refused_marked = max(refused_marked, ?5)

-- name: balance_marked
SELECT marked, soft_marked, refused_marked, spent_nano FROM balances
WHERE cap = ?1 AND period_at = ?2

-- name: hold_add
INSERT INTO holds (cap, call, period_at, amount_nano) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (cap, call) DO UPDATE SET amount_nano = excluded.amount_nano

-- name: hold_get
SELECT amount_nano FROM holds WHERE cap = ?1 AND call = ?2

-- name: hold_less
UPDATE holds SET amount_nano = max(0, amount_nano - ?3)
WHERE cap = ?1 AND call = ?2

-- name: hold_drop
DELETE FROM holds WHERE cap = ?1 AND call = ?2

-- Whom an event is about, by the name that people know.
-- name: event_key
SELECT token, coalesce(alias, name) FROM keys WHERE id = ?1

-- name: event_subject
SELECT name, alias FROM subjects WHERE id = ?1

-- name: event_member
SELECT t.name || '/' || p.name, t.alias FROM members AS m
	JOIN subjects AS t ON t.id = m.team
	JOIN subjects AS p ON p.id = m.person
WHERE m.id = ?1

-- What nobody serves any more: see src/store/sweep.c.
-- name: sweep_heads
SELECT DISTINCT call FROM (SELECT call FROM holds UNION SELECT call FROM flights)

-- name: sweep_head
SELECT h.worker, max(a.state = 0),
	max(CASE WHEN a.follows THEN a.start_at + coalesce(a.end_us, 0) END)
FROM calls AS h LEFT JOIN calls AS a ON a.call = h.call
WHERE h.seq = ?1
GROUP BY h.seq

-- name: sweep_holds
DELETE FROM holds WHERE call = ?1

-- name: sweep_flights
DELETE FROM flights WHERE call = ?1
