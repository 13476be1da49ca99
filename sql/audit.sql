-- name: audit_add
INSERT INTO audit (at, who, key_id, addr, changed_by, action, object,
	object_id, before, after)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: audit_page
SELECT id, at, who, key_id, addr, changed_by, action, object, object_id,
	before, after
FROM audit
WHERE (?1 IS NULL OR who = ?1 OR changed_by = ?1)
	AND (?2 IS NULL OR action = ?2)
	AND (?3 IS NULL OR object = ?3) AND (?4 IS NULL OR object_id = ?4)
	AND at >= ?5 AND (?6 = 0 OR at < ?6) AND (?9 = 0 OR key_id = ?9)
ORDER BY id DESC LIMIT ?7 OFFSET ?8

-- name: audit_count
SELECT count(*) FROM audit
WHERE (?1 IS NULL OR who = ?1 OR changed_by = ?1)
	AND (?2 IS NULL OR action = ?2)
	AND (?3 IS NULL OR object = ?3) AND (?4 IS NULL OR object_id = ?4)
	AND at >= ?5 AND (?6 = 0 OR at < ?6) AND (?9 = 0 OR key_id = ?9)

-- name: audit_by_id
SELECT id, at, who, key_id, addr, changed_by, action, object, object_id,
	before, after
FROM audit WHERE id = ?1
