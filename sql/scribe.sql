-- db: log

-- How far the scribe has come.
-- name: scribe_line
SELECT line FROM scribe WHERE id = 1

-- All anew, from the first line.
-- name: scribe_restart
UPDATE scribe SET line = 0, gone = 0, merging = 0 WHERE id = 1

-- name: scribe_restart_index
INSERT INTO said (said) VALUES ('delete-all')

-- name: scribe_restart_texts
DELETE FROM said_texts

-- name: scribe_restart_uses
UPDATE uses SET said_by = 0 WHERE said_by <> 0

-- name: scribe_restart_threads
DELETE FROM threads

-- name: scribe_restart_calls
DELETE FROM thread_calls

-- name: scribe_restart_programs
DELETE FROM programs

-- name: scribe_restart_people
DELETE FROM program_people

-- name: scribe_move
UPDATE scribe SET line = ?2 WHERE id = 1 AND line = ?1
