/*
 * From what a request weighs to what it may use at an upstream.  The rows hold
 * the most that was seen or documented of any model of a provider, rounded up
 * (tokens-and-prices.md 1.5); text bounds itself, by its bytes.
 */
#include "config.h"

#include "llm/bound.h"

#include "base/json.h"

/* For what no one can measure: the largest window there is. */
#define WINDOW_MOST (1 << 20)
/* Pages and results that a search may bring in. */
#define SEARCH_TOKENS (128 * 1024)
/* Each object and list of a schema is framed anew in the prompt. */
#define CONTAINER_TOKENS 16

enum picture_rule {
	PICTURE_ANY,		/* the most of all */
	PICTURE_OPENAI,		/* by the model's name */
	PICTURE_AREA,		/* Anthropic: pixels / 750 */
	PICTURE_GEMINI,
	PICTURE_PATCH,		/* patches of 16 x 16 pixels */
	PICTURE_NONE
};

struct frame {
	const char *provider;
	int base, message;	/* tokens of a request, of each message */
	int tools, tool;	/* where there are tools, of each tool */
	int audio;		/* a second */
	enum picture_rule picture;
};

/* The last is for all others. */
static const struct frame frames[] = {
	{"openai", 128, 8, 64, 16, 20, PICTURE_OPENAI},
	{"azure", 128, 8, 64, 16, 20, PICTURE_OPENAI},
	{"anthropic", 64, 8, 700, 64, 50, PICTURE_AREA},
	{"gemini", 16, 8, 64, 16, 32, PICTURE_GEMINI},
	{"vertex_ai", 16, 8, 64, 16, 32, PICTURE_GEMINI},
	{"deepseek", 64, 8, 256, 80, 50, PICTURE_PATCH},
	{"dashscope", 64, 8, 320, 64, 50, PICTURE_PATCH},
	{"xai", 768, 8, 256, 48, 50, PICTURE_PATCH},
	{"echo", 0, 0, 0, 0, 0, PICTURE_NONE},
	{NULL, 768, 16, 700, 80, 50, PICTURE_ANY},
};

/*
 * Pictures at OpenAI: tiles (base + tile), or patches times a factor in
 * hundredths.  The first row that fits counts; a name that is not known may be
 * any of them.
 */
static const struct {
	const char *model;
	int base, tile, factor, free_factor;
} openai_pictures[] = {
	{"*gpt-4o-mini*", 2833, 5667, 0, 0},
	{"*gpt-4.1-mini*", 0, 0, 246, 0},
	{"*gpt-4.1-nano*", 0, 0, 246, 0},
	{"*o4-mini*", 0, 0, 246, 0},
	{"*gpt-5-mini*", 0, 0, 246, 0},
	{"*gpt-5-nano*", 0, 0, 246, 0},
	{"*gpt-4o*", 85, 170, 0, 0},
	{"*gpt-4.1*", 85, 170, 0, 0},
	{"*gpt-4*", 85, 170, 0, 0},
	{"o1*", 75, 150, 0, 0},
	{"o3*", 75, 150, 0, 0},
	{"gpt-5", 85, 170, 0, 0},
	{"gpt-5-chat*", 85, 170, 0, 0},
	{"gpt-5*", 85, 170, 246, 246},
	{"gpt-6*", 85, 170, 246, 246},
	{"*", 2833, 5667, 246, 246},
};

static const struct frame *frame_of(const char *provider);
static int64_t picture_tokens(const struct tg_weight *w,
    enum picture_rule rule, const char *model);
static int64_t openai_picture_tokens(const struct tg_weight *w,
    const char *model);
static bool asks_audio(struct tg_str modalities);
static int64_t told_by_echo(const struct tg_view *v);
static int64_t most(int64_t a, int64_t b);

