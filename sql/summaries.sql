-- name: summary_get
SELECT hours FROM summaries WHERE dim = ?1 AND day_at = ?2 AND value = ?3

-- name: summary_put
INSERT INTO summaries VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET hours = excluded.hours

-- name: summary_days
SELECT day_at, value, hours FROM summaries
WHERE dim = ?1 AND day_at >= ?2 AND day_at < ?3
ORDER BY day_at, value

-- name: summary_days_of
SELECT day_at, value, hours FROM summaries
WHERE dim = ?1 AND value = ?4 AND day_at >= ?2 AND day_at < ?3
ORDER BY day_at
