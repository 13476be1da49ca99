-- name: account_add
INSERT INTO accounts (scope, subject, name) VALUES (?1, ?2, ?3)
ON CONFLICT (scope, subject, name) DO NOTHING

-- name: account_id
SELECT id, spent_nano FROM accounts
WHERE scope = ?1 AND subject = ?2 AND name = ?3

-- ?3 NULL: all names.
-- name: account_list
SELECT id, name FROM accounts
WHERE scope = ?1 AND subject = ?2 AND (?3 IS NULL OR name = ?3)
ORDER BY id

-- name: account_caps
SELECT a.id, a.name, c.id, c.origin, c.period, c.cap_nano, c.soft_nano,
	c.at_cap, c.over, c.unpriced, c.switch_model, c.switch_percent,
	c.extra_nano, c.extra_until, c.marks
FROM accounts AS a JOIN caps AS c ON c.account = a.id
WHERE a.scope = ?1 AND a.subject = ?2 AND (?3 IS NULL OR a.name = ?3)
ORDER BY a.id, c.id

-- name: account_limits
SELECT a.id, a.name, l.id, l.unit, l.window_s, l.cap, l.queue_ms
FROM accounts AS a JOIN limits AS l ON l.account = a.id
WHERE a.scope = ?1 AND a.subject = ?2 AND (?3 IS NULL OR a.name = ?3)
ORDER BY a.id, l.id

-- name: account_spend
INSERT INTO accounts (scope, subject, name, spent_nano)
VALUES (?1, ?2, '', ?3)
ON CONFLICT (scope, subject, name) DO UPDATE
	SET spent_nano = spent_nano + excluded.spent_nano

-- name: account_adjusted
SELECT coalesce(sum(amount_nano), 0) FROM ledger
WHERE call = 0 AND kind <> 1 AND kind = 4 AND account = ?1 AND cap = 0

-- name: rules_bump
UPDATE meta SET value = value + 1 WHERE name = 'rules'

-- name: cap_add
INSERT INTO caps (account, origin, period, cap_nano, soft_nano, at_cap, over,
	unpriced, switch_model, switch_percent, extra_nano, extra_until, marks,
	created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)

-- name: cap_change
UPDATE caps SET origin = ?2, cap_nano = ?4, soft_nano = ?5, at_cap = ?6,
	over = ?7, unpriced = ?8, switch_model = ?9, switch_percent = ?10,
	extra_nano = ?11, extra_until = ?12, marks = ?13
WHERE account = ?1 AND period = ?3

-- name: caps_of
SELECT id, period FROM caps WHERE account = ?1

-- name: cap_drop
DELETE FROM caps WHERE id = ?1

-- name: cap_drop_holds
DELETE FROM holds WHERE cap = ?1

-- name: cap_drop_balances
DELETE FROM balances WHERE cap = ?1

-- name: limits_of
SELECT id, unit, window_s FROM limits WHERE account = ?1

-- name: limit_add
INSERT INTO limits (account, unit, window_s, cap, queue_ms)
VALUES (?1, ?2, ?3, ?4, ?5)

-- name: limit_change
UPDATE limits SET cap = ?4, queue_ms = ?5
WHERE account = ?1 AND unit = ?2 AND window_s = ?3

-- name: limit_drop
DELETE FROM limits WHERE id = ?1

-- name: limit_drop_windows
DELETE FROM windows WHERE limit_id = ?1

-- name: limit_drop_flights
DELETE FROM flights WHERE limit_id = ?1

-- name: limit_drop_waits
DELETE FROM waits WHERE limit_id = ?1

-- name: promise_master
SELECT 1 FROM keys WHERE id = ?1 AND role = 1
