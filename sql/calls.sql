-- SELECT * here means the order of columns in the schema, which later
-- migrations only lengthen; enum column in src/store/call_rows.c names them.

-- The same columns have the same numbers in both; see bind_open() in
-- src/store/calls.c. A first attempt is its own head.
-- name: call_open
INSERT INTO calls (call, attempt, state, worker, key_id, user, addr, agent,
	route, model, deployment, provider, upstream_model, stream, start_at,
	request_bytes, head, person, team, member, project, organization,
	customer, tags, tag_ids, session, switched_from, hold_nano, fixed_nano,
	output_pico, input_bound, output_bound, lost_policy, queued_us,
	admit_at)
VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
	CASE ?16 WHEN 0 THEN (SELECT coalesce(max(seq), 0) + 1 FROM calls)
		ELSE ?16 END,
	?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30,
	?31, ?32, ?33, ?34)

-- name: call_close
UPDATE calls SET user = ?5, addr = ?6, agent = ?7, route = ?8, model = ?9,
	deployment = ?10, provider = ?11, upstream_model = ?12, stream = ?13,
	request_bytes = ?15, head = ?16, person = ?17, team = ?18,
	member = ?19, project = ?20, organization = ?21, customer = ?22,
	tags = ?23, tag_ids = ?24, session = ?25, switched_from = ?26,
	hold_nano = ?27, fixed_nano = ?28, output_pico = ?29,
	input_bound = ?30, output_bound = ?31, lost_policy = ?32,
	queued_us = ?33, admit_at = ?34, state = ?37, status = ?38,
	upstream_status = ?39, error = ?40, upstream_id = ?41, finish = ?42,
	input_tokens = ?43, cache_read_tokens = ?44, cache_write_tokens = ?45,
	cache_write_1h_tokens = ?46, audio_input_tokens = ?47,
	image_input_tokens = ?48, output_tokens = ?49,
	audio_output_tokens = ?50, reasoning_tokens = ?51, usage_odd = ?52,
	cost_nano = ?53, provider_cost_nano = ?54, price_ids = ?55,
	sent_us = ?56, first_byte_us = ?57, first_content_us = ?58,
	end_us = ?59, answer_bytes = ?60, streamed_tokens = ?61,
	estimated = ?62, tier = ?63, bill = ?64, over_hold = ?65, follows = ?66
WHERE seq = ?35 AND call = ?1 AND state = ?36

-- name: call_progress
UPDATE calls SET streamed_tokens = ?2 WHERE seq = ?1 AND state = 0

-- name: call_sent
UPDATE calls SET admit_at = ?2 WHERE seq = ?1 AND state = 0

-- name: call_get
SELECT * FROM calls WHERE seq = ?1

-- name: call_opens
SELECT * FROM calls INDEXED BY calls_open WHERE state = 0

-- name: call_opens_of
SELECT * FROM calls INDEXED BY calls_open WHERE state = 0 AND worker = ?1
LIMIT ?2

-- name: call_begun
SELECT * FROM calls
WHERE seq >= ?1 AND seq <= ?2 AND start_at >= ?3 AND start_at < ?4
	AND state <> 0

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

-- Everything, for who looks each row over.
-- name: call_down
SELECT * FROM calls WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq DESC

-- name: call_up
SELECT * FROM calls WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq
