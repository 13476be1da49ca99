-- Reading what was said: headers, threads, search, what programs send.

-- Recipes, as those of request and answer.  heads: headers of the request, of
-- the upstream's answer and of ours, secrets masked; those that are the same
-- in many calls are a piece.  upstream: of a call in which something failed,
-- what the upstreams said and what the caller saw.
ALTER TABLE bodies ADD COLUMN heads BLOB;
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
CREATE UNIQUE INDEX threads_name ON threads (name, key_id, person)
	WHERE name IS NOT NULL;
CREATE INDEX threads_last ON threads (last_at);
CREATE INDEX threads_key ON threads (key_id, last_at);
CREATE INDEX threads_person ON threads (person, last_at);
CREATE INDEX threads_talk ON threads (last_at) WHERE calls > 1;

-- seq: of the row that ended the call. known: so many messages of the request
-- were in an earlier call of the thread. tail: digest of all its messages, by
-- which a later call is known to go on from here; answer: of the words that
-- came back, to know them when they are sent again.
CREATE TABLE thread_calls (
	seq INTEGER PRIMARY KEY,
	thread INTEGER NOT NULL,
	call TEXT NOT NULL,
	known INTEGER NOT NULL,
	tail BLOB,
	answer BLOB
);
CREATE INDEX thread_calls_thread ON thread_calls (thread, seq);
CREATE INDEX thread_calls_tail ON thread_calls (tail, seq)
	WHERE tail IS NOT NULL;
CREATE INDEX thread_calls_call ON thread_calls (call);

-- What was said, for search. id: the call's seq, with what was new in it; or a
-- piece's number below 0, with what several conversations say. The index has
-- no text of its own: who takes a row out of it must still have it. form and
-- bytes as in pieces.
CREATE VIRTUAL TABLE said USING fts5 (text, content = '', detail = none,
	columnsize = 0, tokenize = 'tollgate');
CREATE TABLE said_texts (
	id INTEGER PRIMARY KEY,
	form INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	data BLOB NOT NULL
);
-- Who said a piece: 0 nobody yet, a thread, -1 several.
ALTER TABLE uses ADD COLUMN said_by INTEGER NOT NULL DEFAULT 0;

-- Distinct system prompts (kind 1) and tool sets (kind 2) of each client
-- program, in order of their first use. call: the latest that holds it.
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

-- Whose calls sent such a text: members see what they sent themselves.
CREATE TABLE program_people (
	text INTEGER NOT NULL,
	person INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	call TEXT NOT NULL,
	PRIMARY KEY (text, person)
) WITHOUT ROWID;

-- How far reading has come: the ledger's line. gone: texts that were taken out
-- of the index since it was last merged, whose room that gives back.
CREATE TABLE scribe (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	line INTEGER NOT NULL,
	gone INTEGER NOT NULL DEFAULT 0,
	merging INTEGER NOT NULL DEFAULT 0
);
INSERT INTO scribe (id, line) VALUES (1, 0);
