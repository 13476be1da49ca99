-- Reading what was said: headers, threads, search, what programs send.

-- Headers of the request, of the upstream's answer and of ours, secrets
-- masked, as a piece of JSON that is stored once; and what the upstream said
-- where the caller saw something else.
ALTER TABLE bodies ADD COLUMN heads INTEGER;
ALTER TABLE bodies ADD COLUMN upstream BLOB;

-- Calls of one conversation. name: the session's, as the caller sent it, or
-- NULL where the messages say it. Sums are kept for the list.
CREATE TABLE threads (
	id INTEGER PRIMARY KEY,
	name TEXT,
	key_id INTEGER NOT NULL,
	person INTEGER NOT NULL,
	program TEXT NOT NULL,
	title TEXT,
	first_at INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	cost_nano INTEGER NOT NULL,
	input_tokens INTEGER NOT NULL,
	output_tokens INTEGER NOT NULL
);
CREATE UNIQUE INDEX threads_name ON threads (key_id, name)
	WHERE name IS NOT NULL;
CREATE INDEX threads_last ON threads (last_at);
CREATE INDEX threads_person ON threads (person, last_at);

-- seq: of the call's row. known: so many messages of the request were in the
-- previous call of the thread. tail: digest of all its messages, by which a
-- later call is known to go on from here.
CREATE TABLE thread_calls (
	seq INTEGER PRIMARY KEY,
	thread INTEGER NOT NULL,
	call TEXT NOT NULL,
	known INTEGER NOT NULL,
	tail BLOB
);
CREATE INDEX thread_calls_thread ON thread_calls (thread, seq);
CREATE INDEX thread_calls_tail ON thread_calls (tail) WHERE tail IS NOT NULL;
CREATE INDEX thread_calls_call ON thread_calls (call);

-- Texts of pieces, each once; rowid is the piece. said_in: the calls that
-- were the first of their thread to say it.
CREATE VIRTUAL TABLE said USING fts5 (text, content = '', detail = full,
	tokenize = 'tollgate');
CREATE TABLE said_in (
	piece INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (piece, seq)
) WITHOUT ROWID;
CREATE INDEX said_in_seq ON said_in (seq);

-- Distinct system prompts (kind 1) and tool sets (kind 2) of each client
-- program, in order of their first use.
CREATE TABLE programs (
	id INTEGER PRIMARY KEY,
	program TEXT NOT NULL,
	kind INTEGER NOT NULL,
	digest BLOB NOT NULL,
	first_at INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	call TEXT NOT NULL,
	UNIQUE (program, kind, digest)
);

-- How far reading has come: the ledger's line.
CREATE TABLE scribe (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	line INTEGER NOT NULL
);
INSERT INTO scribe (id, line) VALUES (1, 0);
