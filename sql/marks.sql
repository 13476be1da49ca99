-- name: marks_between
SELECT seqs FROM marks
WHERE dim = ?1 AND block = ?2 AND value >= ?3 AND value <= ?4

-- name: marks_part
SELECT seqs FROM marks
WHERE dim = ?1 AND block = ?2 AND instr(lower(value), lower(?3)) > 0

-- name: marks_places
SELECT block, value FROM marks
WHERE dim = ?1 AND block >= ?2 AND block <= ?3
ORDER BY value DESC, block DESC

-- name: marks_put
INSERT INTO marks VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET seqs = excluded.seqs

-- Rows of lost calls (state 4).
-- name: marks_lost
SELECT block, seqs FROM marks WHERE dim = ?1 AND value = '4'

-- How far calls have been taken up, and how far there are any.
-- name: follow_get
SELECT f.seq, f.line, coalesce((SELECT value FROM meta
	WHERE name = 'ledger_from'), 0) FROM followed AS f WHERE f.id = 1

-- name: follow_set
UPDATE followed SET seq = ?1, line = ?2 WHERE id = 1

-- name: follow_waiting
SELECT coalesce(max(line), 0) FROM ledger

-- From before the ledger.
-- name: follow_old
SELECT seq FROM calls WHERE seq > ?1 AND seq <= ?2 AND state <> 0
ORDER BY seq LIMIT ?3

-- name: follow_lines
SELECT line, call, kind FROM ledger WHERE line > ?1 ORDER BY line LIMIT ?2

-- name: follow_open
SELECT seq FROM calls INDEXED BY calls_open WHERE state = 0
