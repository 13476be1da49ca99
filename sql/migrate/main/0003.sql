-- What LiteLLM's users ask with SQL of their own: its tables as views over
-- ours, with its columns (docs/litellm.md). Money is REAL USD, times are ISO
-- 8601 in UTC, lists and objects JSON text; what is not kept is NULL. No
-- secrets. Reading only.

CREATE VIEW "LiteLLM_SpendLogs" AS
SELECT CASE WHEN c.state = 1 THEN coalesce(c.upstream_id, c.call)
		ELSE c.call END AS request_id,
	CASE c.route WHEN 'chat' THEN 'acompletion'
		WHEN 'completions' THEN 'atext_completion'
		WHEN 'embeddings' THEN 'aembedding'
		ELSE coalesce(c.route, '') END AS call_type,
	coalesce(k.token, 'litellm_proxy_master_key') AS api_key,
	coalesce(c.cost_nano, 0) / 1e9 AS spend,
	coalesce(c.input_tokens, 0) + coalesce(c.cache_read_tokens, 0)
		+ coalesce(c.cache_write_tokens, 0)
		+ coalesce(c.cache_write_1h_tokens, 0)
		+ coalesce(c.audio_input_tokens, 0)
		+ coalesce(c.image_input_tokens, 0)
		+ coalesce(c.output_tokens, 0)
		+ coalesce(c.audio_output_tokens, 0) AS total_tokens,
	coalesce(c.input_tokens, 0) + coalesce(c.cache_read_tokens, 0)
		+ coalesce(c.cache_write_tokens, 0)
		+ coalesce(c.cache_write_1h_tokens, 0)
		+ coalesce(c.audio_input_tokens, 0)
		+ coalesce(c.image_input_tokens, 0) AS prompt_tokens,
	coalesce(c.output_tokens, 0) + coalesce(c.audio_output_tokens, 0)
		AS completion_tokens,
	strftime('%Y-%m-%dT%H:%M:%fZ', c.start_at / 1e6, 'unixepoch')
		AS "startTime",
	strftime('%Y-%m-%dT%H:%M:%fZ', (c.start_at + c.end_us) / 1e6,
		'unixepoch') AS "endTime",
	c.end_us / 1000 AS request_duration_ms,
	strftime('%Y-%m-%dT%H:%M:%fZ', (c.start_at + c.first_content_us) / 1e6,
		'unixepoch') AS "completionStartTime",
	coalesce(c.upstream_model, c.model, '') AS model,
	coalesce(c.deployment, '') AS model_id,
	coalesce(c.model, '') AS model_group,
	coalesce(c.provider, '') AS custom_llm_provider,
	NULL AS api_base,
	coalesce(p.name, '') AS user,
	json_object('user_api_key', k.token, 'user_api_key_alias', k.alias,
		'user_api_key_user_id', p.name, 'user_api_key_team_id', t.name,
		'user_api_key_team_alias', t.alias, 'status',
		CASE c.state WHEN 1 THEN 'success' ELSE 'failure' END,
		'error_message', c.error, 'call_id', c.call,
		'attempt', c.attempt) AS metadata,
	'False' AS cache_hit,
	'Cache OFF' AS cache_key,
	coalesce(c.tags, '[]') AS request_tags,
	t.name AS team_id,
	o.name AS organization_id,
	c.user AS end_user,
	c.addr AS requester_ip_address,
	'{}' AS messages,
	'{}' AS response,
	c.session AS session_id,
	CASE c.state WHEN 1 THEN 'success' ELSE 'failure' END AS status,
	NULL AS mcp_namespaced_tool_name,
	NULL AS agent_id,
	'{}' AS proxy_server_request
FROM calls c
	LEFT JOIN keys k ON k.id = c.key_id
	LEFT JOIN subjects p ON p.id = c.person
	LEFT JOIN subjects t ON t.id = c.team
	LEFT JOIN subjects o ON o.id = c.organization
WHERE c.state <> 0;

