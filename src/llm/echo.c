/*
 * The provider that needs no network.  A row of states, each of which makes
 * the next piece of the answer or says how long to wait; nothing is made
 * before it is asked for, and a long text is never copied.
 * What it was told is llm/echo_told's, embeddings are llm/echo_vector's;
 * sending and waiting is the caller's.
 */
#include "config.h"

#include "llm/echo.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "llm/echo_told.h"
#include "llm/echo_vector.h"

#define MOST_CHOICES	8
#define LINE_ROOM	2048	/* for a word and what is around it */

/* How a choice is written: around each word in streams, around all else. */
struct form {
	const char *id;
	const char *open, *before, *after, *close;
};

static const struct form whole_forms[TG_DIALECT__MAX] = {
	[TG_DIALECT_CHAT] = {
	    .id = "chatcmpl-",
	    .open = ",\"message\":{\"role\":\"assistant\","
		    "\"content\":\"",
	    .close = "\",\"refusal\":null},\"logprobs\":null,"
		     "\"finish_reason\":\"stop\"}",
	},
	[TG_DIALECT_COMPLETIONS] = {
		.id	= "cmpl-",
		.open	= ",\"text\":\"",
		.close	= "\",\"logprobs\":null,\"finish_reason\":\"stop\"}",
	},
	[TG_DIALECT_EMBEDDINGS] = {
		.id	= "",
		.open	= ",\"object\":\"embedding\",\"embedding\":",
		.close	= "}",
	},
};

static const struct form stream_forms[TG_DIALECT__MAX] = {
	[TG_DIALECT_CHAT] = {
	    .id = "chatcmpl-",
	    .open = ",\"delta\":{\"role\":\"assistant\",\"content\":\"\","
		    "\"refusal\":null},\"logprobs\":null,"
		    "\"finish_reason\":null}",
	    .before = ",\"delta\":{\"content\":\"",
	    .after = "\"},\"logprobs\":null,\"finish_reason\":null}",
	    .close = ",\"delta\":{},\"logprobs\":null,"
		     "\"finish_reason\":\"stop\"}",
	},
	[TG_DIALECT_COMPLETIONS] = {
	    .id = "cmpl-",
	    .before = ",\"text\":\"",
	    .after = "\",\"logprobs\":null,\"finish_reason\":null}",
	    .close = ",\"text\":\"\",\"logprobs\":null,"
		     "\"finish_reason\":\"stop\"}",
	},
};

/* Lives in the request's arena. */
struct tg_echo {
	struct tg_echo_told told;
	struct tg_echo_vector vector;
	const struct tg_dialect *dialect;
	const struct form *form;
	bool stream;
	/* what comes next; told to wait, it stays and is asked again */
	enum tg_echo_step (*state)(struct tg_echo *, int *);
	int64_t choice, choices;
	struct tg_str left;		/* of the choice's text */
	int64_t word;			/* words of the choice that were said */
	int64_t said;			/* words of all choices */
	int64_t owed_us;		/* waiting time below a millisecond */
	bool waited;			/* for the next word */
	struct tg_str head;		/* up to the opened choices */
	struct tg_buf line;		/* memory in the arena */
	struct tg_str pieces[3];	/* to hand out */
	size_t piece, piece_count;
	char number[32];		/* a numbered word */
};

static void make_head(
    struct tg_echo *ec, struct tg_arena *a, const struct tg_view *v);
static enum tg_echo_step delay(struct tg_echo *ec, int *ms);
static enum tg_echo_step fault(struct tg_echo *ec, int *ms);
static enum tg_echo_step begin(struct tg_echo *ec, int *ms);
static enum tg_echo_step choice_open(struct tg_echo *ec, int *ms);
static enum tg_echo_step word(struct tg_echo *ec, int *ms);
static enum tg_echo_step choice_close(struct tg_echo *ec, int *ms);
static enum tg_echo_step usage(struct tg_echo *ec, int *ms);
static enum tg_echo_step done(struct tg_echo *ec, int *ms);
static enum tg_echo_step end(struct tg_echo *ec, int *ms);
static enum tg_echo_step go_on(
    struct tg_echo *ec, enum tg_echo_step (*state)(struct tg_echo *, int *));
