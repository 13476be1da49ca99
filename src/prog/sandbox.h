#ifndef TG_PROG_SANDBOX_H
#define TG_PROG_SANDBOX_H
/*
 * What every process of ours gives up or sets before it serves: no core
 * files and no debuggers (memory holds keys), files only for ourselves, no
 * death by a closed pipe, as many descriptors as are allowed.
 */
#include <stdbool.h>

void tg_sandbox(void);
/*
 * For a child, right after fork: `sig` when the parent dies (0 none).  -1: it
 * is dead already.
 */
int tg_sandbox_child(int parent, int sig);
/* What ps(1) and top(1) call this process; at most 15 bytes show. */
void tg_sandbox_name(const char *name);
/* Blocks all signals that processes of ours are told things by. */
void tg_signals_block(void);
/* The next of them, or 0 after timeout_ms (-1: waits for ever). */
int tg_signals_wait(int timeout_ms);
/* Does one wait that asks this process to end? */
bool tg_signals_pending(void);
#endif
