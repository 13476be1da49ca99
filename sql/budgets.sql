-- name: budget_find
SELECT name, settings, created_by, updated_by, created_at, updated_at
FROM budgets WHERE name = ?1

-- name: budget_put
INSERT INTO budgets (name, settings, created_by, updated_by, created_at,
	updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?5)
ON CONFLICT (name) DO UPDATE SET settings = excluded.settings,
	updated_by = excluded.updated_by, updated_at = excluded.updated_at
RETURNING created_at, updated_at

-- name: budget_remove
DELETE FROM budgets WHERE name = ?1

-- name: budget_list
SELECT name, settings, created_by, updated_by, created_at, updated_at
FROM budgets ORDER BY name

-- Those that were made for one member of a team have no name of their own.
-- part: budget_shared
FROM budgets AS b
WHERE (?1 IS NULL OR instr(lower(b.name), lower(?1)))
	AND NOT (length(b.name) = 36
		AND EXISTS (SELECT 1 FROM members AS m WHERE m.budget = b.name))

-- name: budget_page
SELECT b.name, b.settings, b.created_by, b.updated_by, b.created_at,
	b.updated_at
-- with: budget_shared
ORDER BY b.name LIMIT ?2 OFFSET ?3

-- name: budget_page_count
SELECT count(*)
-- with: budget_shared

-- The kinds of those who are linked: 0 a key, -1 a member, else a subject's.
-- name: budget_users
SELECT 0, id FROM keys WHERE budget = ?1 AND revoked_at = 0
UNION ALL SELECT kind, id FROM subjects WHERE budget = ?1 AND removed_at = 0
UNION ALL SELECT -1, id FROM members WHERE budget = ?1

-- name: budget_holders
SELECT 0, id FROM keys
WHERE (budget IS NOT NULL OR settings <> '{}') AND revoked_at = 0
UNION ALL SELECT kind, id FROM subjects
WHERE (budget IS NOT NULL OR settings <> '{}') AND removed_at = 0
UNION ALL SELECT -1, id FROM members
WHERE budget IS NOT NULL OR settings <> '{}'

-- name: budget_leave_keys
UPDATE keys SET budget = NULL WHERE budget = ?1

-- name: budget_leave_subjects
UPDATE subjects SET budget = NULL WHERE budget = ?1

-- name: budget_leave_members
UPDATE members SET budget = NULL WHERE budget = ?1