static bool broken(const struct tg_echo *ec, enum tg_echo_step *how);
static bool has_word(const struct tg_echo *ec);
static void next_word(struct tg_echo *ec, struct tg_str *text);
static bool is_hurried(const struct tg_echo *ec);
static int pause_ms(struct tg_echo *ec);
static void say(struct tg_echo *ec, struct tg_str text);
static void begin_choice(struct tg_echo *ec);
static void end_event(struct tg_echo *ec);
static void hand_out(struct tg_echo *ec);

void
tg_echo_defaults(struct tg_echo_settings *s)
{
	*s = (struct tg_echo_settings){
		.cut_after = -1,
		.stall_after = -1,
		.prompt_tokens = -1,
		.completion_tokens = -1,
	};
}

int
tg_echo_open(struct tg_arena *a, const struct tg_view *v,
    const struct tg_echo_settings *s, struct tg_echo **out, struct tg_err *e)
{
	struct tg_echo *ec = tg_arena_zero(a, sizeof(*ec));
	size_t bytes;

	if (tg_echo_read(&ec->told, a, v, s, e) == -1)
		return -1;
	if (v->n > MOST_CHOICES)
		return tg_fail_param(e, TG_E_INVALID, "n",
		    "Invalid 'n': the echo provider gives at most %d choices.",
		    MOST_CHOICES);
	if (v->dialect->id == TG_DIALECT_EMBEDDINGS &&
	    tg_echo_vector_read(&ec->vector, v, e) == -1)
		return -1;
	ec->dialect = v->dialect;
	ec->stream = v->stream;
	ec->form = (v->stream ? stream_forms : whole_forms) + v->dialect->id;
	ec->choices = (int64_t)ec->told.text_count * v->n;
	ec->state = delay;
	make_head(ec, a, v);
	/* A decimal of a vector has at most 14 bytes. */
	bytes = ec->head.n + LINE_ROOM + 14 * (size_t)ec->vector.dimensions;
	ec->line = (struct tg_buf){
		.p = tg_arena_zero(a, bytes), .cap = bytes, .max = bytes - 1};
	*out = ec;
	return 0;
}

int
tg_echo_status(const struct tg_echo *ec)
{
	return ec->told.set.status != 0 ? (int)ec->told.set.status : 200;
}

const char *
tg_echo_content_type(const struct tg_echo *ec)
{
	return ec->stream && ec->told.set.status == 0 ?
	    "text/event-stream; charset=utf-8" : "application/json";
}

int64_t
tg_echo_retry_after(const struct tg_echo *ec)
{
	return ec->told.set.status != 0 ? ec->told.set.retry_after : 0;
}

enum tg_echo_step
tg_echo_next(struct tg_echo *ec, struct tg_str *bytes, int *ms)
{
	enum tg_echo_step step;

	for (;;) {
		while (ec->piece < ec->piece_count) {
			*bytes = ec->pieces[ec->piece++];
			if (bytes->n > 0)
				return TG_ECHO_BYTES;
		}
		ec->piece_count = 0;
		tg_buf_reset(&ec->line);
		step = ec->state(ec, ms);
		if (step != TG_ECHO_BYTES)
			return step;
	}
}

/* What all events of a stream, or the answer, begin with. */
static void
make_head(struct tg_echo *ec, struct tg_arena *a, const struct tg_view *v)
{
	struct tg_str model = tg_json_quoted(a, v->model);
	char id[30];

	if (v->dialect->id == TG_DIALECT_EMBEDDINGS) {
		ec->head = tg_str(tg_arena_printf(a,
		    "{\"object\":\"list\",\"model\":%s,\"data\":[", model.p));
		return;
	}
	tg_random_text(id, sizeof(id) - 1);
	ec->head = tg_str(tg_arena_printf(a,
	    "%s{\"id\":\"%s%s\",\"object\":\"%s\",\"created\":%lld,"
	    "\"model\":%s,\"choices\":[", v->stream ? "data: " : "",
	    ec->form->id, id, v->stream ? v->dialect->chunk_object :
	    v->dialect->answer_object, (long long)tg_wall_s(), model.p));
}

