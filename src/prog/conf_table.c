/*
 * The table of settings.  A new setting is a name in enum tg_conf_id, a row
 * here, and the line in conf.c that hands it on.
 */
#include "config.h"

#include "prog/conf_table.h"

#include "prog/conf_value.h"

#define SERVER TG_SECTION_SERVER
#define DATABASE TG_SECTION_DATABASE
#define LOG TG_SECTION_LOG
#define COMPAT TG_SECTION_COMPAT
#define PROVIDER TG_SECTION_PROVIDER
#define MODEL TG_SECTION_MODEL
#define ALERT TG_SECTION_ALERT
#define HOUSE TG_SECTION_HOUSE
#define CUSTOMERS TG_SECTION_CUSTOMERS
#define SIGNIN TG_SECTION_SIGNIN
/* Who promises budgets and limits. */
#define PROMISE (HOUSE | PROVIDER | MODEL)
/* How a place is reached: for all, or for one provider. */
#define ROUTE (TG_SECTION_UPSTREAM | TG_SECTION_PROVIDER)
/* Also for one model. */
#define CLOCK (ROUTE | TG_SECTION_MODEL)

#define DAY_MS (24 * 3600 * 1000LL)
#define TIB (1LL << 40)

/* clang-format off */
#define PRICE(name, what) \
	{ .key = name, .sections = MODEL, .type = TG_CONF_PRICE, .help = what }

#define LISTED(name, where, test, what) \
	{ .key = name, .sections = where, .type = TG_CONF_TEXT, \
	  .check = test, .help = what }

#define GROUPS(name, what) \
	{ .key = name, .sections = SIGNIN, .type = TG_CONF_TEXT, .dflt = "", \
	  .help = what }

#define LIMIT(name, where, what) \
	{ .key = name, .sections = where, .type = TG_CONF_NUMBER, \
	  .max = INT64_MAX, .help = what }

