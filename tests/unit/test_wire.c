/*
 * The program from a web server's request to its answer, through the door in
 * memory, against an upstream that plays recorded bytes.  Cases are files:
 * see tests/wire/README.  WIRE='area/name*' runs only those.
 */
#include "config.h"

#include "unit.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "../wire/step.h"

static struct wire_house *house;
static struct wire_upstream *upstream;
static struct wire_vars vars;

static void
test_case(void **state)
{
	assert_int_equal(wire_case_run(house, upstream, &vars, *state), 0);
}

static int
begin(void **state)
{
	(void)state;
	upstream = wire_upstream_new();
	house = wire_house_new(&vars, wire_upstream_port(upstream),
	    wire_port_refused(), wire_port_stuck());
	return 0;
}

static int
end(void **state)
{
	(void)state;
	wire_house_free(house);
	wire_upstream_free(upstream);
	return 0;
}

int
main(void)
{
	const char *srcdir = getenv("srcdir"), *only = getenv("WIRE");
	struct CMUnitTest *tests;
	char pattern[1024];
	glob_t found;
	int rc;

	(void)snprintf(pattern, sizeof(pattern), "%s/tests/wire/%s.case",
	    srcdir != NULL ? srcdir : ".", only != NULL ? only : "*/*");
	if (glob(pattern, 0, NULL, &found) != 0) {
		(void)fprintf(stderr, "no cases: %s\n", pattern);
		return 1;
	}
	tests = calloc(found.gl_pathc, sizeof(*tests));
	if (tests == NULL)
		return 1;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		tests[i].name = strstr(found.gl_pathv[i], "wire/") + 5;
		tests[i].test_func = test_case;
		tests[i].initial_state = found.gl_pathv[i];
	}
	rc = _cmocka_run_group_tests(
	    "wire", tests, found.gl_pathc, begin, end);
	free(tests);
	globfree(&found);
	return rc;
}