static enum tg_echo_step
delay(struct tg_echo *ec, int *ms)
{
	ec->state = ec->told.set.status != 0 ? fault : begin;
	if (ec->told.set.delay_ms == 0)
		return TG_ECHO_BYTES;
	*ms = (int)ec->told.set.delay_ms;
	return TG_ECHO_WAIT;
}

static enum tg_echo_step
fault(struct tg_echo *ec, int *ms)
{
	(void)ms;
	tg_buf_printf(&ec->line, "{\"error\":{\"message\":\"The echo provider "
	    "was told to answer with status %d.\",\"type\":null,"
	    "\"param\":null,\"code\":null}}", tg_echo_status(ec));
	hand_out(ec);
	return go_on(ec, end);
}

static enum tg_echo_step
begin(struct tg_echo *ec, int *ms)
{
	(void)ms;
	if (!ec->stream) {
		tg_buf_adds(&ec->line, ec->head);
		hand_out(ec);
	}
	return go_on(ec, choice_open);
}

static enum tg_echo_step
choice_open(struct tg_echo *ec, int *ms)
{
	int64_t each = ec->choices / (int64_t)ec->told.text_count;
	bool is_vector = ec->dialect->id == TG_DIALECT_EMBEDDINGS;
	enum tg_echo_step how;

	(void)ms;
	if (is_vector && broken(ec, &how))
		return how;
	ec->left = ec->told.texts[ec->choice / each];
	ec->word = 0;
	if (ec->form->open != NULL) {
		begin_choice(ec);
		tg_buf_addc(&ec->line, ec->form->open);
		if (is_vector)
			tg_echo_vector_write(
			    &ec->vector, ec->left, &ec->line);
		ec->said += is_vector;
		end_event(ec);
		hand_out(ec);
	}
	return go_on(ec, is_vector ? choice_close : word);
}

static enum tg_echo_step
word(struct tg_echo *ec, int *ms)
{
	enum tg_echo_step how;
	struct tg_str text;

	if (broken(ec, &how))
		return how;
	if (is_hurried(ec)) {
		ec->said += tg_echo_word_count(ec->left);
		say(ec, ec->left);
		return go_on(ec, choice_close);
	}
	if (!has_word(ec))
		return go_on(ec, choice_close);
	if (ec->word > 0 && !ec->waited) {
		ec->waited = true;
		*ms = pause_ms(ec);
		if (*ms > 0)
			return TG_ECHO_WAIT;
	}
	ec->waited = false;
	next_word(ec, &text);
	ec->word++;
	ec->said++;
	say(ec, text);
	return TG_ECHO_BYTES;
}

/* Told to break after more words than there are, it breaks before the end. */
static enum tg_echo_step
choice_close(struct tg_echo *ec, int *ms)
{
	(void)ms;
	if (ec->choice + 1 == ec->choices && ec->told.set.cut_after >= 0)
		return TG_ECHO_CUT;
	if (ec->choice + 1 == ec->choices && ec->told.set.stall_after >= 0)
		return TG_ECHO_STALL;
	if (ec->stream)
		begin_choice(ec);
	tg_buf_addc(&ec->line, ec->form->close);
	end_event(ec);
	hand_out(ec);
	ec->choice++;
	return go_on(ec, ec->choice < ec->choices ? choice_open : usage);
}

static enum tg_echo_step
usage(struct tg_echo *ec, int *ms)
{
	const struct tg_echo_settings *set = &ec->told.set;
	long long prompt, completion;

	(void)ms;
	prompt = set->prompt_tokens >= 0 ?
	    set->prompt_tokens : ec->told.prompt_words;
	completion = set->completion_tokens >= 0 ?
	    set->completion_tokens : ec->said;
	if (ec->stream)
		tg_buf_adds(&ec->line, ec->head);
	tg_buf_printf(&ec->line, "],\"usage\":{\"prompt_tokens\":%lld,",
	    prompt);
	if (ec->dialect->id == TG_DIALECT_EMBEDDINGS)
		completion = 0;
	else
		tg_buf_printf(&ec->line, "\"completion_tokens\":%lld,",
		    completion);
	tg_buf_printf(&ec->line, "\"total_tokens\":%lld}}%s",
	    prompt + completion, ec->stream ? "\n\n" : "");
	hand_out(ec);
	return go_on(ec, ec->stream ? done : end);
}