-- Living keys; spend is all that was ever booked to the key.
CREATE VIEW "LiteLLM_VerificationToken" AS
SELECT k.token,
	k.name AS key_name,
	k.alias AS key_alias,
	json_extract(k.settings, '$.soft_budget_cooldown')
		AS soft_budget_cooldown,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 2 AND a.subject = k.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	strftime('%Y-%m-%dT%H:%M:%fZ', nullif(k.expires_at, 0) / 1e6,
		'unixepoch') AS expires,
	k.models,
	coalesce(json_extract(k.settings, '$.aliases'), '{}') AS aliases,
	'{}' AS config,
	(SELECT name FROM subjects WHERE id = k.person) AS user_id,
	(SELECT name FROM subjects WHERE id = k.team) AS team_id,
	(SELECT name FROM subjects WHERE id = k.project) AS project_id,
	(SELECT name FROM subjects WHERE id = k.organization)
		AS organization_id,
	coalesce(json_extract(k.settings, '$.permissions'), '{}')
		AS permissions,
	json_extract(k.settings, '$.max_parallel_requests')
		AS max_parallel_requests,
	k.metadata,
	iif(k.blocked, 1, NULL) AS blocked,
	json_extract(k.settings, '$.tpm_limit') AS tpm_limit,
	json_extract(k.settings, '$.rpm_limit') AS rpm_limit,
	json_extract(k.settings, '$.max_budget') AS max_budget,
	json_extract(k.settings, '$.budget_duration') AS budget_duration,
	coalesce(json_extract(k.settings, '$.allowed_routes'), '[]')
		AS allowed_routes,
	coalesce(json_extract(k.settings, '$.model_max_budget'), '{}')
		AS model_max_budget,
	coalesce((SELECT json_group_object(a.name, a.spent_nano / 1e9)
		FROM accounts a WHERE a.scope = 3 AND a.subject = k.id), '{}')
		AS model_spend,
	k.budget AS budget_id,
	k.rotations AS rotation_count,
	strftime('%Y-%m-%dT%H:%M:%fZ', nullif(k.rotated_at, 0) / 1e6,
		'unixepoch') AS last_rotation_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', nullif(k.last_used_at, 0) / 1e6,
		'unixepoch') AS last_active,
	strftime('%Y-%m-%dT%H:%M:%fZ', k.created_at / 1e6, 'unixepoch')
		AS created_at,
	k.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', k.updated_at / 1e6, 'unixepoch')
		AS updated_at,
	k.updated_by
FROM keys k
WHERE k.revoked_at = 0 AND k.role = 0;

CREATE VIEW "LiteLLM_DeletedVerificationToken" AS
SELECT k.token,
	k.name AS key_name,
	k.alias AS key_alias,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 2 AND a.subject = k.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	strftime('%Y-%m-%dT%H:%M:%fZ', nullif(k.expires_at, 0) / 1e6,
		'unixepoch') AS expires,
	k.models,
	(SELECT name FROM subjects WHERE id = k.person) AS user_id,
	(SELECT name FROM subjects WHERE id = k.team) AS team_id,
	k.metadata,
	json_extract(k.settings, '$.max_budget') AS max_budget,
	json_extract(k.settings, '$.budget_duration') AS budget_duration,
	k.budget AS budget_id,
	strftime('%Y-%m-%dT%H:%M:%fZ', k.created_at / 1e6, 'unixepoch')
		AS created_at,
	k.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', k.updated_at / 1e6, 'unixepoch')
		AS updated_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', k.revoked_at / 1e6, 'unixepoch')
		AS deleted_at,
	k.revoked_by AS deleted_by
FROM keys k
WHERE k.revoked_at <> 0 AND k.role = 0;

