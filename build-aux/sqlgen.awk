# sqlgen.awk: turns the named statements of sql/*.sql into C.
#
# usage: awk -v out=header|source -f sqlgen.awk sql/a.sql sql/b.sql ...
#
# A statement stands under a line `-- name: key_by_hash'. A file whose first
# line is `-- db: log' speaks to log.db, the others to tollgate.db. What several
# statements of a file share stands once under a line `-- part: key_filter';
# a line `-- with: key_filter' takes it in. Lines that are only a comment are
# left out. The header gets one enum member for each statement, the source one
# row of text at that place: see src/store/sql.h.

function fail(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
	failed = 1
	exit 1
}

function take(text)
{
	if (!current)
		fail("SQL before the first `-- name:' line")
	if (current == -1)
		parts[part] = parts[part] text
	else
		body[current] = body[current] text
}

# Letter by letter: awks disagree about backslashes in gsub().
function quoted(text,    i, c, result)
{
	result = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\" || c == "\"")
			result = result "\\"
		result = result c
	}
	return "\"" result "\\n\""
}

FNR == 1 {
	db = "TG_DB_MAIN"
	current = 0
	split("", parts)
}

/^-- db: / {
	if (FNR != 1)
		fail("`-- db:' must be the first line")
	if ($3 == "log")
		db = "TG_DB_LOG"
	else if ($3 != "main")
		fail("no such database: " $3)
	next
}

/^-- name: / {
	if ($3 !~ /^[a-z][a-z0-9_]*$/)
		fail("bad statement name: " $3)
	if ($3 in seen)
		fail("statement " $3 " is also in " seen[$3])
	seen[$3] = FILENAME
	current = ++count
	name[current] = $3
	base[current] = db
	next
}

/^-- part: / {
	if ($3 in parts)
		fail("part " $3 " is there twice")
	part = $3
	parts[part] = ""
	current = -1
	next
}

/^-- with: / {
	if (!($3 in parts))
		fail("no such part: " $3)
	take(parts[$3])
	next
}

/^[ \t]*--/ || /^[ \t]*$/ {
	next
}

{
	line = $0
	sub(/[ \t]+$/, "", line)
	take("\n\t    " quoted(line))
}

END {
	if (failed)
		exit 1
	for (i = 1; i <= count; i++)
		if (body[i] == "") {
			printf "%s: statement %s is empty\n", seen[name[i]],
			    name[i] > "/dev/stderr"
			exit 1
		}
	print "/* Made by build-aux/sqlgen.awk from sql/; do not edit. */"
	if (out == "header") {
		print "#ifndef TG_STORE_SQL_GEN_H"
		print "#define TG_STORE_SQL_GEN_H"
		print "\nenum tg_sql {"
		for (i = 1; i <= count; i++)
			printf "\tTG_SQL_%s,\n", toupper(name[i])
		print "\tTG_SQL__MAX\n};\n\n#endif"
	} else {
		print "#include \"config.h\"\n\n#include \"store/db.h\"\n" \
		    "#include \"store/sql.h\"\n"
		print "const struct tg_sql_text tg_sql_texts[] = {"
		for (i = 1; i <= count; i++)
			printf "\t[TG_SQL_%s] = {\n\t\t.name = \"%s\"," \
			    "\n\t\t.db = %s,\n\t\t.sql =%s\n\t},\n",
			    toupper(name[i]), name[i], base[i], body[i]
		print "\t[TG_SQL__MAX] = { .db = TG_DB_MAIN }\n};"
	}
}
