-- SELECT * here means the order of columns in the schema, which later
-- migrations only lengthen; enum column in src/store/call_rows.c names them.

-- name: call_open
INSERT INTO calls (call, attempt, state, worker, key_id, user, addr, agent,
	route, model, deployment, provider, upstream_model, stream, start_at,
	request_bytes)
VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)

-- name: call_close
UPDATE calls SET state = ?3, status = ?4, upstream_status = ?5, error = ?6,
	upstream_id = ?7, finish = ?8, input_tokens = ?9,
	cache_read_tokens = ?10, cache_write_tokens = ?11,
	cache_write_1h_tokens = ?12, audio_input_tokens = ?13,
	image_input_tokens = ?14, output_tokens = ?15,
	audio_output_tokens = ?16, reasoning_tokens = ?17, usage_odd = ?18,
	cost_nano = ?19, provider_cost_nano = ?20, price_ids = ?21,
	sent_us = ?22, first_byte_us = ?23, first_content_us = ?24,
	end_us = ?25, answer_bytes = ?26
WHERE seq = ?1 AND call = ?2 AND state IN (0, 4)

-- Rows from a time on, and before a time, by number: near enough, for the
-- numbers follow the time but for calls that began together.
-- name: call_first
SELECT min(seq) FROM calls INDEXED BY calls_time
WHERE seq % 256 = 0 AND start_at >= ?1

-- name: call_last
SELECT max(seq) FROM calls INDEXED BY calls_time
WHERE seq % 256 = 0 AND start_at < ?1

-- name: call_top
SELECT max(seq) FROM calls

-- name: call_newest
SELECT * FROM calls
WHERE seq >= ?9 AND seq <= ?10 AND start_at >= ?1 AND start_at < ?2
	AND (?3 IS NULL OR key_id = ?3) AND (?4 IS NULL OR model = ?4)
	AND (?5 IS NULL OR provider = ?5) AND (?6 < 0 OR state = ?6)
	AND (?7 = 0 OR status = ?7 OR status / 100 = ?7)
ORDER BY seq DESC LIMIT ?8

-- name: call_newest_of_key
SELECT * FROM calls INDEXED BY calls_key
WHERE seq >= ?9 AND seq <= ?10 AND start_at >= ?1 AND start_at < ?2
	AND key_id = ?3 AND (?4 IS NULL OR model = ?4)
	AND (?5 IS NULL OR provider = ?5) AND (?6 < 0 OR state = ?6)
	AND (?7 = 0 OR status = ?7 OR status / 100 = ?7)
ORDER BY seq DESC LIMIT ?8

-- name: call_oldest
SELECT * FROM calls
WHERE seq >= ?9 AND seq <= ?10 AND start_at >= ?1 AND start_at < ?2
	AND (?3 IS NULL OR key_id = ?3) AND (?4 IS NULL OR model = ?4)
	AND (?5 IS NULL OR provider = ?5) AND (?6 < 0 OR state = ?6)
	AND (?7 = 0 OR status = ?7 OR status / 100 = ?7)
ORDER BY seq LIMIT ?8

-- name: call_find
SELECT * FROM calls WHERE call >= ?1 AND call < ?2
ORDER BY call, attempt LIMIT ?3

-- name: call_workers
SELECT DISTINCT worker FROM calls INDEXED BY calls_open WHERE state = 0

-- name: call_lose
UPDATE calls INDEXED BY calls_open SET state = ?2, error = ?3
WHERE state = 0 AND worker = ?1
