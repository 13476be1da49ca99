-- Pages: who signs in, sums of the hours that are over, what people say of
-- calls.

-- A second factor (RFC 6238): the sealed secret, and the last step that was
-- used, for a code is good once. settings: language, zone, theme.
ALTER TABLE people ADD COLUMN totp BLOB;
ALTER TABLE people ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- Who is signed in: a person, or the holder of a key. token is the SHA-256 of
-- what the cookie holds.
CREATE TABLE sessions (
	token TEXT NOT NULL PRIMARY KEY,
	person INTEGER NOT NULL,
	key_id INTEGER NOT NULL,
	addr TEXT,
	agent TEXT,
	settings TEXT NOT NULL DEFAULT '{}',
	created_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_person ON sessions (person) WHERE person <> 0;

-- Sign-ins that failed, by name and by address ("name:ann", "addr:10.0.0.7").
CREATE TABLE attempts (
	who TEXT NOT NULL PRIMARY KEY,
	n INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL
) WITHOUT ROWID;

-- How long calls took, as sums of which quantiles are told: packed counts,
-- see src/store/histogram.h.
ALTER TABLE rollups ADD COLUMN total_hist BLOB;
ALTER TABLE rollups ADD COLUMN first_hist BLOB;

-- Rollups of hours that are over, once more, each by one dimension alone: a
-- year by model is some thousand rows, whoever called. dim: enum tg_sum_dim;
-- value: the model, the provider, or a row's number.
CREATE TABLE summaries (
	dim INTEGER NOT NULL,
	value TEXT NOT NULL,
	hour_at INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	unpriced INTEGER NOT NULL,
	input_tokens INTEGER NOT NULL,
	cached_tokens INTEGER NOT NULL,
	output_tokens INTEGER NOT NULL,
	cost_nano INTEGER NOT NULL,
	total_us INTEGER NOT NULL,
	first_us INTEGER NOT NULL,
	firsts INTEGER NOT NULL,
	total_hist BLOB,
	first_hist BLOB,
	PRIMARY KEY (dim, value, hour_at)
) WITHOUT ROWID;
CREATE INDEX summaries_hour ON summaries (hour_at, dim);

-- What people and programs say of calls: a thumb, a number, a label, a note.
CREATE TABLE scores (
	id INTEGER PRIMARY KEY,
	call TEXT NOT NULL,
	name TEXT NOT NULL,
	number REAL,
	label TEXT,
	comment TEXT,
	source TEXT NOT NULL,
	made_by TEXT,
	key_id INTEGER NOT NULL DEFAULT 0,
	at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
);
CREATE INDEX scores_call ON scores (call);
CREATE INDEX scores_name ON scores (name, at);

-- Calls that were made again from a page: of which, and in which comparison.
CREATE TABLE replays (
	call TEXT NOT NULL PRIMARY KEY,
	original TEXT NOT NULL,
	run TEXT NOT NULL,
	made_by TEXT,
	at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX replays_original ON replays (original);
