-- name: meta_get
SELECT value FROM meta WHERE name = ?1

-- name: meta_set
INSERT INTO meta (name, value) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: meta_delete
DELETE FROM meta WHERE name = ?1

-- name: meta_version
SELECT value FROM meta WHERE name = 'version'

-- name: meta_bump
UPDATE meta SET value = value + 1 WHERE name = 'version'

-- name: meta_rules
SELECT value FROM meta WHERE name = 'rules'
