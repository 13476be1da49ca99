-- Pages of the books for the spend log (store/call_pages.c): numbers of rows
-- only, so that sorting moves little; the rows follow one by one. Open calls
-- are not shown. ?1 and ?2 bound the numbers, as the order of time allows.

-- part: call_filter
WHERE seq >= ?1 AND seq <= ?2 AND start_at >= ?3 AND start_at < ?4
	AND state <> 0
	AND (?6 = 0 OR person = ?6) AND (?7 = 0 OR team = ?7)
	AND (?8 = 0 OR organization = ?8) AND (?9 IS NULL OR model = ?9)
	AND (?10 IS NULL OR upstream_model = ?10)
	AND (?11 IS NULL OR deployment = ?11)
	AND (?12 IS NULL OR session = ?12) AND (?13 IS NULL OR user = ?13)
	AND (?14 IS NULL OR call = ?14 OR upstream_id = ?14)
	AND (?15 = 0 OR status = ?15) AND (?16 = 0 OR (state = 1) = (?16 = 1))
	AND (?17 IS NULL OR cost_nano >= ?17)
	AND (?18 IS NULL OR coalesce(cost_nano, 0) <= ?18)
	AND (?19 IS NULL OR instr(error, ?19) > 0)

-- name: call_page_newest
SELECT seq FROM calls
-- with: call_filter
	AND (?5 = 0 OR key_id = ?5)
ORDER BY seq DESC LIMIT ?20 OFFSET ?21

-- name: call_page_newest_of_key
SELECT seq FROM calls INDEXED BY calls_key
-- with: call_filter
	AND key_id = ?5
ORDER BY seq DESC LIMIT ?20 OFFSET ?21

-- ?22: by what, see enum tg_call_sort; ?23: -1 the highest first, else 1.
-- name: call_page_sorted
SELECT seq FROM calls
-- with: call_filter
	AND (?5 = 0 OR key_id = ?5)
ORDER BY ?23 * CASE ?22
		WHEN 0 THEN start_at
		WHEN 1 THEN coalesce(cost_nano, 0)
		WHEN 2 THEN coalesce(input_tokens, 0)
			+ coalesce(cache_read_tokens, 0)
			+ coalesce(cache_write_tokens, 0)
			+ coalesce(cache_write_1h_tokens, 0)
			+ coalesce(audio_input_tokens, 0)
			+ coalesce(image_input_tokens, 0)
			+ coalesce(output_tokens, 0)
			+ coalesce(audio_output_tokens, 0)
		WHEN 3 THEN start_at + coalesce(end_us, 0)
		WHEN 4 THEN coalesce(end_us, 0)
	END,
	CASE WHEN ?22 = 5 AND ?23 = 1 THEN upstream_model END,
	CASE WHEN ?22 = 5 AND ?23 = -1 THEN upstream_model END DESC,
	seq DESC
LIMIT ?20 OFFSET ?21

-- name: call_page_count
SELECT count(*) FROM calls
-- with: call_filter
	AND (?5 = 0 OR key_id = ?5)

-- name: call_page_count_of_key
SELECT count(*) FROM calls INDEXED BY calls_key
-- with: call_filter
	AND key_id = ?5

-- All attempts of one call, by its own id: the index finds them.
-- name: call_page_of_call
SELECT seq FROM calls WHERE call = ?1 AND state <> 0 ORDER BY attempt

-- name: call_by_seq
SELECT * FROM calls WHERE seq = ?1

-- How often the upstream (or we) said 429, by day and deployment.
-- name: call_429s
SELECT start_at / 86400000000 AS day, coalesce(deployment, '') AS place,
	count(*)
FROM calls
WHERE seq >= ?1 AND seq <= ?2 AND start_at >= ?3 AND start_at < ?4
	AND model = ?5 AND (status = 429 OR upstream_status = 429)
GROUP BY day, place ORDER BY place, day
