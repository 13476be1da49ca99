#ifndef TG_PROG_CONF_TABLE_H
#define TG_PROG_CONF_TABLE_H
/*
 * The one list of all settings of tollgate.ini: where each stands, what it
 * may be, what it is if nobody says, and what it means.  Reading, checking,
 * the sample file and the manual's list all walk this table.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#include "base/str.h"

/* Sections, as bits: a row of [upstream] also stands in others. */
enum tg_conf_section {
	TG_SECTION_SERVER = 1 << 0,
	TG_SECTION_DATABASE = 1 << 1,
	TG_SECTION_LOG = 1 << 2,
	TG_SECTION_COMPAT = 1 << 3,
	TG_SECTION_UPSTREAM = 1 << 4,
	TG_SECTION_PROVIDER = 1 << 5,
	TG_SECTION_MODEL = 1 << 6,
	TG_SECTION_ALERT = 1 << 7,
	TG_SECTION_HOUSE = 1 << 8,
	TG_SECTION_CUSTOMERS = 1 << 9,
	TG_SECTION_TAGS = 1 << 10,
	TG_SECTION_SIGNIN = 1 << 11
};

struct tg_conf_section_row {
	enum tg_conf_section bit;
	const char *name; /* "server"; with named: "provider" */
	bool named; /* [provider:NAME] */
	const char *help;
	const char *example; /* lines of the sample file, or NULL */
};
extern const struct tg_conf_section_row tg_conf_sections[];
extern const int tg_conf_sections_count;

enum tg_conf_type {
	TG_CONF_TEXT,
	TG_CONF_PATH, /* relative ones begin at the file's folder */
	TG_CONF_SECRET, /* never printed */
	TG_CONF_NUMBER,
	TG_CONF_BYTES, /* 64M; K M G */
	TG_CONF_FLAG, /* yes or no */
	TG_CONF_CHOICE,
	TG_CONF_PRICE /* USD a million tokens, or a call */
};