CREATE VIEW "LiteLLM_UserTable" AS
SELECT s.name AS user_id,
	s.alias AS user_alias,
	json_extract(s.settings, '$.sso_user_id') AS sso_user_id,
	NULL AS team_id,
	(SELECT o.name FROM members m JOIN subjects o ON o.id = m.team
		WHERE m.person = s.id AND o.kind = 4 ORDER BY m.id LIMIT 1)
		AS organization_id,
	coalesce((SELECT json_group_array(t.name) FROM members m
		JOIN subjects t ON t.id = m.team
		WHERE m.person = s.id AND t.kind = 2), '[]') AS teams,
	s.role AS user_role,
	json_extract(s.settings, '$.max_budget') AS max_budget,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 4 AND a.subject = s.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	s.email AS user_email,
	s.models,
	coalesce(json_extract(s.settings, '$.metadata'), '{}') AS metadata,
	json_extract(s.settings, '$.max_parallel_requests')
		AS max_parallel_requests,
	json_extract(s.settings, '$.tpm_limit') AS tpm_limit,
	json_extract(s.settings, '$.rpm_limit') AS rpm_limit,
	json_extract(s.settings, '$.budget_duration') AS budget_duration,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.created_at / 1e6, 'unixepoch')
		AS created_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.updated_at / 1e6, 'unixepoch')
		AS updated_at
FROM subjects s
WHERE s.kind = 1 AND s.removed_at = 0;

CREATE VIEW "LiteLLM_TeamTable" AS
SELECT s.name AS team_id,
	s.alias AS team_alias,
	(SELECT name FROM subjects WHERE id = s.parent) AS organization_id,
	coalesce((SELECT json_group_array(p.name) FROM members m
		JOIN subjects p ON p.id = m.person
		WHERE m.team = s.id AND m.role = 'admin'), '[]') AS admins,
	coalesce((SELECT json_group_array(p.name) FROM members m
		JOIN subjects p ON p.id = m.person WHERE m.team = s.id), '[]')
		AS members,
	coalesce((SELECT json_group_array(json_object('user_id', p.name,
			'user_email', p.email, 'role', m.role))
		FROM members m JOIN subjects p ON p.id = m.person
		WHERE m.team = s.id), '[]') AS members_with_roles,
	coalesce(json_extract(s.settings, '$.metadata'), '{}') AS metadata,
	json_extract(s.settings, '$.max_budget') AS max_budget,
	json_extract(s.settings, '$.soft_budget') AS soft_budget,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 5 AND a.subject = s.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	s.models,
	json_extract(s.settings, '$.max_parallel_requests')
		AS max_parallel_requests,
	json_extract(s.settings, '$.tpm_limit') AS tpm_limit,
	json_extract(s.settings, '$.rpm_limit') AS rpm_limit,
	json_extract(s.settings, '$.budget_duration') AS budget_duration,
	s.blocked,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.created_at / 1e6, 'unixepoch')
		AS created_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.updated_at / 1e6, 'unixepoch')
		AS updated_at
FROM subjects s
WHERE s.kind = 2 AND s.removed_at = 0;

CREATE VIEW "LiteLLM_TeamMembership" AS
SELECT p.name AS user_id,
	t.name AS team_id,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 7 AND a.subject = m.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	m.budget AS budget_id
FROM members m
	JOIN subjects p ON p.id = m.person
	JOIN subjects t ON t.id = m.team
WHERE t.kind = 2;

CREATE VIEW "LiteLLM_OrganizationTable" AS
SELECT s.name AS organization_id,
	s.alias AS organization_alias,
	s.budget AS budget_id,
	coalesce(json_extract(s.settings, '$.metadata'), '{}') AS metadata,
	s.models,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 9 AND a.subject = s.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.created_at / 1e6, 'unixepoch')
		AS created_at,
	s.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.updated_at / 1e6, 'unixepoch')
		AS updated_at,
	s.updated_by
FROM subjects s
WHERE s.kind = 4 AND s.removed_at = 0;

CREATE VIEW "LiteLLM_OrganizationMembership" AS
SELECT p.name AS user_id,
	o.name AS organization_id,
	m.role AS user_role,
	coalesce((SELECT sum(r.cost_nano) FROM rollups r
		WHERE r.facet = 0 AND r.person = m.person
			AND r.organization = m.team), 0) / 1e9 AS spend,
	m.budget AS budget_id,
	strftime('%Y-%m-%dT%H:%M:%fZ', m.created_at / 1e6, 'unixepoch')
		AS created_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', m.updated_at / 1e6, 'unixepoch')
		AS updated_at
