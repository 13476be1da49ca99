-- tollgate.db, first form. Times are microseconds since 1970 (UTC) unless the
-- name says otherwise; money is whole numbers: _nano 1e-9 USD, _pico 1e-12.

-- Small values by name; "version" counts changes of providers and models.
CREATE TABLE meta (
	name TEXT NOT NULL PRIMARY KEY,
	value NOT NULL
) WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('version', 1);

-- Keys that we hand out. A revoked one stays: its calls refer to it.
CREATE TABLE keys (
	id INTEGER PRIMARY KEY,
	token TEXT NOT NULL UNIQUE,
	name TEXT,
	alias TEXT,
	models TEXT NOT NULL,
	metadata TEXT NOT NULL,
	created_by TEXT,
	role INTEGER NOT NULL,
	log INTEGER NOT NULL,
	blocked INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER NOT NULL DEFAULT 0,
	last_used_at INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX keys_alias ON keys (alias)
	WHERE alias IS NOT NULL AND revoked_at = 0;
CREATE UNIQUE INDEX keys_master ON keys (role)
	WHERE role = 1 AND revoked_at = 0;

CREATE TABLE people (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	role TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	created_at INTEGER NOT NULL
);

CREATE TABLE providers (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	settings TEXT NOT NULL,
	sealed BLOB,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
);

-- The provider may stand in tollgate.ini, so it is a name, not a reference.
CREATE TABLE deployments (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	model TEXT NOT NULL,
	provider TEXT,
	upstream_model TEXT,
	settings TEXT NOT NULL,
	info TEXT NOT NULL,
	sealed BLOB,
	created_by TEXT,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	removed_at INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX deployments_id ON deployments (id) WHERE removed_at = 0;

-- Never changed, only followed by a later one.
CREATE TABLE prices (
	id INTEGER PRIMARY KEY,
	deployment INTEGER NOT NULL REFERENCES deployments (number),
	unit TEXT NOT NULL,
	usd_pico INTEGER NOT NULL,
	valid_from INTEGER NOT NULL,
	UNIQUE (deployment, unit, valid_from)
);

-- A row an attempt, written before the first byte goes upstream. The order of
-- the columns is that of the statements in sql/calls.sql; NULL is unknown, or
-- did not happen. Names and key are of that day and bind to nothing.
CREATE TABLE calls (
	seq INTEGER PRIMARY KEY,
	call TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	state INTEGER NOT NULL,
	worker TEXT NOT NULL,
	key_id INTEGER NOT NULL,
	user TEXT,
	addr TEXT,
	agent TEXT,
	route TEXT,
	model TEXT,
	deployment TEXT,
	provider TEXT,
	upstream_model TEXT,
	stream INTEGER NOT NULL,
	start_at INTEGER NOT NULL,
	request_bytes INTEGER NOT NULL,
	status INTEGER NOT NULL DEFAULT 0,
	upstream_status INTEGER NOT NULL DEFAULT 0,
	error TEXT,
	upstream_id TEXT,
	finish TEXT,
	input_tokens INTEGER,
	cache_read_tokens INTEGER,
	cache_write_tokens INTEGER,
	cache_write_1h_tokens INTEGER,
	audio_input_tokens INTEGER,
	image_input_tokens INTEGER,
	output_tokens INTEGER,
	audio_output_tokens INTEGER,
	reasoning_tokens INTEGER,
	usage_odd INTEGER NOT NULL DEFAULT 0,
	cost_nano INTEGER,
	provider_cost_nano INTEGER,
	price_ids TEXT,
	sent_us INTEGER,
	first_byte_us INTEGER,
	first_content_us INTEGER,
	end_us INTEGER,
	answer_bytes INTEGER NOT NULL DEFAULT 0,
	UNIQUE (call, attempt)
);
-- Each index is one more page that every call writes, so there are few. Rows
-- are numbered in the order of time, nearly: every 256th is enough to find
-- where a time begins.
CREATE INDEX calls_time ON calls (start_at) WHERE seq % 256 = 0;
CREATE INDEX calls_key ON calls (key_id);
CREATE INDEX calls_open ON calls (worker) WHERE state = 0;
