-- name: config_get
SELECT value FROM config WHERE name = ?1

-- name: config_put
INSERT INTO config (name, value, updated_by, updated_at)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (name) DO UPDATE SET value = excluded.value,
	updated_by = excluded.updated_by, updated_at = excluded.updated_at

-- name: config_remove
DELETE FROM config WHERE name = ?1

-- name: credential_find
SELECT name, info, masked, sealed, created_by, updated_by, created_at,
	updated_at
FROM credentials WHERE name = ?1

-- name: credential_put
INSERT INTO credentials (name, info, masked, sealed, created_by, updated_by,
	created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
ON CONFLICT (name) DO UPDATE SET info = excluded.info,
	masked = excluded.masked, sealed = excluded.sealed,
	updated_by = excluded.updated_by, updated_at = excluded.updated_at
RETURNING created_at, updated_at

-- name: credential_remove
DELETE FROM credentials WHERE name = ?1

-- name: credential_list
SELECT name, info, masked, sealed, created_by, updated_by, created_at,
	updated_at
FROM credentials ORDER BY name

-- name: access_group_find
SELECT name, models, created_by, updated_by, created_at, updated_at
FROM access_groups WHERE name = ?1

-- name: access_group_put
INSERT INTO access_groups (name, models, created_by, updated_by, created_at,
	updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?5)
ON CONFLICT (name) DO UPDATE SET models = excluded.models,
	updated_by = excluded.updated_by, updated_at = excluded.updated_at
RETURNING created_at, updated_at

-- name: access_group_remove
DELETE FROM access_groups WHERE name = ?1

-- name: access_group_list
SELECT name, models, created_by, updated_by, created_at, updated_at
FROM access_groups ORDER BY name
