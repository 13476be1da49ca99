#ifndef TG_BASE_LOG_H
#define TG_BASE_LOG_H
/*
 * Diagnostics of the program itself: one line an event on standard error,
 * "level=warn pid=12 msg text key=value".  Control bytes and foreign text are
 * escaped here, once.  Never pass a secret.  Thread safe; one write(2) a line.
 */
enum tg_log_level { TG_LOG_DEBUG, TG_LOG_INFO, TG_LOG_WARN, TG_LOG_FATAL };

void tg_log_level_set(enum tg_log_level least);
/* "debug" "info" "warn"; -1 for anything else. */
int tg_log_level_parse(const char *name);
/* A short name of this process, e.g. "worker"; kept by pointer. */
void tg_log_role(const char *role);
/* tg_warn adds the text of errno; tg_fatal ends the process with status 1. */
void tg_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void tg_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void tg_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void tg_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void tg_fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));
#endif
