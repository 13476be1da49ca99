-- name: key_insert
INSERT INTO keys (token, name, alias, models, metadata, created_by, role, log,
	blocked, created_at, updated_at, expires_at, person, team, project,
	organization, budget, settings, updated_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
	?17, ?18, ?19)

-- name: key_update
UPDATE keys SET alias = ?2, models = ?3, metadata = ?4, log = ?5, blocked = ?6,
	expires_at = ?7, person = ?8, team = ?9, project = ?10,
	organization = ?11, budget = ?12, settings = ?13, updated_by = ?14,
	updated_at = ?15
WHERE id = ?1 AND revoked_at = 0

-- name: key_by_id
SELECT id, token, name, alias, models, metadata, created_by, role, log,
	blocked, created_at, updated_at, expires_at, revoked_at, last_used_at,
	person, team, project, organization, budget, settings, updated_by,
	revoked_by, rotated_at, rotations
FROM keys WHERE id = ?1

-- name: key_id_of_token
SELECT id FROM keys WHERE token = ?1

-- name: key_id_of_old_token
SELECT key_id, valid_until FROM key_tokens WHERE token = ?1

-- name: key_id_of_alias
SELECT id FROM keys WHERE alias = ?1 AND revoked_at = 0

-- name: key_drop
UPDATE keys SET revoked_at = ?2, revoked_by = ?3, updated_at = ?2
WHERE id = ?1 AND revoked_at = 0

-- name: key_rotate
UPDATE keys SET token = ?2, name = ?3, rotated_at = ?4,
	rotations = rotations + 1, updated_at = ?4, updated_by = ?5
WHERE id = ?1 AND revoked_at = 0
RETURNING rotations

-- name: key_old_token
INSERT INTO key_tokens (token, key_id, valid_until)
SELECT token, id, ?2 FROM keys WHERE id = ?1 AND revoked_at = 0

-- name: key_used
UPDATE keys SET last_used_at = ?2 WHERE id = ?1 AND last_used_at < ?2

-- name: key_master
SELECT id, token FROM keys WHERE role = 1 AND revoked_at = 0

-- name: key_master_change
UPDATE keys SET token = ?2, name = ?3, updated_at = ?4 WHERE id = ?1

-- name: key_list
SELECT id FROM keys WHERE revoked_at = 0 OR ?1 ORDER BY id DESC

-- A page of keys. Where they come from: those of a person, of a team, or all;
-- a branch whose condition on the parameters is false is not even begun; all
-- are read in the order they lie in. The newest come first without sorting.
-- part: key_source
FROM (SELECT id FROM keys WHERE ?1 <> 0 AND person = ?1 AND person <> 0
	UNION ALL SELECT id FROM keys
		WHERE ?1 = 0 AND ?2 <> 0 AND team = ?2 AND team <> 0
	UNION ALL SELECT id FROM keys NOT INDEXED WHERE ?1 = 0 AND ?2 = 0) AS f
CROSS JOIN keys AS k ON k.id = f.id

-- part: key_filter
WHERE k.role = 0 AND CASE ?8 WHEN 0 THEN k.revoked_at = 0
		WHEN 1 THEN k.revoked_at <> 0 ELSE 1 END
	AND (?2 = 0 OR k.team = ?2)
	AND (?3 = 0 OR k.project = ?3) AND (?4 = 0 OR k.organization = ?4)
	AND (?5 IS NULL OR k.alias = ?5) AND (?6 IS NULL OR k.token = ?6)
	AND (?7 IS NULL OR instr(lower(coalesce(k.alias, '')), lower(?7))
		OR instr(lower(coalesce(k.name, '')), lower(?7)))
	AND (?9 IS NULL OR k.created_by = ?9)
	AND CASE ?13 WHEN 0 THEN 1 WHEN 1 THEN k.blocked
		WHEN 2 THEN k.expires_at BETWEEN 1 AND ?14
		ELSE NOT k.blocked AND k.expires_at NOT BETWEEN 1 AND ?14 END

-- part: key_order
ORDER BY CASE ?10 WHEN 0 THEN k.created_at WHEN 1 THEN k.updated_at
		WHEN 2 THEN k.alias WHEN 3 THEN k.token
		WHEN 4 THEN (SELECT a.spent_nano FROM accounts AS a
			WHERE a.scope = 2 AND a.subject = k.id AND a.name = '')
		WHEN 6 THEN k.last_used_at
		ELSE k.settings ->> 'max_budget' END

-- name: key_page_newest
SELECT k.id FROM keys AS k
-- with: key_filter
ORDER BY k.id DESC LIMIT ?11 OFFSET ?12

-- name: key_page_down
SELECT k.id
-- with: key_source
-- with: key_filter
-- with: key_order
	DESC, k.id DESC
LIMIT ?11 OFFSET ?12

-- name: key_page_up
SELECT k.id
-- with: key_source
-- with: key_filter
-- with: key_order
	, k.id
LIMIT ?11 OFFSET ?12

-- name: key_page_count
SELECT count(*)
-- with: key_source
-- with: key_filter