void
tg_bound_make(struct tg_bound *b, const struct tg_weight *w,
    const char *provider, const char *upstream_model, int64_t model_input)
{
	const struct tg_view *v = w->view;
	const struct frame *f = frame_of(provider);
	bool embeds = v->dialect->id == TG_DIALECT_EMBEDDINGS;
	int64_t window = model_input > 0 ? model_input : WINDOW_MOST;

	*b = (struct tg_bound){
		.audio_tokens = (w->audio_ms * f->audio + 999) / 1000,
		.image_tokens = picture_tokens(w, f->picture, upstream_model),
		.likely_tokens = (w->text_bytes + 3) / 4,
		.output_tokens = embeds ? 0 : v->max_tokens,
		.choices = most(v->n, v->best_of),
		.extra_output_tokens = w->predicted_bytes,
		.audio_output = asks_audio(v->modalities),
		.cache_1h = w->cache_1h,
	};
	if (!embeds && b->choices <= INT64_MAX / w->prompts)
		b->choices *= w->prompts;
	b->input_tokens = f->base + w->text_bytes + w->messages * f->message +
	    w->containers * CONTAINER_TOKENS +
	    (w->tools > 0 ? f->tools + w->tools * f->tool : 0) +
	    w->file_tokens + b->audio_tokens + b->image_tokens;
	if (w->searches)
		b->input_tokens += SEARCH_TOKENS;
	if (f->picture == PICTURE_NONE)
		b->input_tokens = most(b->input_tokens, told_by_echo(v));
	else if (w->whole || (model_input > 0 && b->input_tokens > window))
		b->input_tokens = window;
	if (b->image_tokens > b->input_tokens)
		b->image_tokens = b->input_tokens;
	if (b->audio_tokens > b->input_tokens - b->image_tokens)
		b->audio_tokens = b->input_tokens - b->image_tokens;
}

static const struct frame *
frame_of(const char *provider)
{
	const struct frame *f = frames;

	while (f->provider != NULL && strcmp(f->provider, provider) != 0)
		f++;
	return f;
}

static int64_t
picture_tokens(const struct tg_weight *w, enum picture_rule rule,
    const char *model)
{
	/* each is rounded up, and framed */
	int64_t frame = w->pictures * 64;
	int64_t area = frame + w->pixels / 750;
	int64_t patch = frame + w->pixels / 256;
	/* Gemini 3 looks at all of them at one of its resolutions */
	int64_t gemini = frame + most(w->gemini_tiles * 258,
	    w->pictures * 2240);

	switch (rule) {
	case PICTURE_NONE:
		return 0;
	case PICTURE_OPENAI:
		return openai_picture_tokens(w, model);
	case PICTURE_AREA:
		return area;
	case PICTURE_GEMINI:
		return gemini;
	case PICTURE_PATCH:
		return patch;
	default:
		return most(most(gemini, patch),
		    openai_picture_tokens(w, ""));
	}
}

static int64_t
openai_picture_tokens(const struct tg_weight *w, const char *model)
{
	struct tg_str name = tg_str(model);
	int64_t tiles, patches;
	size_t i = 0;

	while (!tg_str_glob(tg_str(openai_pictures[i].model), name))
		i++;
	tiles = w->pictures * openai_pictures[i].base +
	    w->tiles * openai_pictures[i].tile;
	patches = w->patches * openai_pictures[i].factor / 100;
	if (openai_pictures[i].free_factor > 0)
		patches =
		    w->free_patches * openai_pictures[i].free_factor / 100;
	return most(tiles, patches) + w->pictures * 8;
}

static bool
asks_audio(struct tg_str modalities)
{
	struct tg_json_it it;
	struct tg_str item;

	if (modalities.n == 0)
		return false;
	it = tg_json_begin(modalities);
	while (tg_json_item(&it, &item))
		if (tg_json_text_is(item, "audio"))
			return true;
	return false;
}

/* The built-in echo uses what it is told to. */
static int64_t
told_by_echo(const struct tg_view *v)
{
	struct tg_str value;
	int64_t tokens = 0;

	if (v->echo.n > 0 &&
	    tg_json_path(v->echo, "usage.prompt_tokens", &value))
		(void)tg_json_i64(value, &tokens);
	return tokens;
}

static int64_t
most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}
