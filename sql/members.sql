-- name: member_put
INSERT INTO members (team, person, role, budget, settings, created_at,
	updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
ON CONFLICT (team, person) DO UPDATE SET role = excluded.role,
	budget = excluded.budget, settings = excluded.settings,
	updated_at = excluded.updated_at
RETURNING id, created_at, updated_at

-- part: member_columns
SELECT id, team, person, role, budget, settings, created_at, updated_at

-- name: member_find
-- with: member_columns
FROM members WHERE team = ?1 AND person = ?2

-- name: member_by_id
-- with: member_columns
FROM members WHERE id = ?1

-- name: member_remove
DELETE FROM members WHERE id = ?1

-- name: members_of_team
-- with: member_columns
FROM members WHERE team = ?1 ORDER BY id

-- name: members_of_person
-- with: member_columns
FROM members WHERE person = ?1 ORDER BY id
