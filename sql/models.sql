-- name: deployment_number
SELECT number FROM deployments WHERE id = ?1 AND removed_at = 0

-- part: deployment_columns
SELECT number, id, model, provider, upstream_model, settings, info, sealed,
	created_by, created_at, updated_at, params, blocked, updated_by

-- name: deployment_by_id
-- with: deployment_columns
FROM deployments WHERE id = ?1 AND removed_at = 0

-- name: deployment_add
INSERT INTO deployments (id, model, provider, upstream_model, settings, info,
	sealed, created_by, created_at, updated_at, params)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10)

-- name: deployment_change
UPDATE deployments SET model = ?2, provider = ?3, upstream_model = ?4,
	settings = ?5, info = ?6, sealed = ?7, params = ?8, blocked = ?9,
	updated_by = ?10, updated_at = ?11
WHERE number = ?1

-- name: deployment_remove
UPDATE deployments SET removed_at = ?2, updated_at = ?2
WHERE id = ?1 AND removed_at = 0

-- name: deployment_list
-- with: deployment_columns
FROM deployments WHERE removed_at = 0 ORDER BY model, number

-- name: price_add
INSERT INTO prices (deployment, unit, usd_pico, valid_from, valid_to,
	above_tokens, tier, utc_from, utc_to, source)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- All under the same conditions that have no end; those yet to come never
-- begin.
-- name: price_end
UPDATE prices SET valid_to = max(?6, valid_from)
WHERE deployment = ?1 AND unit = ?2 AND above_tokens = ?3 AND tier = ?4
	AND utc_from = ?5 AND utc_to = ?7 AND valid_to = 0

-- name: price_get
SELECT id, unit, usd_pico, valid_from, valid_to, above_tokens, tier, utc_from,
	utc_to, source
FROM prices WHERE id = ?1

-- Those in force and those to come; what a later one without end has replaced
-- is left out.
-- name: price_list
SELECT id, unit, usd_pico, valid_from, valid_to, above_tokens, tier, utc_from,
	utc_to, source
FROM prices AS p
WHERE deployment = ?1 AND (valid_to = 0 OR valid_to > max(?2, valid_from))
	AND NOT EXISTS (SELECT 1 FROM prices AS l
		WHERE l.deployment = p.deployment AND l.unit = p.unit
			AND l.above_tokens = p.above_tokens AND l.tier = p.tier
			AND l.utc_from = p.utc_from AND l.utc_to = p.utc_to
			AND l.valid_from > p.valid_from
			AND l.valid_from <= ?2 AND l.valid_to = 0)
ORDER BY id
