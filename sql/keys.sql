-- name: key_add
INSERT INTO keys (token, name, alias, models, metadata, created_by, role, log,
	blocked, created_at, updated_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)

-- name: key_by_token
SELECT id, token, name, alias, models, metadata, created_by, role, log,
	blocked, created_at, updated_at, expires_at, revoked_at, last_used_at
FROM keys WHERE token = ?1

-- name: key_by_id
SELECT id, token, name, alias, models, metadata, created_by, role, log,
	blocked, created_at, updated_at, expires_at, revoked_at, last_used_at
FROM keys WHERE id = ?1

-- name: key_by_alias
SELECT id, token, name, alias, models, metadata, created_by, role, log,
	blocked, created_at, updated_at, expires_at, revoked_at, last_used_at
FROM keys WHERE alias = ?1 AND revoked_at = 0

-- name: key_list
SELECT id, token, name, alias, models, metadata, created_by, role, log,
	blocked, created_at, updated_at, expires_at, revoked_at, last_used_at
FROM keys WHERE revoked_at = 0 OR ?1
ORDER BY id DESC

-- name: key_revoke
UPDATE keys SET revoked_at = ?2, updated_at = ?2
WHERE token = ?1 AND revoked_at = 0

-- name: key_used
UPDATE keys SET last_used_at = ?2 WHERE id = ?1 AND last_used_at < ?2

-- name: key_master
SELECT id, token FROM keys WHERE role = 1 AND revoked_at = 0

-- name: key_master_change
UPDATE keys SET token = ?2, name = ?3, updated_at = ?4 WHERE id = ?1
