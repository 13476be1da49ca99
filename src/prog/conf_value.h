#ifndef TG_PROG_CONF_VALUE_H
#define TG_PROG_CONF_VALUE_H
/*
 * Forms of values that more than a type describes; each says what is wrong,
 * or NULL.  Rows of the table name them.
 */
const char *tg_conf_check_origins(const char *value);
const char *tg_conf_check_cidrs(const char *value);
const char *tg_conf_check_key(const char *value);
const char *tg_conf_check_url(const char *value);
const char *tg_conf_check_proxy(const char *value);
const char *tg_conf_check_status(const char *value);
const char *tg_conf_check_header(const char *value);
const char *tg_conf_check_remote(const char *value);
const char *tg_conf_check_usage(const char *value);
const char *tg_conf_check_http(const char *value);
const char *tg_conf_check_mail(const char *value);
const char *tg_conf_check_events(const char *value);
const char *tg_conf_check_amount(const char *value);
const char *tg_conf_check_span(const char *value);
const char *tg_conf_check_zone(const char *value);
const char *tg_conf_check_percent(const char *value);
const char *tg_conf_check_windows(const char *value);
const char *tg_conf_check_limits(const char *value);
#endif
