/*
 * Diagnostics on standard error: a line is put together on the stack, made
 * harmless (one place for the whole program) and written with one write(2),
 * so that lines of many processes and threads do not mix.  Where standard
 * error goes is left to the web server or the service manager.
 */
#include "config.h"
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

#define TEXT_BYTES 2048
#define LINE_BYTES 4096		/* PIPE_BUF: a pipe takes it whole */

static const char *const level_names[] = {
	[TG_LOG_DEBUG]	= "debug",
	[TG_LOG_INFO]	= "info",
	[TG_LOG_WARN]	= "warn",
	[TG_LOG_FATAL]	= "fatal",
};

static enum tg_log_level least_level = TG_LOG_INFO;
static const char *own_role;

static void emit(enum tg_log_level level, int err, const char *fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));
static size_t clean(char *out, size_t room, const char *text);
static unsigned clean_one(char *out, const unsigned char *p, unsigned *took);

void
tg_log_level_set(enum tg_log_level least)
{
	least_level = least;
}

int
tg_log_level_parse(const char *name)
{
	int i;

	for (i = TG_LOG_DEBUG; i <= TG_LOG_WARN; i++)
		if (name != NULL && strcmp(name, level_names[i]) == 0)
			return i;
	return -1;
}

void
tg_log_role(const char *role)
{
	own_role = role;
}

void
tg_warn(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, fmt);
	emit(TG_LOG_WARN, err, fmt, ap);
	va_end(ap);
	errno = err;
}

void
tg_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(TG_LOG_WARN, 0, fmt, ap);
	va_end(ap);
}

void
tg_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(TG_LOG_INFO, 0, fmt, ap);
	va_end(ap);
}

void
tg_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(TG_LOG_DEBUG, 0, fmt, ap);
	va_end(ap);
}

void
tg_fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(TG_LOG_FATAL, 0, fmt, ap);
	va_end(ap);
	exit(1);
}

static void
emit(enum tg_log_level level, int err, const char *fmt, va_list ap)
{
	char text[TEXT_BYTES], line[LINE_BYTES];
	int saved = errno, n, used;
	size_t len;

	if (level < least_level)
		return;
	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n < 0)
		snprintf(text, sizeof(text), "(unprintable) %s", fmt);
	used = snprintf(line, sizeof(line), "level=%s pid=%ld%s%s ",
	    level_names[level], (long)getpid(),
	    own_role == NULL ? "" : " role=",
	    own_role == NULL ? "" : own_role);
	if (used < 0 || used >= (int)sizeof(line) / 2)
		used = 0;
	len = (size_t)used;
	if (n >= (int)sizeof(text))
		tg_utf8_trim_tail(text);
	len += clean(line + len, sizeof(line) - len - 256, text);
	if (n >= (int)sizeof(text))
		len += (size_t)snprintf(line + len, 8, "...");
	if (err != 0) {
		errno = err;
		snprintf(text, 200, ": %m");
		len += clean(line + len, sizeof(line) - len - 1, text);
	}
	line[len++] = '\n';
	while (write(STDERR_FILENO, line, len) == -1 && errno == EINTR)
		;
	errno = saved;
}

/* Stops, with dots, before the room is too small. */
static size_t
clean(char *out, size_t room, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = 0;
	unsigned took;

	for (; *p != '\0'; p += took) {
		if (n + 8 > room) {
			memcpy(out + n, "...", 3);
			return n + 3;
		}
		n += clean_one(out + n, p, &took);
	}
	return n;
}

/* C1 controls (U+0080 to U+009F) move terminals as well as C0 ones do. */
static unsigned
clean_one(char *out, const unsigned char *p, unsigned *took)
{
	unsigned len = tg_utf8_one(p, strnlen((const char *)p, 4));
	bool c1 = len == 2 && p[0] == 0xc2 && p[1] < 0xa0;

	*took = 1;
	if (*p == '\\' || *p == '\n' || *p == '\r' || *p == '\t') {
		out[0] = '\\';
		out[1] = *p == '\n' ? 'n' : *p == '\r' ? 'r' :
		    *p == '\t' ? 't' : '\\';
		return 2;
	}
	if (len == 0 || c1 || *p < 0x20 || *p == 0x7f)
		return (unsigned)snprintf(out, 5, "\\x%02x", *p);
	memcpy(out, p, len);
	*took = len;
	return len;
}