FROM members m
	JOIN subjects p ON p.id = m.person
	JOIN subjects o ON o.id = m.team
WHERE o.kind = 4;

CREATE VIEW "LiteLLM_ProjectTable" AS
SELECT s.name AS project_id,
	s.alias AS project_alias,
	(SELECT name FROM subjects WHERE id = s.parent) AS team_id,
	s.budget AS budget_id,
	coalesce(json_extract(s.settings, '$.metadata'), '{}') AS metadata,
	s.models,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 8 AND a.subject = s.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	s.blocked,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.created_at / 1e6, 'unixepoch')
		AS created_at,
	s.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.updated_at / 1e6, 'unixepoch')
		AS updated_at,
	s.updated_by
FROM subjects s
WHERE s.kind = 5 AND s.removed_at = 0;

CREATE VIEW "LiteLLM_BudgetTable" AS
SELECT b.name AS budget_id,
	json_extract(b.settings, '$.max_budget') AS max_budget,
	json_extract(b.settings, '$.soft_budget') AS soft_budget,
	json_extract(b.settings, '$.max_parallel_requests')
		AS max_parallel_requests,
	json_extract(b.settings, '$.tpm_limit') AS tpm_limit,
	json_extract(b.settings, '$.rpm_limit') AS rpm_limit,
	json_extract(b.settings, '$.model_max_budget') AS model_max_budget,
	json_extract(b.settings, '$.budget_duration') AS budget_duration,
	strftime('%Y-%m-%dT%H:%M:%fZ', b.created_at / 1e6, 'unixepoch')
		AS created_at,
	b.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', b.updated_at / 1e6, 'unixepoch')
		AS updated_at,
	b.updated_by
FROM budgets b;

CREATE VIEW "LiteLLM_EndUserTable" AS
SELECT s.name AS user_id,
	s.alias,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 10 AND a.subject = s.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	json_extract(s.settings, '$.allowed_model_region')
		AS allowed_model_region,
	json_extract(s.settings, '$.default_model') AS default_model,
	s.budget AS budget_id,
	s.blocked
FROM subjects s
WHERE s.kind = 3 AND s.removed_at = 0;

CREATE VIEW "LiteLLM_TagTable" AS
SELECT s.name AS tag_name,
	coalesce(s.alias, json_extract(s.settings, '$.description'))
		AS description,
	s.models,
	coalesce((SELECT a.spent_nano FROM accounts a
		WHERE a.scope = 11 AND a.subject = s.id AND a.name = ''), 0)
		/ 1e9 AS spend,
	s.budget AS budget_id,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.created_at / 1e6, 'unixepoch')
		AS created_at,
	s.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.updated_at / 1e6, 'unixepoch')
		AS updated_at
FROM subjects s
WHERE s.kind = 6 AND s.removed_at = 0;

CREATE VIEW "LiteLLM_ProxyModelTable" AS
SELECT d.id AS model_id,
	d.model AS model_name,
	coalesce(d.params, json_object('model',
		coalesce(d.provider || '/', '') || d.upstream_model))
		AS litellm_params,
	d.info AS model_info,
	d.blocked,
	strftime('%Y-%m-%dT%H:%M:%fZ', d.created_at / 1e6, 'unixepoch')
		AS created_at,
	d.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', d.updated_at / 1e6, 'unixepoch')
		AS updated_at,
	d.updated_by
FROM deployments d
WHERE d.removed_at = 0;

CREATE VIEW "LiteLLM_AuditLog" AS
SELECT CAST(a.id AS TEXT) AS id,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.at / 1e6, 'unixepoch') AS updated_at,
	coalesce(a.changed_by, a.who) AS changed_by,
	coalesce((SELECT token FROM keys WHERE id = a.key_id), '')
		AS changed_by_api_key,
	a.action,
	a.object AS table_name,
	a.object_id,
	a.before AS before_value,
	a.after AS updated_values
