-- name: ledger_last
SELECT line, hash FROM ledger ORDER BY line DESC LIMIT 1

-- name: ledger_add
INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: ledger_after
SELECT line, at, kind, call, amount_nano FROM ledger
WHERE line > ?1 ORDER BY line LIMIT ?2

-- name: ledger_all
SELECT * FROM ledger ORDER BY line

-- name: ledger_of_call
SELECT line, amount_nano FROM ledger
WHERE call = ?1 AND kind <> 1 AND call <> 0 ORDER BY line

-- For the proof (src/store/verify.c): everything, once.
-- name: verify_calls
SELECT * FROM calls ORDER BY seq

-- name: verify_from
SELECT value FROM meta WHERE name = 'ledger_from'

-- name: verify_accounts
SELECT scope, subject, name, spent_nano FROM accounts

-- name: verify_caps
SELECT a.scope, a.subject, a.name, c.id, c.period, c.created_at
FROM caps AS c JOIN accounts AS a ON a.id = c.account

-- name: verify_parallel
SELECT a.scope, a.subject, a.name, l.id
FROM limits AS l JOIN accounts AS a ON a.id = l.account
WHERE l.unit = 4

-- name: verify_balances
SELECT cap, period_at, spent_nano FROM balances

-- name: verify_rollups
SELECT * FROM rollups

-- name: verify_holds
SELECT cap, call, amount_nano FROM holds

-- name: verify_flights
SELECT limit_id, call FROM flights

-- name: verify_account
SELECT scope, subject, name FROM accounts WHERE id = ?1
