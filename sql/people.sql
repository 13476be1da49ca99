-- name: person_add
INSERT INTO people (name, role, password_hash, created_at)
VALUES (?1, ?2, ?3, ?4)

-- name: person_by_name
SELECT id, name, role, password_hash, created_at, settings, totp, totp_step
FROM people WHERE name = ?1

-- name: person_by_id
SELECT id, name, role, password_hash, created_at, settings, totp, totp_step
FROM people WHERE id = ?1

-- name: person_count
SELECT count(*) FROM people

-- name: person_set_name
UPDATE people SET name = ?2 WHERE id = ?1

-- name: person_set_hash
UPDATE people SET password_hash = ?2 WHERE id = ?1

-- name: person_set_settings
UPDATE people SET settings = ?2 WHERE id = ?1

-- name: person_set_initial
UPDATE people SET settings = json_set(settings, '$.initial', json('true'))
WHERE id = ?1

-- name: person_unset_initial
UPDATE people SET settings = json_remove(settings, '$.initial') WHERE id = ?1

-- name: person_initial
SELECT id, name, role, password_hash, created_at, settings, totp, totp_step
FROM people WHERE role = 'owner' AND json_extract(settings, '$.initial')
	AND totp IS NULL
ORDER BY id LIMIT 1

-- name: person_set_role
UPDATE people SET role = ?2 WHERE id = ?1

-- name: person_set_totp
UPDATE people SET totp = ?2, totp_step = 0 WHERE id = ?1

-- name: person_use_step
UPDATE people SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2

-- name: person_owners
SELECT count(*) FROM people WHERE role = 'owner' AND id <> ?1

-- name: person_put
INSERT INTO people (name, role, password_hash, created_at)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash

-- name: person_role
UPDATE people SET role = ?2 WHERE name = ?1 AND role <> 'owner'

-- name: person_drop
DELETE FROM people WHERE name = ?1
