-- log.db, first form: what was said in calls.

-- A piece of a body (a message, a tool list), stored once, by its BLAKE2b.
-- form: 0 as it is, 1 zstd. bytes: of the text, before it was compressed.
CREATE TABLE pieces (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,
	form INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	data BLOB NOT NULL
);

-- The latest epoch whose bodies hold the piece; apart from the data, so that
-- a use touches few pages.
CREATE TABLE uses (
	piece INTEGER PRIMARY KEY,
	epoch INTEGER NOT NULL
);
CREATE INDEX uses_epoch ON uses (epoch);

-- The bodies of a call as recipes (see src/store/recipe.h). Rows go only from
-- the low end, so the numbers have no holes and epochs grow with them.
CREATE TABLE bodies (
	id INTEGER PRIMARY KEY,
	call TEXT NOT NULL UNIQUE,
	epoch INTEGER NOT NULL,
	at INTEGER NOT NULL,
	request BLOB,
	answer BLOB
);

-- One row: the epoch that is running, when it began, its first body.
-- Epochs only grow, whatever the clock does.
CREATE TABLE pace (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	epoch INTEGER NOT NULL,
	began_at INTEGER NOT NULL,
	first_body INTEGER NOT NULL,
	probe INTEGER NOT NULL DEFAULT 0
);
INSERT INTO pace (id, epoch, began_at, first_body)
VALUES (1, 1, 0, 1);
