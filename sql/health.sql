-- name: health_add
INSERT INTO health_checks (deployment, model, at, error, took_us, checked_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: health_prune
DELETE FROM health_checks WHERE id <= ?1

-- ?3 0 all, 1 healthy, 2 not
-- name: health_page
SELECT id, deployment, model, at, error, took_us, checked_by
FROM health_checks
WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR deployment = ?2)
	AND (?3 = 0 OR (?3 = 1) = (error IS NULL))
ORDER BY id DESC LIMIT ?4 OFFSET ?5

-- name: health_count
SELECT count(*) FROM health_checks
WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR deployment = ?2)
	AND (?3 = 0 OR (?3 = 1) = (error IS NULL))

-- name: health_latest
SELECT id, deployment, model, at, error, took_us, checked_by
FROM health_checks
WHERE id IN (SELECT max(id) FROM health_checks GROUP BY deployment)
ORDER BY model, deployment

-- name: health_open_calls
SELECT count(*) FROM calls WHERE state = 0
