-- name: outbox_add
INSERT INTO outbox (at, kind, body) VALUES (?1, ?2, ?3)

-- Events that a target has not been given: those behind its last.
-- name: outbox_give
INSERT INTO deliveries (event, target, next_at)
SELECT id, ?1, ?2 FROM outbox
WHERE id > (SELECT coalesce(max(event), 0) FROM deliveries WHERE target = ?1)

-- part: delivery_columns
SELECT d.id, d.target, d.state, d.tries, d.next_at, d.done_at, d.error,
	o.id, o.at, o.kind, o.body

-- name: outbox_due
-- with: delivery_columns
FROM deliveries AS d INDEXED BY deliveries_due
	JOIN outbox AS o ON o.id = d.event
WHERE d.state = 0 AND d.next_at <= ?1
ORDER BY d.next_at, d.id

-- name: outbox_claim
UPDATE deliveries SET next_at = ?2 WHERE id = ?1 AND state = 0

-- name: outbox_tried
UPDATE deliveries SET state = ?2, tries = tries + 1, next_at = ?3,
	done_at = ?4, error = ?5
WHERE id = ?1

-- name: outbox_retry
UPDATE deliveries SET state = 0, next_at = ?2, done_at = 0
WHERE id = ?1 AND state <> 1

-- name: outbox_list
-- with: delivery_columns
FROM outbox AS o LEFT JOIN deliveries AS d ON d.event = o.id
ORDER BY o.id DESC, d.id DESC LIMIT ?1

-- name: outbox_prune_deliveries
DELETE FROM deliveries WHERE event IN (SELECT o.id FROM outbox AS o
	WHERE o.at < ?1 AND NOT EXISTS (SELECT 1 FROM deliveries AS d
		WHERE d.event = o.id AND d.state = 0))
	AND event < (SELECT max(id) FROM outbox)

-- name: outbox_prune
DELETE FROM outbox WHERE at < ?1 AND id < (SELECT max(id) FROM outbox)
	AND NOT EXISTS (SELECT 1 FROM deliveries AS d
		WHERE d.event = outbox.id)