enum tg_conf_id {
	TG_CONF_DATA,
	TG_CONF_NAME,
	TG_CONF_WORKERS,
	TG_CONF_MAX_STREAMS,
	TG_CONF_MAX_BODY_BYTES,
	TG_CONF_BODY_SECONDS,
	TG_CONF_SEND_SECONDS,
	TG_CONF_GRACE_SECONDS,
	TG_CONF_KEEPALIVE_SECONDS,
	TG_CONF_CORS_ORIGINS,
	TG_CONF_WWW_DIR,
	TG_CONF_LOG_LEVEL,
	TG_CONF_MASTER_KEY,
	TG_CONF_KEY_FILE,
	TG_CONF_TRUSTED_PROXIES,
	TG_CONF_SYNCHRONOUS,
	TG_CONF_BUSY_MS,
	TG_CONF_LOG_DEFAULT,
	TG_CONF_MAX_AGE_DAYS,
	TG_CONF_MAX_BYTES,
	TG_CONF_MAX_ROWS,
	TG_CONF_LITELLM,
	TG_CONF_PROXY,
	TG_CONF_CA_FILE,
	TG_CONF_CA_PATH,
	TG_CONF_CONNECT_MS,
	TG_CONF_FIRST_BYTE_MS,
	TG_CONF_GAP_MS,
	TG_CONF_TOTAL_MS,
	TG_CONF_MAX_ANSWER_BYTES,
	TG_CONF_HTTP2,
	TG_CONF_IDLE_CONNECTIONS,
	TG_CONF_TYPE,
	TG_CONF_BASE_URL,
	TG_CONF_UNIX_SOCKET,
	TG_CONF_API_KEY,
	TG_CONF_AUTH_HEADER,
	TG_CONF_OPEN,
	TG_CONF_DISCOUNT,
	TG_CONF_MARGIN,
	TG_CONF_HEADER,
	TG_CONF_MODEL_PROVIDER,
	TG_CONF_UPSTREAM_MODEL,
	TG_CONF_MODE,
	TG_CONF_WEIGHT,
	TG_CONF_ORDER,
	TG_CONF_MAX_INPUT_TOKENS,
	TG_CONF_MAX_OUTPUT_TOKENS,
	TG_CONF_PRICE_INPUT,
	TG_CONF_PRICE_OUTPUT,
	TG_CONF_PRICE_CACHE_READ,
	TG_CONF_PRICE_CACHE_WRITE,
	TG_CONF_PRICE_CACHE_WRITE_1H,
	TG_CONF_PRICE_AUDIO_INPUT,
	TG_CONF_PRICE_AUDIO_OUTPUT,
	TG_CONF_PRICE_IMAGE_INPUT,
	TG_CONF_PRICE_CALL,
	TG_CONF_ECHO_DELAY_MS,
	TG_CONF_ECHO_CHUNK_MS,
	TG_CONF_ECHO_TOKENS_PER_SECOND,
	TG_CONF_ECHO_WORDS,
	TG_CONF_ECHO_TEXT,
	TG_CONF_ECHO_STATUS,
	TG_CONF_ECHO_RETRY_AFTER,
	TG_CONF_ECHO_CUT_AFTER,
	TG_CONF_ECHO_STALL_AFTER,
	TG_CONF_ECHO_USAGE,
	TG_CONF_ALERT_URL,
	TG_CONF_ALERT_FORMAT,
	TG_CONF_ALERT_MAIL,
	TG_CONF_ALERT_SENDMAIL,
	TG_CONF_ALERT_COMMAND,
	TG_CONF_ALERT_EVENTS,
	TG_CONF_ALERT_SECONDS,
	TG_CONF_MAX_BUDGET,
	TG_CONF_SOFT_BUDGET,
	TG_CONF_BUDGET_DURATION,
	TG_CONF_BUDGET_TIMEZONE,
	TG_CONF_BUDGET_ANCHOR,
	TG_CONF_BUDGET_THRESHOLDS,
	TG_CONF_AT_BUDGET,
	TG_CONF_SWITCH_MODEL,
	TG_CONF_SWITCH_PERCENT,
	TG_CONF_OVER_BUDGET,
	TG_CONF_UNPRICED,
	TG_CONF_RPM,
	TG_CONF_TPM,
	TG_CONF_ITPM,
	TG_CONF_OTPM,
	TG_CONF_MAX_PARALLEL,
	TG_CONF_BUDGET_LIMITS,
	TG_CONF_LIMITS,
	TG_CONF_QUEUE,
	TG_CONF_MODEL_MAX_BUDGET,
	TG_CONF_MODEL_BUDGET_DURATION,
	TG_CONF_MODEL_RPM,
	TG_CONF_MODEL_TPM,
	TG_CONF_MODEL_MAX_PARALLEL,
	TG_CONF_MODEL_BUDGET_LIMITS,
	TG_CONF_MODEL_LIMITS,
	TG_CONF_MODEL_QUEUE,
	TG_CONF_LOST,
	TG_CONF_CHARGE_ERRORS,
	TG_CONF_TIMEZONE,
	TG_CONF_DEFAULT_OUTPUT_TOKENS,
	TG_CONF_CEILING_INPUT,
	TG_CONF_CEILING_OUTPUT,
	TG_CONF_RETRIES,
	TG_CONF_FALL_OVER,
	TG_CONF_STREAM_COST,
	TG_CONF_CUSTOMER_HEADERS,
	TG_CONF_CUSTOMER_CREATE,
	TG_CONF_CUSTOMER_ENFORCE,
	TG_CONF_CUSTOMER_BUDGET,
	TG_CONF_TAG_CREATE,
	TG_CONF_BUDGET_STATUS,
	TG_CONF_REMOTE_USER,
	TG_CONF_REMOTE_GROUPS,
	TG_CONF_OWNER_GROUPS,
	TG_CONF_ADMIN_GROUPS,
	TG_CONF_VIEWER_GROUPS,
	TG_CONF_MEMBER_GROUPS,
	TG_CONF_DEFAULT_ROLE,
	TG_CONF_SIGNIN_CREATE,
	TG_CONF_IDLE_HOURS,
	TG_CONF_LONGEST_DAYS,
	TG_CONF__MAX
};

/* What the house, a provider or a model may promise. */
#define TG_CONF_PROMISE_FIRST TG_CONF_MAX_BUDGET
#define TG_CONF_PROMISE_LAST TG_CONF_QUEUE

/* Says what is wrong with a value of a form of its own, or NULL. */
typedef const char *tg_conf_check_fn(const char *value);

struct tg_conf_row {
	const char *key; /* "header." stands for all that begin so */
	unsigned sections;
	enum tg_conf_type type;
	const char *dflt; /* as one would write it; NULL: none */
	const char *dflt_says; /* in words, where it is computed */
	int64_t min, max;
	const char *choices; /* "full|normal" */
	tg_conf_check_fn *check;
	const char *help;
};
extern const struct tg_conf_row tg_conf_rows[TG_CONF__MAX];

/*
 * The row for a key of a section; -1: no such key there.  Prices with
 * conditions in their names (llm/price.h) have the row of the bare one.
 */
int tg_conf_row_find(unsigned section, const char *key);
/* The key as it is kept, in the row's spelling; in the arena. */
const char *tg_conf_key_kept(struct tg_arena *a, int id, const char *key);
/* What stands in brackets; what follows the colon in *name. */
const struct tg_conf_section_row *tg_conf_section_find(struct tg_str bracket,
    struct tg_str *name);

/* The key, section or word that was probably meant, or NULL. */
const char *tg_conf_key_guess(unsigned section, const char *key);
const char *tg_conf_section_guess(struct tg_str bracket);
/* How many letters have to be changed to come from a to b, capped at 9. */
int tg_conf_distance(const char *a, const char *b);

/*
 * One value checked against its row: numbers, sizes, flags (1, 0) and choices
 * (their position) in *number.  NULL: good; else what is wrong, in a static
 * or thread-local text.
 */
const char *tg_conf_value_check(const struct tg_conf_row *row,
    const char *value, int64_t *number);
#endif
