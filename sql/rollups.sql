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

-- ?3: a facet, -1 all customers, -2 all tags.
-- name: rollup_each
SELECT * FROM rollups
WHERE hour_at >= ?1 AND hour_at < ?2
	AND (facet = ?3 OR (?3 < 0 AND facet IN (SELECT id FROM subjects
		WHERE kind = CASE ?3 WHEN -1 THEN 3 ELSE 6 END)))
	AND (?4 = 0 OR key_id = ?4) AND (?5 = 0 OR person = ?5)
	AND (?6 = 0 OR team = ?6) AND (?7 = 0 OR project = ?7)
	AND (?8 = 0 OR organization = ?8) AND (?9 IS NULL OR model = ?9)
	AND (?10 IS NULL OR provider = ?10)
ORDER BY hour_at
