-- Transactions; for either database.

-- name: txn_write
BEGIN IMMEDIATE

-- name: txn_read
BEGIN DEFERRED

-- name: txn_commit
COMMIT

-- name: txn_rollback
ROLLBACK

-- name: txn_savepoint
SAVEPOINT piece

-- name: txn_undo
ROLLBACK TO piece

-- name: txn_release
RELEASE piece
