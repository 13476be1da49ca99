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
CREATE INDEX sessions_key ON sessions (key_id) WHERE key_id <> 0;
CREATE INDEX sessions_over ON sessions (expires_at);

-- Sign-ins that failed, by name and by address ("name:ann", "addr:10.0.0.7").
CREATE TABLE attempts (
	who TEXT NOT NULL PRIMARY KEY,
	n INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX attempts_last ON attempts (last_at);

-- Sums of calls that have ended, by one dimension each (enum tg_sum_dim),
-- day (UTC) and value: the model, the provider, or a row's number. hours:
-- packed, see src/store/summary_day.h. A year by model is some thousand rows,
-- whoever called.
CREATE TABLE summaries (
	dim INTEGER NOT NULL,
	day_at INTEGER NOT NULL,
	value TEXT NOT NULL,
	hours BLOB NOT NULL,
	PRIMARY KEY (dim, day_at, value)
) WITHOUT ROWID;
CREATE INDEX summaries_value ON summaries (dim, value, day_at);

-- Which calls have what, written some time after them, in place of indexes
-- that each call would have to write: of each block of 65,536 rows of calls,
-- dimension (enum tg_mark) and value, the rows that have it, see
-- src/store/marks.h.
CREATE TABLE marks (
	dim INTEGER NOT NULL,
	block INTEGER NOT NULL,
	value TEXT NOT NULL,
	seqs BLOB NOT NULL,
	PRIMARY KEY (dim, block, value)
) WITHOUT ROWID;

-- Balances that have crossed a threshold: few, and found by their period.
CREATE INDEX balances_marked ON balances (period_at) WHERE marked > 0;

-- How far both have come: rows of calls from before the ledger, and lines.
CREATE TABLE followed (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	seq INTEGER NOT NULL,
	line INTEGER NOT NULL
);
INSERT INTO followed (id, seq, line) VALUES (1, 0, 0);

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
CREATE INDEX replays_run ON replays (run);

-- Who said so: a list of the provider's, a person.
ALTER TABLE prices ADD COLUMN source TEXT;
