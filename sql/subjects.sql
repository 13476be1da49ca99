-- name: subject_insert
INSERT INTO subjects (kind, name, alias, email, role, parent, models, blocked,
	budget, settings, created_by, updated_by, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)

-- name: subject_update
UPDATE subjects SET name = ?2, alias = ?3, email = ?4, role = ?5, parent = ?6,
	models = ?7, blocked = ?8, budget = ?9, settings = ?10,
	updated_by = ?12, updated_at = ?14
WHERE id = ?15 AND kind = ?1 AND created_at = ?13 AND removed_at = 0

-- name: subject_by_id
SELECT id, kind, name, alias, email, role, parent, models, blocked, budget,
	settings, created_by, updated_by, created_at, updated_at, removed_at
FROM subjects WHERE id = ?1

-- name: subject_id_of_name
SELECT id FROM subjects WHERE kind = ?1 AND name = ?2 AND removed_at = 0

-- name: subject_id_of_email
SELECT id FROM subjects WHERE email = ?1 AND kind = 1 AND removed_at = 0

-- name: subject_remove
UPDATE subjects SET removed_at = ?2, updated_at = ?2
WHERE id = ?1 AND removed_at = 0

-- part: subject_filter
	AND (?2 = 0 OR s.parent = ?2)
	AND (?4 IS NULL OR instr(lower(s.name), lower(?4))
		OR instr(lower(coalesce(s.alias, '')), lower(?4))
		OR instr(lower(coalesce(s.email, '')), lower(?4)))
	AND (?5 IS NULL OR s.role = ?5)

-- part: subject_living
FROM subjects AS s
WHERE s.kind = ?1 AND s.removed_at = 0
	AND (?3 = 0 OR EXISTS (SELECT 1 FROM members AS m
		WHERE m.team = s.id AND m.person = ?3))
-- with: subject_filter

-- part: subject_removed
FROM subjects AS s
WHERE s.kind = ?1 AND s.removed_at <> 0
-- with: subject_filter

-- name: subject_page_by_name
SELECT s.id
-- with: subject_living
ORDER BY s.name LIMIT ?6 OFFSET ?7

-- name: subject_page_newest
SELECT s.id
-- with: subject_living
ORDER BY s.id DESC LIMIT ?6 OFFSET ?7

-- What each has spent in all; ?8 is the scope of its account.
-- part: subject_spent
ORDER BY (SELECT a.spent_nano FROM accounts AS a
	WHERE a.scope = ?8 AND a.subject = s.id AND a.name = '')

-- name: subject_page_dearest
SELECT s.id
-- with: subject_living
-- with: subject_spent
	DESC, s.name
LIMIT ?6 OFFSET ?7

-- name: subject_page_cheapest
SELECT s.id
-- with: subject_living
-- with: subject_spent
	, s.name
LIMIT ?6 OFFSET ?7

-- name: subject_page_by_name_down
SELECT s.id
-- with: subject_living
ORDER BY s.name DESC LIMIT ?6 OFFSET ?7

-- name: subject_page_oldest
SELECT s.id
-- with: subject_living
ORDER BY s.id LIMIT ?6 OFFSET ?7

-- name: subject_page_count
SELECT count(*)
-- with: subject_living

-- name: subject_removed_page
SELECT s.id
-- with: subject_removed
ORDER BY s.id DESC LIMIT ?6 OFFSET ?7

-- name: subject_removed_count
SELECT count(*)
-- with: subject_removed
