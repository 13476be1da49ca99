-- name: deployment_by_id
SELECT number FROM deployments WHERE id = ?1 AND removed_at = 0

-- name: deployment_add
INSERT INTO deployments (id, model, provider, upstream_model, settings, info,
	sealed, created_by, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)

-- name: deployment_remove
UPDATE deployments SET removed_at = ?2, updated_at = ?2
WHERE id = ?1 AND removed_at = 0

-- name: deployment_list
SELECT number, id, model, provider, upstream_model, settings, info, sealed,
	created_by, created_at, updated_at
FROM deployments WHERE removed_at = 0 ORDER BY model, number

-- name: price_add
INSERT INTO prices (deployment, unit, usd_pico, valid_from)
VALUES (?1, ?2, ?3, ?4)

-- The row that max() picks gives the other columns, too.
-- name: price_list
SELECT id, unit, usd_pico, max(valid_from) FROM prices
WHERE deployment = ?1 AND valid_from <= ?2 GROUP BY unit ORDER BY id
