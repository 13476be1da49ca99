/* A data folder made by `tollgate init`, and a FastCGI client for it. */
#ifndef TG_TESTS_PROG_HELP_H
#define TG_TESTS_PROG_HELP_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct prog {
	char dir[96]; /* TOLLGATE_DATA is set to it */
	char socket[128];
	char key[64]; /* the first key */
};

/* cmocka's setup and teardown of a group: *state is a struct prog. */
int prog_new(void **state);
int prog_free(void **state);
/* tollgate.ini of the folder; NULL removes it. */
void prog_config(const struct prog *p, const char *text);
/*
 * A command in a child process: its standard output and error in out (may be
 * NULL), NUL terminated; returns the exit status.
 */
int prog_command(char *out, size_t size, const char *const *argv);

/* A connection to the socket, or -1; waits up to a second for a listener. */
int prog_connect(const char *path);
/* A chat call of model echo on it; echo: members such as "\"words\":3". */
void prog_ask(int fd, const char *key, bool stream, const char *echo);
/*
 * What comes back until the end or for ms: the CGI answer.  Returns the
 * status, 0 if nothing came.
 */
int prog_answer(int fd, char *out, size_t size, int ms);
/* Connect, ask for one word, answer, close: the status. */
int prog_call(const struct prog *p);

/* Children of a process, by /proc; returns how many. */
int prog_children(pid_t parent, pid_t *pids, int max);
int prog_threads(pid_t pid);
/* Waits up to ms for the process (a child) to end: its status, else -1. */
int prog_wait(pid_t pid, int ms);
#endif
