/*
 * Documents that are JSON and such that are not, for the tests of base/json:
 * RFC 8259's grammar corner by corner.  The bad ones carry the fault and the
 * offset where it must be found.
 */
#include "base/json.h"

#define U "\\u"

static const char *const good_docs[] = {
	"null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "0.0",
	"-0.0", "1e3", "1E+3", "1e-3", "-1.25E-02", "1e999", "0e0",
	"123456789012345678901234567890", "\"\"", "\"a\"", "[]", "{}", "[ ]",
	"{ }", " \t\r\n1 \t\r\n", "[1]", "[1,2 , 3]", "[[],{}]",
	"{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"\":\"\"}",
	" { \"a\" : [ 1 , { } ] } ", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	"\"" U "0041" U "00e9" U "20AC" U "d83d" U "de00\"",
	"\"" U "0000\"", "\"" U "d800\"", "\"" U "dc00" U "d800\"",
	"\"\x7f\"", "\"\xc2\x80\"", "\"\xdf\xbf\"", "\"\xe0\xa0\x80\"",
	"\"\xed\x9f\xbf\"", "\"\xee\x80\x80\"", "\"\xef\xbf\xbf\"",
	"\"\xf0\x90\x80\x80\"", "\"\xf4\x8f\xbf\xbf\"",
	"\"\xe6\x9d\xb1\xe4\xba\xac\"", "{\"\xc3\xa4\":\"\xf0\x9f\x98\x80\"}",
	"[[[[[[[[1]]]]]]]]", "[\"a\\\"b\",\"c\\\\\",\"d\"]",
	"{\"a\":{\"b\":{\"c\":[true,false,null]}}}",
	"[1.0,2.50,1e2,\"1\",-5,9223372036854775807,-9223372036854775808]",
	"\"0123456\\n89abcdef\"", "\"01234567\\\\\"", "\"0123456789\xc3\xa4\"",
	"[\"{\",\"}\",\"[\",\"]\",\",\",\":\",\"\\\"\"]",
};

