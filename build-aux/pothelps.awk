# pothelps.awk: what tables say for help, as a .pot file.
#
# usage: awk -f pothelps.awk src/prog/conf_table.c src/web/*.c ...
#
# Settings (.help = "..." or MACRO("name", ..., "help")) and routes
# ({ TG_GET, "/path", ..., "help", ... }), in macros too, are English in the
# command and the log, and translated where pages show them.

# Adds the literals of a line to what is gathered; true when more may come.
function gather(line,    at, c)
{
	while (match(line, /"([^"\\]|\\.)*"/)) {
		literals[++n] = substr(line, RSTART + 1, RLENGTH - 2)
		line = substr(line, RSTART + RLENGTH)
	}
}

function give(text)
{
	if (text == "" || text in seen)
		return
	seen[text] = 1
	printf "\n#: %s\nmsgid \"%s\"\nmsgstr \"\"\n", FILENAME, text
}

function joined(from,    text, i)
{
	text = ""
	for (i = from; i <= n; i++)
		text = text literals[i]
	return text
}

BEGIN {
	name = "^[/a-z]"	# a path, a key: no sentence
	print "msgid \"\"\nmsgstr \"\"\n" \
	    "\"Content-Type: text/plain; charset=UTF-8\\n\""
}

/\.help = "/ {
	kind = "help"
	n = 0
	sub(/.*\.help = /, "")
}

/^\[TG_CONF_[A-Z0-9_]+\] = (PRICE|LISTED|GROUPS|LIMIT)\(/ {
	kind = "macro"
	n = 0
}

/^\t\{ TG_(GET|POST|PUT|PATCH|DELETE), / {
	kind = "route"
	n = 0
}

kind != "" {
	gather($0)
	if ((kind == "macro" && /\),?$/) ||
	    (kind != "macro" && /\},?[ \t]*\\?$/)) {
		give(joined(kind == "help" || literals[1] !~ name ? 1 : 2))
		kind = ""
	}
}