FROM audit a;

-- Sums by day. LiteLLM numbers these rows; nobody asks for the numbers.
CREATE VIEW "LiteLLM_DailyUserSpend" AS
SELECT p.name AS user_id,
	strftime('%Y-%m-%d', r.hour_at / 1e6, 'unixepoch') AS date,
	coalesce(k.token, 'litellm_proxy_master_key') AS api_key,
	r.model,
	r.model AS model_group,
	r.provider AS custom_llm_provider,
	NULL AS mcp_namespaced_tool_name,
	r.route AS endpoint,
	sum(r.input_tokens + r.cache_read_tokens + r.cache_write_tokens
		+ r.cache_write_1h_tokens + r.audio_input_tokens
		+ r.image_input_tokens) AS prompt_tokens,
	sum(r.output_tokens + r.audio_output_tokens) AS completion_tokens,
	sum(r.cache_read_tokens) AS cache_read_input_tokens,
	sum(r.cache_write_tokens + r.cache_write_1h_tokens)
		AS cache_creation_input_tokens,
	sum(r.cost_nano) / 1e9 AS spend,
	sum(r.calls) AS api_requests,
	sum(iif(r.state = 1, r.calls, 0)) AS successful_requests,
	sum(iif(r.state = 1, 0, r.calls)) AS failed_requests
FROM rollups r
	LEFT JOIN keys k ON k.id = r.key_id
	LEFT JOIN subjects p ON p.id = r.person
WHERE r.facet = 0
GROUP BY r.person, 2, r.key_id, r.model, r.provider, r.route;

CREATE VIEW "LiteLLM_DailyTeamSpend" AS
SELECT t.name AS team_id,
	strftime('%Y-%m-%d', r.hour_at / 1e6, 'unixepoch') AS date,
	coalesce(k.token, 'litellm_proxy_master_key') AS api_key,
	r.model,
	r.model AS model_group,
	r.provider AS custom_llm_provider,
	NULL AS mcp_namespaced_tool_name,
	r.route AS endpoint,
	sum(r.input_tokens + r.cache_read_tokens + r.cache_write_tokens
		+ r.cache_write_1h_tokens + r.audio_input_tokens
		+ r.image_input_tokens) AS prompt_tokens,
	sum(r.output_tokens + r.audio_output_tokens) AS completion_tokens,
	sum(r.cache_read_tokens) AS cache_read_input_tokens,
	sum(r.cache_write_tokens + r.cache_write_1h_tokens)
		AS cache_creation_input_tokens,
	sum(r.cost_nano) / 1e9 AS spend,
	sum(r.calls) AS api_requests,
	sum(iif(r.state = 1, r.calls, 0)) AS successful_requests,
	sum(iif(r.state = 1, 0, r.calls)) AS failed_requests
FROM rollups r
	LEFT JOIN keys k ON k.id = r.key_id
	JOIN subjects t ON t.id = r.team
WHERE r.facet = 0
GROUP BY r.team, 2, r.key_id, r.model, r.provider, r.route;

CREATE VIEW "LiteLLM_DailyOrganizationSpend" AS
SELECT o.name AS organization_id,
	strftime('%Y-%m-%d', r.hour_at / 1e6, 'unixepoch') AS date,
	coalesce(k.token, 'litellm_proxy_master_key') AS api_key,
	r.model,
	r.model AS model_group,
	r.provider AS custom_llm_provider,
	NULL AS mcp_namespaced_tool_name,
	r.route AS endpoint,
	sum(r.input_tokens + r.cache_read_tokens + r.cache_write_tokens
		+ r.cache_write_1h_tokens + r.audio_input_tokens
		+ r.image_input_tokens) AS prompt_tokens,
	sum(r.output_tokens + r.audio_output_tokens) AS completion_tokens,
	sum(r.cache_read_tokens) AS cache_read_input_tokens,
	sum(r.cache_write_tokens + r.cache_write_1h_tokens)
		AS cache_creation_input_tokens,
	sum(r.cost_nano) / 1e9 AS spend,
	sum(r.calls) AS api_requests,
	sum(iif(r.state = 1, r.calls, 0)) AS successful_requests,
	sum(iif(r.state = 1, 0, r.calls)) AS failed_requests
