-- name: rollup_add
INSERT INTO rollups VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
	?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26,
	?27, ?28, ?29)
ON CONFLICT DO UPDATE SET provider = excluded.provider,
	calls = calls + excluded.calls,
	unpriced = unpriced + excluded.unpriced,
	input_tokens = input_tokens + excluded.input_tokens,
	cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
	cache_write_tokens = cache_write_tokens + excluded.cache_write_tokens,
	cache_write_1h_tokens =
		cache_write_1h_tokens + excluded.cache_write_1h_tokens,
	audio_input_tokens = audio_input_tokens + excluded.audio_input_tokens,
	image_input_tokens = image_input_tokens + excluded.image_input_tokens,
	output_tokens = output_tokens + excluded.output_tokens,
	audio_output_tokens =
		audio_output_tokens + excluded.audio_output_tokens,
	reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
	cost_nano = cost_nano + excluded.cost_nano,
	provider_cost_nano = provider_cost_nano + excluded.provider_cost_nano,
	total_us = total_us + excluded.total_us,
	first_us = first_us + excluded.first_us,
	firsts = firsts + excluded.firsts

-- Whole hours, for an account: what goes by a name is chosen by the reader.
-- name: rollup_spent
SELECT model, provider, deployment, sum(cost_nano) FROM rollups
WHERE hour_at >= ?1 AND hour_at < ?2 AND facet = ?3
	AND (?4 = 0 OR key_id = ?4) AND (?5 = 0 OR person = ?5)
	AND (?6 = 0 OR team = ?6) AND (?7 = 0 OR member = ?7)
	AND (?8 = 0 OR project = ?8) AND (?9 = 0 OR organization = ?9)
GROUP BY model, provider, deployment

-- The same of one key: hour by hour, for most hours are full of others'.
-- name: rollup_spent_of_key
WITH RECURSIVE hours (h) AS (
	SELECT max(?1, (SELECT min(hour_at) FROM rollups WHERE facet = 0))
	UNION ALL SELECT h + 3600000000 FROM hours WHERE h + 3600000000 <=
		min(?2 - 1, (SELECT max(hour_at) FROM rollups WHERE facet = 0)))
SELECT model, provider, deployment, sum(cost_nano)
FROM hours CROSS JOIN rollups
	ON facet = 0 AND hour_at = h AND key_id = ?3
WHERE h < ?2
GROUP BY model, provider, deployment

-- All that was booked to an account, by hand not counted.
-- name: rollup_spent_ever
SELECT a.spent_nano - (SELECT coalesce(sum(l.amount_nano), 0) FROM ledger AS l
	WHERE l.call = 0 AND l.kind <> 1 AND l.kind = 4 AND l.account = a.id
		AND l.cap = 0)
FROM accounts AS a WHERE a.scope = ?1 AND a.subject = ?2 AND a.name = ''

-- name: rollup_each
SELECT * FROM rollups
WHERE hour_at >= ?1 AND hour_at < ?2 AND facet = ?3
	AND (?4 = 0 OR key_id = ?4) AND (?5 = 0 OR person = ?5)
	AND (?6 = 0 OR team = ?6) AND (?7 = 0 OR project = ?7)
	AND (?8 = 0 OR organization = ?8) AND (?9 IS NULL OR model = ?9)
	AND (?10 IS NULL OR provider = ?10)
ORDER BY hour_at

-- The same of one key: hour by hour, for most hours are full of others'.
-- name: rollup_each_of_key
WITH RECURSIVE hours (h) AS (
	SELECT max((?1 + 3599999999) / 3600000000 * 3600000000,
		(SELECT min(hour_at) FROM rollups WHERE facet = ?3))
	UNION ALL SELECT h + 3600000000 FROM hours WHERE h + 3600000000 <=
		min(?2 - 1, (SELECT max(hour_at) FROM rollups WHERE facet = ?3)))
SELECT r.* FROM hours CROSS JOIN rollups AS r
	ON r.facet = ?3 AND r.hour_at = h AND r.key_id = ?4
WHERE h < ?2 AND (?5 = 0 OR r.person = ?5) AND (?6 = 0 OR r.team = ?6)
	AND (?7 = 0 OR r.project = ?7) AND (?8 = 0 OR r.organization = ?8)
	AND (?9 IS NULL OR r.model = ?9) AND (?10 IS NULL OR r.provider = ?10)

-- Of all subjects of a kind.
-- name: rollup_each_of
SELECT * FROM rollups
WHERE hour_at >= ?1 AND hour_at < ?2
	AND facet IN (SELECT id FROM subjects WHERE kind = ?3)
	AND (?4 = 0 OR key_id = ?4) AND (?5 = 0 OR person = ?5)
	AND (?6 = 0 OR team = ?6) AND (?7 = 0 OR project = ?7)
	AND (?8 = 0 OR organization = ?8) AND (?9 IS NULL OR model = ?9)
	AND (?10 IS NULL OR provider = ?10)
ORDER BY hour_at
