/*
 * Why a call failed: the four clocks, and libcurl's codes in our words.  The
 * sentence goes to the caller and names no host; that, and libcurl's own
 * words, are the detail, for the books.  Neither holds a path, a query or a
 * header, where keys may stand.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/fetch_handle.h"

static enum tg_code code_of(const struct tg_fetch *f);
static const char *phrase_of(CURLcode result);
static void clean(const char *why, char *out, size_t size);
static void earlier(int64_t from_ms, int clock_ms, enum tg_code code,
    int64_t *at, enum tg_code *which);

static const struct {
	enum tg_code code;
	const char *sentence;	/* about milliseconds */
} clocks[] = {
	{ TG_E_CONNECT_TIME,
	    "No connection to the upstream came about within %d ms." },
	{ TG_E_FIRST_BYTE_TIME,
	    "The upstream did not begin to answer within %d ms." },
	{ TG_E_GAP_TIME,
	    "The upstream fell silent in mid-answer for %d ms." },
	{ TG_E_TOTAL_TIME,
	    "The upstream did not end its answer within %d ms." },
};

int64_t
tg_fetch_deadline(const struct tg_fetch *f, enum tg_code *code)
{
	const struct tg_fetch_route *r = &f->route;
	int64_t at = INT64_MAX;

	earlier(f->open_ms, r->total_ms, TG_E_TOTAL_TIME, &at, code);
	if (!f->sent)
		earlier(f->open_ms, r->connect_ms, TG_E_CONNECT_TIME, &at,
		    code);
	else if (f->received == 0)
		earlier(f->progress_ms, r->first_byte_ms, TG_E_FIRST_BYTE_TIME,
		    &at, code);
	else
		earlier(f->piece_ms, r->gap_ms, TG_E_GAP_TIME, &at, code);
	return at;
}

enum tg_fetch_event
tg_fetch_late(struct tg_fetch *f, enum tg_code code, struct tg_err *e)
{
	const struct tg_fetch_route *r = &f->route;
	int ms = code == TG_E_CONNECT_TIME ? r->connect_ms :
	    code == TG_E_FIRST_BYTE_TIME ? r->first_byte_ms :
	    code == TG_E_GAP_TIME ? r->gap_ms : r->total_ms;
	size_t i = 0;

	while (clocks[i].code != code)
		i++;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	tg_fail(e, code, clocks[i].sentence, ms);
#pragma GCC diagnostic pop
	tg_err_detail(e, "%s", f->host);
	return TG_FETCH_FAILED;
}

enum tg_fetch_event
tg_fetch_blame(struct tg_fetch *f, struct tg_err *e)
{
	enum tg_code code = code_of(f);
	char why[CURL_ERROR_SIZE];

	clean(f->why[0] != '\0' ? f->why : curl_easy_strerror(f->result),
	    why, sizeof(why));
	switch (code) {
	case TG_E_CONNECT_TIME:
		return tg_fetch_late(f, code, e);
	case TG_E_CONNECT:
		tg_fail(e, code, "The upstream cannot be reached: %s.",
		    phrase_of(f->result));
		break;
	case TG_E_ANSWER_TOO_LARGE:
		tg_fail(e, code, "The upstream's answer is larger than the "
		    "limit of %zu bytes.", f->route.max_answer_bytes);
		break;
	case TG_E_GARBAGE:
		tg_fail(e, code, "The upstream does not speak HTTP as it "
		    "should: %s.", f->head_over ?
		    "its header fields are too long" : phrase_of(f->result));
		break;
	case TG_E_CUT:
		tg_fail(e, code, f->late_retry ?
		    "The upstream closed the connection without an answer." :
		    "The upstream broke off before its answer was complete.");
		break;
	default:
		tg_fail(e, code, "The call to the upstream failed: %s.",
		    phrase_of(f->result));
	}
	tg_err_detail(e, "%s: %s", f->host, why);
	return TG_FETCH_FAILED;
}

/* Without names of hosts or files. */
static const char *
phrase_of(CURLcode result)
{
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return "its name does not resolve";
	case CURLE_COULDNT_RESOLVE_PROXY:
		return "the proxy's name does not resolve";
	case CURLE_COULDNT_CONNECT:
		return "the connection was refused, or there is no way to it";
	case CURLE_PEER_FAILED_VERIFICATION:
		return "its TLS certificate is not trusted, or is another's";
	case CURLE_SSL_CACERT_BADFILE:
		return "the CA certificates to check it with cannot be read";
	case CURLE_SSL_CONNECT_ERROR:
		return "the TLS handshake failed";
	default:
		return curl_easy_strerror(result);
	}
}

static void
earlier(int64_t from_ms, int clock_ms, enum tg_code code, int64_t *at,
    enum tg_code *which)
{
	if (clock_ms <= 0 || from_ms + clock_ms >= *at)
		return;
	*at = from_ms + clock_ms;
	*which = code;
}

static enum tg_code
code_of(const struct tg_fetch *f)
{
	if (f->body_over)
		return TG_E_ANSWER_TOO_LARGE;
	if (f->head_over)
		return TG_E_GARBAGE;
	switch (f->result) {
	case CURLE_OUT_OF_MEMORY:
		return TG_E_INTERNAL;
	case CURLE_OPERATION_TIMEDOUT:
		/* Of libcurl's clocks only this one is set. */
		return TG_E_CONNECT_TIME;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WRITE_ERROR:
		return f->sent ? TG_E_GARBAGE : TG_E_CONNECT;
	default:
		return f->sent ? TG_E_CUT : TG_E_CONNECT;
	}
}

/* libcurl quotes what the peer says now and then. */
static void
clean(const char *why, char *out, size_t size)
{
	size_t n;

	for (n = 0; why[n] != '\0' && n + 1 < size; n++) {
		unsigned char c = (unsigned char)why[n];

		out[n] = c >= 0x20 && c < 0x7f ? why[n] : ' ';
	}
	while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '.'))
		n--;
	out[n] = '\0';
}