FROM rollups r
	LEFT JOIN keys k ON k.id = r.key_id
	JOIN subjects o ON o.id = r.organization
WHERE r.facet = 0
GROUP BY r.organization, 2, r.key_id, r.model, r.provider, r.route;

CREATE VIEW "LiteLLM_DailyEndUserSpend" AS
SELECT s.name AS end_user_id,
	strftime('%Y-%m-%d', r.hour_at / 1e6, 'unixepoch') AS date,
	coalesce(k.token, 'litellm_proxy_master_key') AS api_key,
	r.model,
	r.model AS model_group,
	r.provider AS custom_llm_provider,
	NULL AS mcp_namespaced_tool_name,
	r.route AS endpoint,
	sum(r.input_tokens + r.cache_read_tokens + r.cache_write_tokens
		+ r.cache_write_1h_tokens + r.audio_input_tokens
		+ r.image_input_tokens) AS prompt_tokens,
	sum(r.output_tokens + r.audio_output_tokens) AS completion_tokens,
	sum(r.cache_read_tokens) AS cache_read_input_tokens,
	sum(r.cache_write_tokens + r.cache_write_1h_tokens)
		AS cache_creation_input_tokens,
	sum(r.cost_nano) / 1e9 AS spend,
	sum(r.calls) AS api_requests,
	sum(iif(r.state = 1, r.calls, 0)) AS successful_requests,
	sum(iif(r.state = 1, 0, r.calls)) AS failed_requests
FROM rollups r
	JOIN subjects s ON s.id = r.facet AND s.kind = 3
	LEFT JOIN keys k ON k.id = r.key_id
GROUP BY r.facet, 2, r.key_id, r.model, r.provider, r.route;

CREATE VIEW "LiteLLM_DailyTagSpend" AS
SELECT s.name AS tag,
	strftime('%Y-%m-%d', r.hour_at / 1e6, 'unixepoch') AS date,
	coalesce(k.token, 'litellm_proxy_master_key') AS api_key,
	r.model,
	r.model AS model_group,
	r.provider AS custom_llm_provider,
	NULL AS mcp_namespaced_tool_name,
	r.route AS endpoint,
	sum(r.input_tokens + r.cache_read_tokens + r.cache_write_tokens
		+ r.cache_write_1h_tokens + r.audio_input_tokens
		+ r.image_input_tokens) AS prompt_tokens,
	sum(r.output_tokens + r.audio_output_tokens) AS completion_tokens,
	sum(r.cache_read_tokens) AS cache_read_input_tokens,
	sum(r.cache_write_tokens + r.cache_write_1h_tokens)
		AS cache_creation_input_tokens,
	sum(r.cost_nano) / 1e9 AS spend,
	sum(r.calls) AS api_requests,
	sum(iif(r.state = 1, r.calls, 0)) AS successful_requests,
	sum(iif(r.state = 1, 0, r.calls)) AS failed_requests
FROM rollups r
	JOIN subjects s ON s.id = r.facet AND s.kind = 6
	LEFT JOIN keys k ON k.id = r.key_id
GROUP BY r.facet, 2, r.key_id, r.model, r.provider, r.route;

CREATE VIEW "LiteLLM_Config" AS
SELECT name AS param_name, value AS param_value FROM config;

CREATE VIEW "LiteLLM_CredentialsTable" AS
SELECT c.name AS credential_id,
	c.name AS credential_name,
	c.masked AS credential_values,
	c.info AS credential_info,
	strftime('%Y-%m-%dT%H:%M:%fZ', c.created_at / 1e6, 'unixepoch')
		AS created_at,
	c.created_by,
	strftime('%Y-%m-%dT%H:%M:%fZ', c.updated_at / 1e6, 'unixepoch')
		AS updated_at,
	c.updated_by
FROM credentials c;