static enum tg_echo_step
done(struct tg_echo *ec, int *ms)
{
	(void)ms;
	tg_buf_addc(&ec->line, "data: [DONE]\n\n");
	hand_out(ec);
	return go_on(ec, end);
}

static enum tg_echo_step
end(struct tg_echo *ec, int *ms)
{
	(void)ec;
	(void)ms;
	return TG_ECHO_END;
}

static enum tg_echo_step
go_on(struct tg_echo *ec, enum tg_echo_step (*state)(struct tg_echo *, int *))
{
	ec->state = state;
	return TG_ECHO_BYTES;
}

static bool
broken(const struct tg_echo *ec, enum tg_echo_step *how)
{
	const struct tg_echo_settings *set = &ec->told.set;

	*how = TG_ECHO_CUT;
	if (set->cut_after >= 0 && ec->said >= set->cut_after)
		return true;
	*how = TG_ECHO_STALL;
	return set->stall_after >= 0 && ec->said >= set->stall_after;
}

/* With "words" the numbers of the words take the place of the text. */
static bool
has_word(const struct tg_echo *ec)
{
	return ec->told.set.words > 0 ? ec->word < ec->told.set.words :
	    ec->left.n > 0;
}

static void
next_word(struct tg_echo *ec, struct tg_str *text)
{
	if (ec->told.set.words == 0) {
		tg_echo_word(&ec->left, text);
		return;
	}
	snprintf(ec->number, sizeof(ec->number), "%sword%lld",
	    ec->word > 0 ? " " : "", (long long)ec->word + 1);
	*text = tg_str(ec->number);
}

/* A whole text at once: nobody could tell that it came word by word. */
static bool
is_hurried(const struct tg_echo *ec)
{
	const struct tg_echo_settings *set = &ec->told.set;

	return !ec->stream && ec->told.word_us == 0 && set->words == 0 &&
	    set->cut_after < 0 && set->stall_after < 0;
}

/* What is below a millisecond is owed to the next pause. */
static int
pause_ms(struct tg_echo *ec)
{
	int ms;

	ec->owed_us += ec->told.word_us;
	ms = (int)(ec->owed_us / 1000);
	ec->owed_us %= 1000;
	return ms;
}

/* A long text is handed out where it lies, between what is around it. */
static void
say(struct tg_echo *ec, struct tg_str text)
{
	struct tg_buf *line = &ec->line;
	size_t before;

	if (!ec->stream) {
		ec->pieces[0] = text;
		ec->piece = 0;
		ec->piece_count = 1;
		return;
	}
	begin_choice(ec);
	tg_buf_addc(line, ec->form->before);
	before = line->n;
	if (text.n <= LINE_ROOM / 2)
		tg_buf_adds(line, text);
	tg_buf_addc(line, ec->form->after);
	end_event(ec);
	hand_out(ec);
	if (text.n <= LINE_ROOM / 2)
		return;
	ec->pieces[2] = (struct tg_str){
		ec->pieces[0].p + before, ec->pieces[0].n - before
	};
	ec->pieces[1] = text;
	ec->pieces[0].n = before;
	ec->piece_count = 3;
}

static void
begin_choice(struct tg_echo *ec)
{
	if (ec->stream)
		tg_buf_adds(&ec->line, ec->head);
	else if (ec->choice > 0)
		tg_buf_byte(&ec->line, ',');
	tg_buf_printf(&ec->line, "{\"index\":%lld", (long long)ec->choice);
}

static void
end_event(struct tg_echo *ec)
{
	if (ec->stream)
		tg_buf_addc(&ec->line, "],\"usage\":null}\n\n");
}

static void
hand_out(struct tg_echo *ec)
{
	ec->pieces[0] = tg_buf_str(&ec->line);
	ec->piece = 0;
	ec->piece_count = 1;
}