static const struct {
	const char *text;
	enum tg_json_fault fault;
	size_t at;
} bad_docs[] = {
	{"", TG_JSON_ENDED, 0}, {" ", TG_JSON_ENDED, 1},
	{"[", TG_JSON_ENDED, 1}, {"{", TG_JSON_ENDED, 1},
	{"[1", TG_JSON_ENDED, 2}, {"[1,", TG_JSON_ENDED, 3},
	{"{\"a\"", TG_JSON_ENDED, 4}, {"{\"a\":", TG_JSON_ENDED, 5},
	{"{\"a\":1", TG_JSON_ENDED, 6}, {"{\"a\":1,", TG_JSON_ENDED, 7},
	{"\"", TG_JSON_ENDED, 1}, {"\"abc", TG_JSON_ENDED, 4},
	{"\"\\", TG_JSON_ENDED, 2}, {"\"" U, TG_JSON_ENDED, 3},
	{"\"" U "12", TG_JSON_ENDED, 5}, {"\"\\\"", TG_JSON_ENDED, 3},
	{"\"\xe6\x9d", TG_JSON_ENDED, 1}, {"\"\xf0", TG_JSON_ENDED, 1},
	{"t", TG_JSON_ENDED, 1}, {"fals", TG_JSON_ENDED, 4},
	{"nul", TG_JSON_ENDED, 3}, {"-", TG_JSON_ENDED, 1},
	{"1.", TG_JSON_ENDED, 2}, {"1e", TG_JSON_ENDED, 2},
	{"1e+", TG_JSON_ENDED, 3}, {"[1.5e-", TG_JSON_ENDED, 6},
	{"]", TG_JSON_BAD_SYNTAX, 0}, {"}", TG_JSON_BAD_SYNTAX, 0},
	{",", TG_JSON_BAD_SYNTAX, 0}, {":", TG_JSON_BAD_SYNTAX, 0},
	{"[,]", TG_JSON_BAD_SYNTAX, 1}, {"[1,]", TG_JSON_BAD_SYNTAX, 3},
	{"[1 2]", TG_JSON_BAD_SYNTAX, 3}, {"[1}", TG_JSON_BAD_SYNTAX, 2},
	{"[1:2]", TG_JSON_BAD_SYNTAX, 2}, {"{]", TG_JSON_BAD_SYNTAX, 1},
	{"{,}", TG_JSON_BAD_SYNTAX, 1}, {"{1:2}", TG_JSON_BAD_SYNTAX, 1},
	{"{a:2}", TG_JSON_BAD_SYNTAX, 1}, {"{'a':2}", TG_JSON_BAD_SYNTAX, 1},
	{"{\"a\" 1}", TG_JSON_BAD_SYNTAX, 5},
	{"{\"a\",1}", TG_JSON_BAD_SYNTAX, 4},
	{"{\"a\":}", TG_JSON_BAD_SYNTAX, 5},
	{"{\"a\":1,}", TG_JSON_BAD_SYNTAX, 7},
	{"{\"a\":1]", TG_JSON_BAD_SYNTAX, 6},
	{"{\"a\":1 \"b\":2}", TG_JSON_BAD_SYNTAX, 7},
	{"1 2", TG_JSON_BAD_SYNTAX, 2}, {"{}{}", TG_JSON_BAD_SYNTAX, 2},
	{"[]]", TG_JSON_BAD_SYNTAX, 2}, {"nulll", TG_JSON_BAD_SYNTAX, 4},
	{"nuLl", TG_JSON_BAD_SYNTAX, 2}, {"True", TG_JSON_BAD_SYNTAX, 0},
	{"NaN", TG_JSON_BAD_SYNTAX, 0}, {"Infinity", TG_JSON_BAD_SYNTAX, 0},
	{"-Infinity", TG_JSON_BAD_SYNTAX, 1}, {"+1", TG_JSON_BAD_SYNTAX, 0},
	{"01", TG_JSON_BAD_SYNTAX, 1}, {"-01", TG_JSON_BAD_SYNTAX, 2},
	{"1.e3", TG_JSON_BAD_SYNTAX, 2}, {".5", TG_JSON_BAD_SYNTAX, 0},
	{"1e3.5", TG_JSON_BAD_SYNTAX, 3}, {"1.2.3", TG_JSON_BAD_SYNTAX, 3},
	{"0x10", TG_JSON_BAD_SYNTAX, 1}, {"1e+-2", TG_JSON_BAD_SYNTAX, 3},
	{"--1", TG_JSON_BAD_SYNTAX, 1}, {"1a", TG_JSON_BAD_SYNTAX, 1},
	{"\"a\nb\"", TG_JSON_BAD_SYNTAX, 2}, {"\"\t\"", TG_JSON_BAD_SYNTAX, 1},
	{"\"\x1f\"", TG_JSON_BAD_SYNTAX, 1},
	{"\"0123456789\x01\"", TG_JSON_BAD_SYNTAX, 11},
	{"\"\\x\"", TG_JSON_BAD_SYNTAX, 2},
	{"\"\\'\"", TG_JSON_BAD_SYNTAX, 2}, {"\"\\\xc3\xa4\"",
	    TG_JSON_BAD_SYNTAX, 2},
	{"\"" U "12g4\"", TG_JSON_BAD_SYNTAX, 5},
	{"\"" U "123\"", TG_JSON_BAD_SYNTAX, 6},
	{"\"\\U0041\"", TG_JSON_BAD_SYNTAX, 2},
	{"'a'", TG_JSON_BAD_SYNTAX, 0}, {"// c\n1", TG_JSON_BAD_SYNTAX, 0},
	{"1/**/", TG_JSON_BAD_SYNTAX, 1}, {"\f1", TG_JSON_BAD_SYNTAX, 0},
	{"\v1", TG_JSON_BAD_SYNTAX, 0},
	{"\xef\xbb\xbf{}", TG_JSON_BAD_SYNTAX, 0},	/* BOM */
	{"\xc2\xa0""1", TG_JSON_BAD_SYNTAX, 0},		/* no-break space */
	{"\xff", TG_JSON_BAD_UTF8, 0}, {"[1,\x80]", TG_JSON_BAD_UTF8, 3},
	{"\"\x80\"", TG_JSON_BAD_UTF8, 1}, {"\"a\xff\"", TG_JSON_BAD_UTF8, 2},
	{"\"\xc0\x80\"", TG_JSON_BAD_UTF8, 1},		/* overlong */
	{"\"\xc1\xbf\"", TG_JSON_BAD_UTF8, 1},
	{"\"\xe0\x9f\xbf\"", TG_JSON_BAD_UTF8, 1},
	{"\"\xf0\x8f\xbf\xbf\"", TG_JSON_BAD_UTF8, 1},
	{"\"\xed\xa0\x80\"", TG_JSON_BAD_UTF8, 1},	/* surrogate */
	{"\"\xed\xbf\xbf\"", TG_JSON_BAD_UTF8, 1},
	{"\"\xf4\x90\x80\x80\"", TG_JSON_BAD_UTF8, 1},	/* above 10FFFF */
	{"\"\xf5\x80\x80\x80\"", TG_JSON_BAD_UTF8, 1},
	{"\"\xc3\"", TG_JSON_BAD_UTF8, 1}, {"\"\xe6\x9d\"",
	    TG_JSON_BAD_UTF8, 1},
	{"\"\xc3\xa4\xe4\"", TG_JSON_BAD_UTF8, 3},
	{"{\"\xff\":1}", TG_JSON_BAD_UTF8, 2},
	{"\"abcdefgh\xc3\xa4\xfe\"", TG_JSON_BAD_UTF8, 11},
};
