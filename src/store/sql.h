/*
 * The SQL that is compiled in: named statements from sql/ and numbered
 * migrations from sql/migrate/. Both tables are made by awk at build time and
 * never change while the program runs.
 *
 * In sql/ a statement stands under a line `-- name: key_by_hash' and is
 * TG_SQL_KEY_BY_HASH here; a file that begins with `-- db: log' speaks to
 * log.db, all others to tollgate.db.
 */
#ifndef TG_STORE_SQL_H
#define TG_STORE_SQL_H

#include "store/sql_gen.h"

struct tg_sql_text {
	const char	*name;	/* as in the file: "key_by_hash" */
	const char	*sql;
	int		 db;	/* enum tg_db_file, store/db.h */
};

/* Indexed by enum tg_sql; one more row, all zero, at TG_SQL__MAX. */
extern const struct tg_sql_text tg_sql_texts[];

struct tg_migration {
	int		 number;	/* 1, 2, 3 ...; 0 ends the table */
	const char	*name;		/* the file's name without .sql */
	const char	*sql;		/* one or more statements */
};

extern const struct tg_migration tg_migrations_main[];
extern const struct tg_migration tg_migrations_log[];

#endif
