-- part: near_columns
SELECT c.id, c.account, c.period, c.cap_nano
		+ iif(c.extra_until = 0 OR c.extra_until > ?1, c.extra_nano, 0),
	b.period_at, b.spent_nano

-- part: near_latest
	AND b.period_at = (SELECT max(period_at) FROM balances
		WHERE cap = c.id)

-- Each cap with the balance of its latest period.
-- name: near_caps
-- with: near_columns
FROM caps AS c CROSS JOIN balances AS b ON b.cap = c.id
-- with: near_latest
WHERE c.cap_nano > 0 AND b.spent_nano > 0

-- Of many, those of a period that have crossed a threshold.
-- name: near_marked
-- with: near_columns
FROM balances AS b INDEXED BY balances_marked
	CROSS JOIN caps AS c ON c.id = b.cap
WHERE b.marked > 0 AND b.period_at = ?2 AND c.period = ?3
	AND c.cap_nano > 0

-- Of a person and their keys.
-- name: near_own
-- with: near_columns
FROM accounts AS a CROSS JOIN caps AS c ON c.account = a.id
	CROSS JOIN balances AS b ON b.cap = c.id
-- with: near_latest
WHERE a.id IN (
	SELECT id FROM accounts WHERE scope IN (?2, ?3) AND subject = ?6
	UNION ALL
	SELECT id FROM accounts WHERE scope IN (?4, ?5) AND subject IN (
		SELECT id FROM keys WHERE person = ?6 AND person <> 0))
	AND c.cap_nano > 0 AND b.spent_nano > 0

-- name: near_periods
SELECT DISTINCT period FROM caps

-- name: near_number
SELECT count(*) FROM (SELECT 1 FROM caps LIMIT ?1)

-- name: near_held
SELECT coalesce(sum(amount_nano), 0) FROM holds
WHERE cap = ?1 AND period_at = ?2

-- name: near_behind
SELECT count(*), coalesce(min(next_at), 0)
FROM deliveries INDEXED BY deliveries_due WHERE state = 0

-- name: near_prices
SELECT coalesce(max(valid_from), 0) FROM prices
