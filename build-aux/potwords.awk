# potwords.awk: the words in templates, as a .pot file.
#
# usage: awk -f potwords.awk www/a.html ...
#
# Reads {{_words}}, {{_context|words}} and {{_n count|one|many}} as
# src/web/page/template_parse.c does: runs of blanks are one, bars within
# {braces} do not count.

function quoted(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

function plain(text)
{
	gsub(/[ \t\n]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	return text
}

# Cuts at bars outside of braces into part[1] ...; returns how many.
function cut(text, part,    i, c, depth, n)
{
	n = 1
	part[1] = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		depth += (c == "{") - (c == "}")
		if (c == "|" && depth == 0)
			part[++n] = ""
		else
			part[n] = part[n] c
	}
	return n
}

# Once for all places of the same words; where some are plural, all are.
function keep(file, context, one, many,    key)
{
	key = context SUBSEP one
	if (!(key in files)) {
		keys[++count] = key
		contexts[key] = context
		singular[key] = one
	}
	if (index(files[key] " ", " " file " ") == 0)
		files[key] = files[key] " " file
	if (many != "")
		plural[key] = many
}

function entry(file, words,    n, part)
{
	if (words ~ /^=/)
		return
	n = cut(words, part)
	if (words ~ /^n / && n == 3)
		keep(file, "", plain(part[2]), plain(part[3]))
	else
		keep(file, n == 2 ? plain(part[1]) : "", plain(part[n]), "")
}

function print_entry(key)
{
	printf "\n#:%s\n", files[key]
	if (contexts[key] != "")
		printf "msgctxt %s\n", quoted(contexts[key])
	printf "msgid %s\n", quoted(singular[key])
	if (key in plural)
		printf "msgid_plural %s\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n",
		    quoted(plural[key])
	else
		printf "msgstr \"\"\n"
}

# Where the tag that begins at text[1] ends: behind its words.
function length_of(text,    i, c, depth)
{
	for (i = 1; i < length(text); i++) {
		c = substr(text, i, 1)
		if (c == "}" && depth == 0)
			return i - 1
		depth += (c == "{") - (c == "}" && depth > 0)
	}
	return 0
}

function read_all(file, text,    at, n)
{
	while ((at = index(text, "{{_")) > 0) {
		text = substr(text, at + 3)
		n = length_of(text)
		entry(file, substr(text, 1, n))
		text = substr(text, n + 1)
	}
}

BEGIN {
	print "msgid \"\"\nmsgstr \"\"\n" \
	    "\"Content-Type: text/plain; charset=UTF-8\\n\""
}

FNR == 1 && NR > 1 {
	read_all(name, whole)
	whole = ""
}

{
	name = FILENAME
	whole = whole $0 "\n"
}

END {
	read_all(name, whole)
	for (i = 1; i <= count; i++)
		print_entry(keys[i])
}
