-- Money and limits: who may spend (subjects, members, keys that belong to
-- them), what is promised (budgets, caps, limits), what is reserved (holds,
-- windows, flights, waits), and the books (ledger, rollups, outbox, audit).

-- People, teams, customers, organizations, projects, tags: one row each, for
-- they have the same traits. name is the id that callers use ("user_id",
-- "team_id", the tag itself). What has no column stands in settings, under
-- LiteLLM's names. A removed one stays: its calls refer to it.
CREATE TABLE subjects (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	name TEXT NOT NULL,
	alias TEXT,
	email TEXT,
	role TEXT,
	parent INTEGER NOT NULL DEFAULT 0,
	models TEXT NOT NULL DEFAULT '[]',
	blocked INTEGER NOT NULL DEFAULT 0,
	budget TEXT,
	settings TEXT NOT NULL DEFAULT '{}',
	created_by TEXT,
	updated_by TEXT,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	removed_at INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX subjects_name ON subjects (kind, name)
	WHERE removed_at = 0;
CREATE UNIQUE INDEX subjects_email ON subjects (email)
	WHERE email IS NOT NULL AND removed_at = 0 AND kind = 1;
CREATE INDEX subjects_parent ON subjects (parent) WHERE parent <> 0;
CREATE INDEX subjects_budget ON subjects (budget) WHERE budget IS NOT NULL;
-- Those who sign in are people too.
INSERT INTO subjects (kind, name, role, created_by, created_at, updated_at)
	SELECT 1, name, CASE role WHEN 'viewer' THEN 'proxy_admin_viewer'
			WHEN 'member' THEN 'internal_user'
			ELSE 'proxy_admin' END, 'init', created_at, created_at
	FROM people;

-- A person in a team (or in an organization). Who leaves is gone; the number
-- is never given again, for calls and accounts refer to it.
CREATE TABLE members (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	team INTEGER NOT NULL REFERENCES subjects (id),
	person INTEGER NOT NULL REFERENCES subjects (id),
	role TEXT NOT NULL,
	budget TEXT,
	settings TEXT NOT NULL DEFAULT '{}',
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	UNIQUE (team, person)
);
CREATE INDEX members_person ON members (person);
CREATE INDEX members_budget ON members (budget) WHERE budget IS NOT NULL;

-- Budgets that several share by name: each has the same caps, and spends for
-- itself.
CREATE TABLE budgets (
	name TEXT NOT NULL PRIMARY KEY,
	settings TEXT NOT NULL,
	created_by TEXT,
	updated_by TEXT,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE keys ADD COLUMN person INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN team INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN project INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN organization INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN budget TEXT;
ALTER TABLE keys ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE keys ADD COLUMN updated_by TEXT;
ALTER TABLE keys ADD COLUMN revoked_by TEXT;
ALTER TABLE keys ADD COLUMN rotated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN rotations INTEGER NOT NULL DEFAULT 0;
CREATE INDEX keys_person ON keys (person) WHERE person <> 0;
CREATE INDEX keys_team ON keys (team) WHERE team <> 0;
CREATE INDEX keys_budget ON keys (budget) WHERE budget IS NOT NULL;

-- After a rotation the old token opens the same key until then.
CREATE TABLE key_tokens (
	token TEXT NOT NULL PRIMARY KEY,
	key_id INTEGER NOT NULL REFERENCES keys (id),
	valid_until INTEGER NOT NULL
) WITHOUT ROWID;

-- What a promise is bound to: a scope with its subject (a row of keys,
-- subjects or members) or its name (a model, a provider, a deployment).
-- spent_nano: all its lines; kept for those that have a subject.
CREATE TABLE accounts (
	id INTEGER PRIMARY KEY,
	scope INTEGER NOT NULL,
	subject INTEGER NOT NULL,
	name TEXT NOT NULL,
	spent_nano INTEGER NOT NULL DEFAULT 0,
	UNIQUE (scope, subject, name)
);
INSERT INTO accounts (scope, subject, name) SELECT 2, id, '' FROM keys;
INSERT INTO accounts (scope, subject, name) SELECT 4, id, ''
	FROM subjects WHERE kind = 1;

-- Budgets as they are enforced: one for each account and period.
CREATE TABLE caps (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account INTEGER NOT NULL REFERENCES accounts (id),
	origin TEXT NOT NULL,
	period TEXT NOT NULL,
	cap_nano INTEGER,
	soft_nano INTEGER,
	at_cap INTEGER NOT NULL,
	over INTEGER NOT NULL,
	unpriced INTEGER NOT NULL,
	switch_model TEXT,
	switch_percent INTEGER NOT NULL DEFAULT 100,
	extra_nano INTEGER NOT NULL DEFAULT 0,
	extra_until INTEGER NOT NULL DEFAULT 0,
	marks TEXT NOT NULL DEFAULT '50,80,95,100',
	created_at INTEGER NOT NULL,
	UNIQUE (account, period)
);

-- What was spent under a cap in a period, and the thresholds told of it.
CREATE TABLE balances (
	cap INTEGER NOT NULL,
	period_at INTEGER NOT NULL,
	spent_nano INTEGER NOT NULL,
	marked INTEGER NOT NULL DEFAULT 0,
	soft_marked INTEGER NOT NULL DEFAULT 0,
	refused_marked INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (cap, period_at)
) WITHOUT ROWID;

-- What open calls may yet cost, of the period they began in. call is the seq
-- of the call's first attempt.
CREATE TABLE holds (
	cap INTEGER NOT NULL,
	call INTEGER NOT NULL,
	period_at INTEGER NOT NULL,
	amount_nano INTEGER NOT NULL,
	PRIMARY KEY (cap, call)
) WITHOUT ROWID;

-- Rates: never more than cap of the unit in any window_s seconds; for calls in
-- flight window_s is 0. queue_ms: how long a call may wait its turn.
CREATE TABLE limits (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account INTEGER NOT NULL REFERENCES accounts (id),
	unit INTEGER NOT NULL,
	window_s INTEGER NOT NULL,
	cap INTEGER NOT NULL,
	queue_ms INTEGER NOT NULL DEFAULT 0,
	UNIQUE (account, unit, window_s)
);
CREATE TABLE windows (
	limit_id INTEGER NOT NULL,
	slot INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (limit_id, slot)
) WITHOUT ROWID;
CREATE TABLE flights (
	limit_id INTEGER NOT NULL,
	call INTEGER NOT NULL,
	PRIMARY KEY (limit_id, call)
) WITHOUT ROWID;
-- Calls that wait their turn for one of these limits: by priority, then turn.
-- turn counts a key's own calls on from where the line is, so keys take turns.
CREATE TABLE waits (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	call TEXT NOT NULL,
	limit_id INTEGER NOT NULL,
	key_id INTEGER NOT NULL,
	priority INTEGER NOT NULL,
	turn INTEGER NOT NULL,
	need INTEGER NOT NULL,
	worker TEXT NOT NULL,
	since_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL
);
CREATE INDEX waits_line ON waits (limit_id, priority, turn, id, need, seen_at,
	key_id);

-- Who a call is booked to, what was held for it and how it was priced.
ALTER TABLE calls ADD COLUMN head INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN person INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN team INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN member INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN project INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN organization INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN customer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN tags TEXT;
ALTER TABLE calls ADD COLUMN tag_ids TEXT;
ALTER TABLE calls ADD COLUMN session TEXT;
ALTER TABLE calls ADD COLUMN switched_from TEXT;
ALTER TABLE calls ADD COLUMN hold_nano INTEGER;
ALTER TABLE calls ADD COLUMN fixed_nano INTEGER;
ALTER TABLE calls ADD COLUMN output_pico INTEGER;
ALTER TABLE calls ADD COLUMN input_bound INTEGER;
ALTER TABLE calls ADD COLUMN output_bound INTEGER;
ALTER TABLE calls ADD COLUMN lost_policy INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN streamed_tokens INTEGER;
ALTER TABLE calls ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN tier TEXT;
ALTER TABLE calls ADD COLUMN bill TEXT;
ALTER TABLE calls ADD COLUMN queued_us INTEGER;
ALTER TABLE calls ADD COLUMN admit_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN over_hold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN follows INTEGER NOT NULL DEFAULT 0;

-- The ledger: only ever added to. kind: 1 a call, 2 an estimate for a lost
-- one, 3 its correction, 4 an adjustment by hand (of account or cap). digest
-- is that of the call's row as it was completed; hash covers the line and the
-- hash before.
CREATE TABLE ledger (
	line INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	call INTEGER NOT NULL,
	account INTEGER NOT NULL,
	cap INTEGER NOT NULL,
	period_at INTEGER NOT NULL,
	amount_nano INTEGER NOT NULL,
	digest BLOB NOT NULL,
	hash BLOB NOT NULL
);
CREATE INDEX ledger_call ON ledger (call) WHERE kind <> 1;

-- Sums by the hour. facet 0 has each attempt once; a customer's or tag's
-- subject id has those of that subject once more.
CREATE TABLE rollups (
	hour_at INTEGER NOT NULL,
	facet INTEGER NOT NULL,
	key_id INTEGER NOT NULL,
	person INTEGER NOT NULL,
	team INTEGER NOT NULL,
	member INTEGER NOT NULL,
	project INTEGER NOT NULL,
	organization INTEGER NOT NULL,
	model TEXT NOT NULL,
	deployment TEXT NOT NULL,
	provider TEXT NOT NULL,
	route TEXT NOT NULL,
	state INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	unpriced INTEGER NOT NULL,
	input_tokens INTEGER NOT NULL,
	cache_read_tokens INTEGER NOT NULL,
	cache_write_tokens INTEGER NOT NULL,
	cache_write_1h_tokens INTEGER NOT NULL,
	audio_input_tokens INTEGER NOT NULL,
	image_input_tokens INTEGER NOT NULL,
	output_tokens INTEGER NOT NULL,
	audio_output_tokens INTEGER NOT NULL,
	reasoning_tokens INTEGER NOT NULL,
	cost_nano INTEGER NOT NULL,
	provider_cost_nano INTEGER NOT NULL,
	total_us INTEGER NOT NULL,
	first_us INTEGER NOT NULL,
	firsts INTEGER NOT NULL,
	PRIMARY KEY (facet, hour_at, key_id, person, team, member, project,
		organization, model, deployment, route, state)
) WITHOUT ROWID;
-- The calls of before the ledger: they have no lines, but they count.
INSERT INTO meta (name, value)
	SELECT 'ledger_from', coalesce(max(seq), 0) FROM calls;
INSERT INTO rollups
	SELECT start_at - start_at % 3600000000 AS hour, 0, key_id, 0, 0, 0, 0,
		0, coalesce(model, '') AS m, coalesce(deployment, '') AS d,
		coalesce(max(provider), ''), coalesce(route, '') AS r, state,
		count(*), sum(cost_nano IS NULL),
		coalesce(sum(input_tokens), 0),
		coalesce(sum(cache_read_tokens), 0),
		coalesce(sum(cache_write_tokens), 0),
		coalesce(sum(cache_write_1h_tokens), 0),
		coalesce(sum(audio_input_tokens), 0),
		coalesce(sum(image_input_tokens), 0),
		coalesce(sum(output_tokens), 0),
		coalesce(sum(audio_output_tokens), 0),
		coalesce(sum(reasoning_tokens), 0),
		coalesce(sum(cost_nano), 0),
		coalesce(sum(provider_cost_nano), 0),
		coalesce(sum(end_us), 0), coalesce(sum(first_content_us), 0),
		count(first_content_us)
	FROM calls WHERE state <> 0
	GROUP BY hour, key_id, m, d, r, state;
UPDATE accounts SET spent_nano = (SELECT coalesce(sum(cost_nano), 0) FROM calls
		WHERE key_id = accounts.subject AND state <> 0)
	WHERE scope = 2;

-- Events to be told, and how far each target has been told.
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	kind TEXT NOT NULL,
	body TEXT NOT NULL
);
CREATE TABLE deliveries (
	id INTEGER PRIMARY KEY,
	event INTEGER NOT NULL REFERENCES outbox (id),
	target TEXT NOT NULL,
	state INTEGER NOT NULL DEFAULT 0,
	tries INTEGER NOT NULL DEFAULT 0,
	next_at INTEGER NOT NULL,
	done_at INTEGER NOT NULL DEFAULT 0,
	error TEXT,
	UNIQUE (event, target)
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 0;

-- Who changed what. Values without secrets.
CREATE TABLE audit (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	who TEXT NOT NULL,
	key_id INTEGER NOT NULL,
	addr TEXT,
	changed_by TEXT,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	object_id TEXT NOT NULL,
	before TEXT,
	after TEXT
);
CREATE INDEX audit_object ON audit (object, object_id);

-- Upstream secrets by name, access groups, and settings made by API.
CREATE TABLE credentials (
	name TEXT NOT NULL PRIMARY KEY,
	info TEXT NOT NULL,
	masked TEXT NOT NULL,
	sealed BLOB NOT NULL,
	created_by TEXT,
	updated_by TEXT,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE access_groups (
	name TEXT NOT NULL PRIMARY KEY,
	models TEXT NOT NULL,
	created_by TEXT,
	updated_by TEXT,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE config (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL,
	updated_by TEXT,
	updated_at INTEGER NOT NULL
) WITHOUT ROWID;

-- How checks of deployments went; only the last ones stay.
CREATE TABLE health_checks (
	id INTEGER PRIMARY KEY,
	deployment TEXT NOT NULL,
	model TEXT NOT NULL,
	at INTEGER NOT NULL,
	error TEXT,
	took_us INTEGER NOT NULL,
	checked_by TEXT
);
CREATE INDEX health_checks_deployment ON health_checks (deployment, id);

ALTER TABLE deployments ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deployments ADD COLUMN updated_by TEXT;
ALTER TABLE deployments ADD COLUMN params TEXT;

-- Prices may depend on when, how long the prompt is, and the tier of service.
-- The old table is one of the bare cases.
CREATE TABLE prices_new (
	id INTEGER PRIMARY KEY,
	deployment INTEGER NOT NULL REFERENCES deployments (number),
	unit TEXT NOT NULL,
	usd_pico INTEGER NOT NULL,
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL DEFAULT 0,
	above_tokens INTEGER NOT NULL DEFAULT 0,
	tier TEXT NOT NULL DEFAULT '',
	utc_from INTEGER NOT NULL DEFAULT 0,
	utc_to INTEGER NOT NULL DEFAULT 0,
	UNIQUE (deployment, unit, above_tokens, tier, utc_from, utc_to,
		valid_from)
);
INSERT INTO prices_new (id, deployment, unit, usd_pico, valid_from)
	SELECT id, deployment, unit, usd_pico, valid_from FROM prices;
DROP TABLE prices;
ALTER TABLE prices_new RENAME TO prices;

-- Counts changes of keys, subjects, members, caps and limits.
INSERT INTO meta (name, value) VALUES ('rules', 1);