const struct tg_conf_row tg_conf_rows[TG_CONF__MAX] = {
[TG_CONF_DATA] = {
	.key = "data", .sections = SERVER, .type = TG_CONF_PATH,
	.dflt = TG_LOCALSTATEDIR "/lib/tollgate",
	.help = "Data folder: databases and sealing key. TOLLGATE_DATA in "
	    "the environment comes first." },
[TG_CONF_NAME] = {
	.key = "name", .sections = SERVER, .type = TG_CONF_TEXT,
	.dflt_says = "the machine's name", .check = tg_conf_check_header,
	.help = "What this gateway calls itself in alerts." },
[TG_CONF_WORKERS] = {
	.key = "workers", .sections = SERVER, .type = TG_CONF_NUMBER,
	.dflt_says = "one a core, at least 2", .min = 0, .max = 64,
	.help = "Worker processes. 0: no master, one process serves by "
	    "itself (mod_fcgid). TOLLGATE_WORKERS comes first." },
[TG_CONF_MAX_STREAMS] = {
	.key = "max_streams", .sections = SERVER, .type = TG_CONF_NUMBER,
	.dflt = "1024", .min = 1, .max = 100000,
	.help = "Calls open at once, over all workers; more get 503 with "
	    "Retry-After." },
[TG_CONF_MAX_BODY_BYTES] = {
	.key = "max_body_bytes", .sections = SERVER, .type = TG_CONF_BYTES,
	.dflt = "64M", .min = 1024, .max = 2147483647,
	.help = "Largest body of a request; more gets 413." },
[TG_CONF_BODY_SECONDS] = {
	.key = "body_seconds", .sections = SERVER, .type = TG_CONF_NUMBER,
	.dflt = "60", .min = 1, .max = 3600,
	.help = "Longest wait for the next piece of a request." },
[TG_CONF_SEND_SECONDS] = {
	.key = "send_seconds", .sections = SERVER, .type = TG_CONF_NUMBER,
	.dflt = "60", .min = 1, .max = 3600,
	.help = "How long a caller may leave an answer untaken." },
[TG_CONF_GRACE_SECONDS] = {
	.key = "grace_seconds", .sections = SERVER, .type = TG_CONF_NUMBER,
	.dflt = "30", .min = 0, .max = 86400,
	.help = "How long open calls may go on after SIGTERM." },
[TG_CONF_KEEPALIVE_SECONDS] = {
	.key = "keepalive_seconds", .sections = SERVER,
	.type = TG_CONF_NUMBER, .dflt = "5", .min = 0, .max = 3600,
	.help = "A comment into a stream that is silent for so long; with "
	    "most web servers also the only way to learn that the caller "
	    "left. 0: never." },
[TG_CONF_CORS_ORIGINS] = {
	.key = "cors_origins", .sections = SERVER, .type = TG_CONF_TEXT,
	.dflt = "", .check = tg_conf_check_origins,
	.help = "Origins whose pages may call from a browser: * or a list "
	    "by commas. Empty: none." },
[TG_CONF_WWW_DIR] = {
	.key = "www_dir", .sections = SERVER, .type = TG_CONF_PATH,
	.dflt = "", .dflt_says = "those compiled in",
	.help = "Folder of the pages' templates and assets (www/ of the "
	    "sources), read at each request: for who edits them. A file "
	    "that is not there is the one compiled in." },
[TG_CONF_LOG_LEVEL] = {
	.key = "log_level", .sections = SERVER, .type = TG_CONF_CHOICE,
	.dflt = "info", .choices = "debug|info|warn",
	.help = "How much the program says on standard error." },
[TG_CONF_MASTER_KEY] = {
	.key = "master_key", .sections = SERVER, .type = TG_CONF_SECRET,
	.check = tg_conf_check_key,
	.help = "Key for administration, sk-...; replaces the one that "
	    "`tollgate init` made." },
[TG_CONF_KEY_FILE] = {
	.key = "key_file", .sections = SERVER, .type = TG_CONF_PATH,
	.dflt_says = "tollgate.key in the data folder",
	.help = "File with the key that seals providers' secrets." },
[TG_CONF_TRUSTED_PROXIES] = {
	.key = "trusted_proxies", .sections = SERVER, .type = TG_CONF_TEXT,
	.dflt = "", .check = tg_conf_check_cidrs,
	.help = "Addresses (CIDR, by commas) whose X-Forwarded-For is "
	    "believed." },
[TG_CONF_SYNCHRONOUS] = {
	.key = "synchronous", .sections = DATABASE, .type = TG_CONF_CHOICE,
	.dflt = "full", .choices = "full|normal",
	.help = "full: what was answered survives a power failure. normal: "
	    "faster, the last moment may be lost." },
[TG_CONF_BUSY_MS] = {
	.key = "busy_ms", .sections = DATABASE, .type = TG_CONF_NUMBER,
	.dflt = "5000", .min = 1, .max = 600000,
	.help = "How long to wait for another process's transaction." },
[TG_CONF_LOG_DEFAULT] = {
	.key = "default", .sections = LOG, .type = TG_CONF_CHOICE,
	.dflt = "full", .choices = "full|numbers|none",
	.help = "What is kept of a call: requests and answers, only "
	    "numbers, or nothing but what the bill needs. Each key may "
	    "differ." },
[TG_CONF_MAX_AGE_DAYS] = {
	.key = "max_age_days", .sections = LOG, .type = TG_CONF_NUMBER,
	.dflt = "30", .min = 0, .max = 36500,
	.help = "Requests and answers are kept so long. 0: no limit." },
[TG_CONF_MAX_BYTES] = {
	.key = "max_bytes", .sections = LOG, .type = TG_CONF_BYTES,
	.dflt = "2G", .min = 0, .max = 1024 * TIB,
	.help = "Size of log.db. 0: no limit." },
[TG_CONF_MAX_ROWS] = {
	.key = "max_rows", .sections = LOG, .type = TG_CONF_NUMBER,
	.dflt = "1000000", .min = 0, .max = INT64_MAX,
	.help = "Calls whose requests and answers are kept. 0: no limit." },
[TG_CONF_LITELLM] = {
	.key = "litellm", .sections = COMPAT, .type = TG_CONF_CHOICE,
	.dflt = "1.104", .choices = "1.104|1.83",
	.help = "LiteLLM's version whose statuses and wording refusals "
	    "follow." },
[TG_CONF_PROXY] = {
	.key = "proxy", .sections = ROUTE, .type = TG_CONF_TEXT,
	.dflt_says = "from the environment", .check = tg_conf_check_proxy,
	.help = "HTTP proxy, such as http://proxy.example:3128. Empty: "
	    "none." },
[TG_CONF_CA_FILE] = {
	.key = "ca_file", .sections = ROUTE, .type = TG_CONF_PATH,
	.help = "Certificates to trust, instead of the system's." },
[TG_CONF_CA_PATH] = {
	.key = "ca_path", .sections = ROUTE, .type = TG_CONF_PATH,
	.help = "Folder of hashed certificates to trust." },
[TG_CONF_CONNECT_MS] = {
	.key = "connect_ms", .sections = CLOCK, .type = TG_CONF_NUMBER,
	.dflt = "10000", .min = 0, .max = DAY_MS,
	.help = "Time to reach the provider: name, connection, TLS. As "
	    "with the other three clocks, 0 is no limit." },
[TG_CONF_FIRST_BYTE_MS] = {
	.key = "first_byte_ms", .sections = CLOCK, .type = TG_CONF_NUMBER,
	.dflt = "300000", .min = 0, .max = DAY_MS,
	.help = "Time from the sent request to the answer's first byte." },
[TG_CONF_GAP_MS] = {
	.key = "gap_ms", .sections = CLOCK, .type = TG_CONF_NUMBER,
	.dflt = "120000", .min = 0, .max = DAY_MS,
	.help = "Longest silence inside an answer." },
[TG_CONF_TOTAL_MS] = {
	.key = "total_ms", .sections = CLOCK, .type = TG_CONF_NUMBER,
	.dflt = "3600000", .min = 0, .max = DAY_MS,
	.help = "Longest time of a whole call." },
[TG_CONF_MAX_ANSWER_BYTES] = {
	.key = "max_answer_bytes", .sections = ROUTE, .type = TG_CONF_BYTES,
	.dflt = "64M", .min = 1024, .max = 2147483647,
	.help = "Largest answer." },
[TG_CONF_HTTP2] = {
	.key = "http2", .sections = ROUTE, .type = TG_CONF_FLAG,
	.dflt = "yes", .help = "Offer HTTP/2 over TLS." },
[TG_CONF_IDLE_CONNECTIONS] = {
	.key = "idle_connections", .sections = TG_SECTION_UPSTREAM,
	.type = TG_CONF_NUMBER, .dflt = "64", .min = 0, .max = 10000,
	.help = "Open connections kept for the next call, for each place "
	    "and worker." },
[TG_CONF_TYPE] = {
	.key = "type", .sections = PROVIDER, .type = TG_CONF_TEXT,
	.dflt_says = "NAME if it is known, else openai",
	.help = "openai, echo, or a known name such as openrouter, "
	    "deepseek, ollama." },
[TG_CONF_BASE_URL] = {
	.key = "base_url", .sections = PROVIDER, .type = TG_CONF_TEXT,
	.dflt_says = "the known provider's", .check = tg_conf_check_url,
	.help = "Where it is, with or without /v1; also "
	    "http+unix://%2Frun%2Fx.sock/v1." },
[TG_CONF_UNIX_SOCKET] = {
	.key = "unix_socket", .sections = PROVIDER, .type = TG_CONF_PATH,
	.help = "Connect through this socket." },
[TG_CONF_API_KEY] = {
	.key = "api_key", .sections = PROVIDER, .type = TG_CONF_SECRET,
	.help = "The provider's key." },
[TG_CONF_AUTH_HEADER] = {
	.key = "auth_header", .sections = PROVIDER, .type = TG_CONF_TEXT,
	.dflt = "Authorization: Bearer",
	.help = "What stands before the key." },
[TG_CONF_OPEN] = {
	.key = "open", .sections = PROVIDER, .type = TG_CONF_FLAG,
	.dflt = "yes",
	.help = "Any model by NAME/model; no: only what [model:*] names." },
[TG_CONF_DISCOUNT] = {
	.key = "discount", .sections = PROVIDER, .type = TG_CONF_TEXT,
	.check = tg_conf_check_percent,
	.help = "What goes off its prices, such as 5 %." },
[TG_CONF_MARGIN] = {
	.key = "margin", .sections = PROVIDER, .type = TG_CONF_TEXT,
	.check = tg_conf_check_percent,
	.help = "What comes on top, after the discount." },
[TG_CONF_HEADER] = {
	.key = "header.", .sections = PROVIDER | ALERT, .type = TG_CONF_TEXT,
	.check = tg_conf_check_header,
	.help = "header.NAME = VALUE sends one more header." },
[TG_CONF_MODEL_PROVIDER] = {
	.key = "provider", .sections = MODEL, .type = TG_CONF_TEXT,
	.help = "Who serves it: the name of a provider." },
[TG_CONF_UPSTREAM_MODEL] = {
	.key = "upstream_model", .sections = MODEL, .type = TG_CONF_TEXT,
	.dflt_says = "NAME",
	.help = "The model's name there. If NAME holds a *, a * here "
	    "stands for what it matched." },
[TG_CONF_MODE] = {
	.key = "mode", .sections = MODEL, .type = TG_CONF_CHOICE,
	.dflt = "chat", .choices = "chat|completion|embedding",
	.help = "What it is for." },
[TG_CONF_WEIGHT] = {
	.key = "weight", .sections = MODEL, .type = TG_CONF_NUMBER,
	.dflt = "1", .min = 0, .max = 1000000,
	.help = "Its share of the calls among deployments of one name." },
[TG_CONF_ORDER] = {
	.key = "order", .sections = MODEL, .type = TG_CONF_NUMBER,
	.dflt = "0", .min = 0, .max = 1000000,
	.help = "Lower ones are tried first." },
[TG_CONF_MAX_INPUT_TOKENS] = {
	.key = "max_input_tokens", .sections = MODEL, .type = TG_CONF_NUMBER,
	.max = INT64_MAX,
	.help = "The model's window: no prompt is held for more." },
[TG_CONF_MAX_OUTPUT_TOKENS] = {
	.key = "max_output_tokens", .sections = MODEL, .type = TG_CONF_NUMBER,
	.max = INT64_MAX,
	.help = "Its longest answer, where a request does not say." },
[TG_CONF_PRICE_INPUT] = PRICE("price_input",
	"USD per million tokens of input. Prices may have conditions, also "
	"together: price_input_above_200k, price_input.flex, "
	"price_input@01:00-04:00 (UTC)."),
[TG_CONF_PRICE_OUTPUT] = PRICE("price_output",
	"USD per million tokens of output."),
[TG_CONF_PRICE_CACHE_READ] = PRICE("price_cache_read",
	"Input that the provider had in its cache."),
[TG_CONF_PRICE_CACHE_WRITE] = PRICE("price_cache_write",
	"Input put into its cache (5 minutes)."),
[TG_CONF_PRICE_CACHE_WRITE_1H] = PRICE("price_cache_write_1h",
	"Input put into its cache for an hour."),
[TG_CONF_PRICE_AUDIO_INPUT] = PRICE("price_audio_input", "Audio input."),
[TG_CONF_PRICE_AUDIO_OUTPUT] = PRICE("price_audio_output", "Audio output."),
[TG_CONF_PRICE_IMAGE_INPUT] = PRICE("price_image_input", "Image input."),
[TG_CONF_PRICE_CALL] = PRICE("price_call", "USD per call."),
[TG_CONF_ECHO_DELAY_MS] = {
	.key = "echo_delay_ms", .sections = MODEL, .type = TG_CONF_NUMBER,
	.max = DAY_MS,
	.help = "Provider echo: wait before the first byte." },
[TG_CONF_ECHO_CHUNK_MS] = {
	.key = "echo_chunk_ms", .sections = MODEL, .type = TG_CONF_NUMBER,
	.max = DAY_MS, .help = "Wait between two words." },
[TG_CONF_ECHO_TOKENS_PER_SECOND] = {
	.key = "echo_tokens_per_second", .sections = MODEL,
	.type = TG_CONF_NUMBER, .min = 1, .max = 100000,
	.help = "The same as words a second." },
[TG_CONF_ECHO_WORDS] = {
	.key = "echo_words", .sections = MODEL, .type = TG_CONF_NUMBER,
	.max = 1000000,
	.help = "Answer so many numbered words; 0: the last message." },
[TG_CONF_ECHO_TEXT] = {
	.key = "echo_text", .sections = MODEL, .type = TG_CONF_TEXT,
	.help = "Answer with this text instead of the last message." },
[TG_CONF_ECHO_STATUS] = {
	.key = "echo_status", .sections = MODEL, .type = TG_CONF_NUMBER,
	.min = 0, .max = 599, .check = tg_conf_check_status,
	.help = "Fail with this HTTP status, 400 to 599." },
[TG_CONF_ECHO_RETRY_AFTER] = {
	.key = "echo_retry_after", .sections = MODEL,
	.type = TG_CONF_NUMBER, .max = 86400,
	.help = "With echo_status: seconds to say in Retry-After." },
[TG_CONF_ECHO_CUT_AFTER] = {
	.key = "echo_cut_after", .sections = MODEL, .type = TG_CONF_NUMBER,
	.min = -1, .max = INT32_MAX,
	.help = "Break off after so many words." },
[TG_CONF_ECHO_STALL_AFTER] = {
	.key = "echo_stall_after", .sections = MODEL,
	.type = TG_CONF_NUMBER, .min = -1, .max = INT32_MAX,
	.help = "Fall silent after so many words." },
[TG_CONF_ECHO_USAGE] = {
	.key = "echo_usage", .sections = MODEL, .type = TG_CONF_TEXT,
	.check = tg_conf_check_usage,
	.help = "Tokens to report, INPUT/OUTPUT." },
[TG_CONF_ALERT_URL] = {
	.key = "url", .sections = ALERT, .type = TG_CONF_SECRET,
	.check = tg_conf_check_http,
	.help = "A webhook: each event is posted there. Not shown, for it "
	    "often holds a secret." },
[TG_CONF_ALERT_FORMAT] = {
	.key = "format", .sections = ALERT, .type = TG_CONF_CHOICE,
	.dflt = "json", .choices = "json|slack",
	.help = "Of what is posted: the event as JSON, or a line of text "
	    "as Slack, Mattermost and Rocket.Chat take it." },
[TG_CONF_ALERT_MAIL] = {
	.key = "mail", .sections = ALERT, .type = TG_CONF_TEXT,
	.check = tg_conf_check_mail,
	.help = "An address that a letter is sent to." },
[TG_CONF_ALERT_SENDMAIL] = {
	.key = "sendmail", .sections = ALERT, .type = TG_CONF_PATH,
	.dflt = "/usr/sbin/sendmail",
	.help = "The program that takes letters, as sendmail(8) does." },
[TG_CONF_ALERT_COMMAND] = {
	.key = "command", .sections = ALERT, .type = TG_CONF_PATH,
	.help = "A program that is run with the event as JSON on its "
	    "standard input, without arguments and without a shell. "
	    "Status 0: it is told." },
[TG_CONF_ALERT_EVENTS] = {
	.key = "events", .sections = ALERT, .type = TG_CONF_TEXT,
	.dflt_says = "all", .check = tg_conf_check_events,
	.help = "Which events, by commas: budget.threshold, budget.soft." },
[TG_CONF_ALERT_SECONDS] = {
	.key = "seconds", .sections = ALERT, .type = TG_CONF_NUMBER,
	.dflt = "10", .min = 1, .max = 60,
	.help = "Longest time of one try." },
[TG_CONF_MAX_BUDGET] = {
	.key = "max_budget", .sections = PROMISE, .type = TG_CONF_TEXT,
	.check = tg_conf_check_amount,
	.help = "USD that may be spent in each period; never more." },
[TG_CONF_SOFT_BUDGET] = {
	.key = "soft_budget", .sections = PROMISE, .type = TG_CONF_TEXT,
	.check = tg_conf_check_amount,
	.help = "USD from which on somebody is told." },
[TG_CONF_BUDGET_DURATION] = {
	.key = "budget_duration", .sections = PROMISE, .type = TG_CONF_TEXT,
	.dflt_says = "total", .check = tg_conf_check_span,
	.help = "The period: hour, day, week, month, year, or such as 30d." },
[TG_CONF_BUDGET_TIMEZONE] = {
	.key = "budget_timezone", .sections = PROMISE, .type = TG_CONF_TEXT,
	.dflt_says = "timezone of [house]", .check = tg_conf_check_zone,
	.help = "Where its calendar is." },
[TG_CONF_BUDGET_ANCHOR] = {
	.key = "budget_anchor", .sections = PROMISE, .type = TG_CONF_TEXT,
	.help = "Day of the month, week or year on which periods begin." },
[TG_CONF_BUDGET_THRESHOLDS] = {
	.key = "budget_thresholds", .sections = PROMISE,
	.type = TG_CONF_TEXT, .dflt_says = "50, 80, 95, 100",
	.help = "Percent that somebody is told of." },
[TG_CONF_AT_BUDGET] = {
	.key = "at_budget", .sections = PROMISE, .type = TG_CONF_CHOICE,
	.dflt_says = "block", .choices = "block|warn|switch",
	.help = "What happens when it is spent: calls are refused, only "
	    "told of, or go to switch_model." },
[TG_CONF_SWITCH_MODEL] = {
	.key = "switch_model", .sections = PROMISE, .type = TG_CONF_TEXT,
	.help = "The cheaper model." },
[TG_CONF_SWITCH_PERCENT] = {
	.key = "switch_percent", .sections = PROMISE,
	.type = TG_CONF_NUMBER, .dflt_says = "100", .min = 1, .max = 100,
	.help = "Switch from this much of the budget on." },
[TG_CONF_OVER_BUDGET] = {
	.key = "over_budget", .sections = PROMISE, .type = TG_CONF_CHOICE,
	.dflt_says = "clamp", .choices = "clamp|refuse",
	.help = "A call without a maximum, where less is left than it may "
	    "cost: a shorter answer, or none." },
[TG_CONF_UNPRICED] = {
	.key = "unpriced", .sections = PROMISE, .type = TG_CONF_CHOICE,
	.dflt_says = "block", .choices = "block|ceiling|allow",
	.help = "A model without a price: refused, counted at the ceiling "
	    "of [house], or not counted." },
[TG_CONF_RPM] = LIMIT("rpm", PROMISE, "Requests in any minute."),
[TG_CONF_TPM] = LIMIT("tpm", PROMISE, "Tokens in any minute."),
[TG_CONF_ITPM] = LIMIT("itpm", PROMISE, "Tokens of input in any minute."),
[TG_CONF_OTPM] = LIMIT("otpm", PROMISE, "Tokens of output in any minute."),
[TG_CONF_MAX_PARALLEL] = LIMIT("max_parallel_requests", PROMISE,
	"Calls in flight."),
[TG_CONF_BUDGET_LIMITS] = LISTED("budget_limits", PROMISE,
	tg_conf_check_windows,
	"More budgets, each with its period: 1/day, 20/month."),
[TG_CONF_LIMITS] = LISTED("limits", PROMISE, tg_conf_check_limits,
	"More limits, each with its window: 1000 requests/day, 90000 "
	"tokens/hour."),
[TG_CONF_QUEUE] = LIMIT("queue", PROMISE,
	"Seconds that a call waits its turn at these limits before it is "
	"refused."),
[TG_CONF_MODEL_MAX_BUDGET] = {
	.key = "model_max_budget", .sections = MODEL, .type = TG_CONF_TEXT,
	.check = tg_conf_check_amount,
	.help = "The same for all deployments of the name together." },
[TG_CONF_MODEL_BUDGET_DURATION] = {
	.key = "model_budget_duration", .sections = MODEL,
	.type = TG_CONF_TEXT, .dflt_says = "total",
	.check = tg_conf_check_span, .help = "Its period." },
[TG_CONF_MODEL_RPM] = LIMIT("model_rpm", MODEL,
	"Requests to the name in any minute."),
[TG_CONF_MODEL_TPM] = LIMIT("model_tpm", MODEL,
	"Tokens of the name in any minute."),
[TG_CONF_MODEL_MAX_PARALLEL] = LIMIT("model_max_parallel_requests", MODEL,
	"Calls of the name in flight."),
[TG_CONF_MODEL_BUDGET_LIMITS] = LISTED("model_budget_limits", MODEL,
	tg_conf_check_windows, "More budgets of the name: 1/day, 20/month."),
[TG_CONF_MODEL_LIMITS] = LISTED("model_limits", MODEL,
	tg_conf_check_limits, "More limits of the name: 50 requests/day."),
[TG_CONF_MODEL_QUEUE] = LIMIT("model_queue", MODEL,
	"Seconds that a call waits its turn at these."),
[TG_CONF_LOST] = {
	.key = "lost", .sections = PROVIDER | MODEL, .type = TG_CONF_CHOICE,
	.dflt_says = "streamed", .choices = "streamed|hold|zero",
	.help = "What a call is charged whose process died: what was "
	    "streamed if that is known, all that was held, or nothing." },
[TG_CONF_CHARGE_ERRORS] = {
	.key = "charge_errors", .sections = PROVIDER, .type = TG_CONF_FLAG,
	.dflt = "no",
	.help = "It charges the input of requests that it refuses." },
[TG_CONF_TIMEZONE] = {
	.key = "timezone", .sections = HOUSE, .type = TG_CONF_TEXT,
	.dflt = "UTC", .check = tg_conf_check_zone,
	.help = "Of budgets and reports that name none." },
[TG_CONF_DEFAULT_OUTPUT_TOKENS] = {
	.key = "default_output_tokens", .sections = HOUSE,
	.type = TG_CONF_NUMBER, .dflt = "4096", .min = 16,
	.max = 100000000,
	.help = "The longest answer where neither the request nor the "
	    "model says; written into the request once a budget or a "
	    "limit in tokens applies." },
[TG_CONF_CEILING_INPUT] = {
	.key = "ceiling_input", .sections = HOUSE, .type = TG_CONF_PRICE,
	.dflt = "30",
	.help = "USD per million tokens for models without a price, where "
	    "unpriced = ceiling." },
[TG_CONF_CEILING_OUTPUT] = {
	.key = "ceiling_output", .sections = HOUSE, .type = TG_CONF_PRICE,
	.dflt = "150", .help = "The same for output." },
[TG_CONF_RETRIES] = {
	.key = "retries", .sections = HOUSE, .type = TG_CONF_NUMBER,
	.dflt = "0", .min = 0, .max = 5,
	.help = "More attempts with the same deployment, before anything "
	    "of an answer came." },
[TG_CONF_FALL_OVER] = {
	.key = "fall_over", .sections = HOUSE, .type = TG_CONF_FLAG,
	.dflt = "yes",
	.help = "Try the other deployments of the name first." },
[TG_CONF_STREAM_COST] = {
	.key = "stream_cost", .sections = HOUSE, .type = TG_CONF_FLAG,
	.dflt = "no",
	.help = "\"cost\", in USD, in the usage that ends a stream." },
[TG_CONF_CUSTOMER_HEADERS] = {
	.key = "headers", .sections = CUSTOMERS, .type = TG_CONF_TEXT,
	.dflt = "X-OpenWebUI-User-Id, X-LibreChat-User-Id",
	.help = "Headers in which a front end names its user; believed "
	    "from trusted_proxies themselves and from keys with "
	    "trusted_frontend." },
[TG_CONF_CUSTOMER_CREATE] = {
	.key = "create", .sections = CUSTOMERS, .type = TG_CONF_FLAG,
	.dflt = "no", .help = "Keep books of each from the first call on." },
[TG_CONF_CUSTOMER_ENFORCE] = {
	.key = "enforce", .sections = CUSTOMERS, .type = TG_CONF_FLAG,
	.dflt = "no", .help = "Refuse calls that name none." },
[TG_CONF_CUSTOMER_BUDGET] = {
	.key = "default_budget", .sections = CUSTOMERS,
	.type = TG_CONF_TEXT, .dflt = "",
	.help = "The shared budget that new ones get." },
[TG_CONF_TAG_CREATE] = {
	.key = "create", .sections = TG_SECTION_TAGS, .type = TG_CONF_FLAG,
	.dflt = "no", .help = "Keep books of each from the first call on." },
[TG_CONF_BUDGET_STATUS] = {
	.key = "budget_exceeded_status", .sections = COMPAT,
	.type = TG_CONF_CHOICE, .dflt_says = "as that version has it",
	.choices = "400|422|429",
	.help = "HTTP status of a spent budget." },
[TG_CONF_REMOTE_USER] = {
	.key = "remote_user", .sections = SIGNIN, .type = TG_CONF_TEXT,
	.dflt = "off", .check = tg_conf_check_remote,
	.help = "Whom the web server has let in is signed in here. env: its "
	    "variable REMOTE_USER; only where the web server asks for a "
	    "password by itself (nginx hands on any name that a caller "
	    "types). Or the name of a header, which is believed from "
	    "[server] trusted_proxies alone. off: names and passwords of "
	    "our own." },
[TG_CONF_REMOTE_GROUPS] = {
	.key = "remote_groups", .sections = SIGNIN, .type = TG_CONF_TEXT,
	.dflt = "", .check = tg_conf_check_remote,
	.help = "Variable (or, as above, header) with that person's groups, "
	    "between commas; or semicolons, if there is one." },
[TG_CONF_OWNER_GROUPS] = GROUPS("owner_groups", "Groups whose people are owners. Where one of these "
    "four lists is given, groups alone decide; else the role that the "
    "person has here."),
[TG_CONF_ADMIN_GROUPS] = GROUPS("admin_groups", "Groups whose people are admins."),
[TG_CONF_VIEWER_GROUPS] = GROUPS("viewer_groups", "Groups whose people are viewers."),
[TG_CONF_MEMBER_GROUPS] = GROUPS("member_groups", "Groups whose people are members."),
[TG_CONF_DEFAULT_ROLE] = {
	.key = "default_role", .sections = SIGNIN, .type = TG_CONF_CHOICE,
	.dflt = "none", .choices = "none|member|viewer|admin",
	.help = "Role of whom the web server lets in, and who is in none of "
	    "the lists, or not known here." },
[TG_CONF_SIGNIN_CREATE] = {
	.key = "create", .sections = SIGNIN, .type = TG_CONF_FLAG,
	.dflt = "yes",
	.help = "Whom the web server lets in, and who has a role, is made a "
	    "person here at the first visit." },
[TG_CONF_IDLE_HOURS] = {
	.key = "idle_hours", .sections = SIGNIN, .type = TG_CONF_NUMBER,
	.dflt = "168", .min = 1, .max = 8760,
	.help = "A session that is not used for so long ends." },
[TG_CONF_LONGEST_DAYS] = {
	.key = "longest_days", .sections = SIGNIN, .type = TG_CONF_NUMBER,
	.dflt = "30", .min = 1, .max = 365,
	.help = "Every session ends after so many days." },
};
/* clang-format on */
