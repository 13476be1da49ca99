-- name: provider_put
INSERT INTO providers (name, settings, sealed, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?4)
ON CONFLICT (name) DO UPDATE SET settings = excluded.settings,
	sealed = excluded.sealed, updated_at = excluded.updated_at

-- name: provider_users
SELECT count(*) FROM deployments WHERE provider = ?1 AND removed_at = 0

-- name: provider_remove
DELETE FROM providers WHERE name = ?1

-- part: provider_columns
SELECT id, name, settings, sealed, created_at, updated_at

-- name: provider_list
-- with: provider_columns
FROM providers ORDER BY name

-- name: provider_by_name
-- with: provider_columns
FROM providers WHERE name = ?1
