# wwwgen.awk: turns www/*.html and www/assets/* into C.
#
# usage: awk -f wwwgen.awk www/a.html www/b.html www/assets/app.css ...
#
# Templates are named without folder and suffix, assets without folder. The
# tables are declared in src/web/page/www.h; templates are sorted, as the
# arguments are.

# Letter by letter: awks disagree about backslashes in gsub(). Two question
# marks would begin a trigraph.
function quoted(text,    i, c, result)
{
	result = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\" || c == "\"" || c == "?")
			result = result "\\"
		else if (c == "\t") {
			result = result "\\t"
			continue
		}
		result = result c
	}
	return "\"" result "\\n\""
}

FNR == 1 {
	n = split(FILENAME, part, "/")
	name = part[n]
	kind = part[n - 1] == "assets" ? "assets" : "templates"
	if (kind == "templates")
		sub(/\.html$/, "", name)
	count[kind]++
	title[kind, count[kind]] = name
}

{
	body[kind, count[kind]] = body[kind, count[kind]] "\n" quoted($0)
}

function table(kind,    i)
{
	for (i = 1; i <= count[kind]; i++)
		printf "\nstatic const char %s_%d[] =%s;\n", kind, i,
		    body[kind, i]
	printf "\nconst struct tg_www_file tg_www_%s[] = {\n", kind
	for (i = 1; i <= count[kind]; i++)
		printf "\t{ \"%s\", %s_%d, sizeof(%s_%d) - 1 },\n",
		    title[kind, i], kind, i, kind, i
	print "\t{ NULL, NULL, 0 }\n};"
}

END {
	print "/* Made by build-aux/wwwgen.awk from www/; do not edit. */"
	print "#include \"config.h\"\n\n#include \"web/page/www.h\""
	table("templates")
	table("assets")
	printf "\nconst size_t tg_www_template_count = %d;\n",
	    count["templates"]
}
