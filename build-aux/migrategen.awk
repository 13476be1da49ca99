# migrategen.awk: turns sql/migrate/{main,log}/NNNN*.sql into C tables.
#
# usage: awk -f migrategen.awk sql/migrate/main/0001.sql ...
#
# The number is the file name's, numbers of one database count up from 1
# without a gap. The text is kept line by line, without comment lines.
# The tables are declared in src/store/sql.h.

function fail(text)
{
	printf "%s: %s\n", FILENAME, text > "/dev/stderr"
	failed = 1
	exit 1
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
	n = split(FILENAME, part, "/")
	db = part[n - 1]
	file = part[n]
	if (db != "main" && db != "log")
		fail("not in a folder main or log")
	if (file !~ /^[0-9][0-9][0-9][0-9].*\.sql$/)
		fail("name does not begin with four digits")
	sub(/\.sql$/, "", file)
	number = substr(file, 1, 4) + 0
	if (number != last[db] + 1)
		fail("number does not follow " last[db] + 0)
	last[db] = number
	title[db, number] = file
}

/^[ \t]*--/ || /^[ \t]*$/ {
	next
}

{
	line = $0
	sub(/[ \t]+$/, "", line)
	body[db, number] = body[db, number] "\n\t    " quoted(line)
}

function table(db,    i)
{
	printf "\nconst struct tg_migration tg_migrations_%s[] = {\n", db
	for (i = 1; i <= last[db]; i++)
		printf "\t{\n\t\t.number = %d,\n\t\t.name = \"%s\"," \
		    "\n\t\t.sql =%s\n\t},\n",
		    i, title[db, i], body[db, i] ? body[db, i] : " \"\""
	print "\t{ .number = 0 }\n};"
}

END {
	if (failed)
		exit 1
	print "/* Made by build-aux/migrategen.awk from sql/migrate/; " \
	    "do not edit. */"
	print "#include \"config.h\"\n\n#include <stddef.h>\n"
	print "#include \"store/sql.h\""
	table("main")
	table("log")
}
