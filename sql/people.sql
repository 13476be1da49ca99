-- name: person_add
INSERT INTO people (name, role, password_hash, created_at)
VALUES (?1, ?2, ?3, ?4)

-- name: person_by_name
SELECT id, name, role, password_hash, created_at FROM people WHERE name = ?1

-- name: person_count
SELECT count(*) FROM people

-- name: person_password
UPDATE people SET password_hash = ?2 WHERE name = ?1

-- name: person_put
INSERT INTO people (name, role, password_hash, created_at)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash

-- name: person_role
UPDATE people SET role = ?2 WHERE name = ?1 AND role <> 'owner'

-- name: person_drop
DELETE FROM people WHERE name = ?1
