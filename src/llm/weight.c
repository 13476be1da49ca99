/*
 * Weighs a request: the bytes of its text, as decoded, and its pictures, sound
 * and files.  What is not known to be anything else counts as text, as it
 * stands.
 */
#include "config.h"

#include "base/json.h"
#include "llm/bound.h"
#include "llm/media.h"

/* The most that providers look at of one picture. */
#define TILES_MOST 8
#define PATCHES_MOST 1536
#define FREE_PATCHES_MOST 10000
#define GEMINI_TILES_MOST 64
#define PIXELS_MOST (2576 * 2576)
#define SIDE_MOST (1 << 20)
/* Tokens for a byte of PDF: what is packed more densely is no document. */
#define FILE_RATE 16
#define FILE_LEAST 4096

static void weigh_messages(struct tg_weight *w, struct tg_str messages);
static void weigh_message(struct tg_weight *w, struct tg_str message);
static void weigh_part(struct tg_weight *w, struct tg_str part);
static void weigh_prompts(struct tg_weight *w, struct tg_str input);
static void weigh_tools(struct tg_weight *w, struct tg_str tools);
static void weigh_picture(struct tg_weight *w, struct tg_str value);
static void weigh_image(struct tg_weight *w, struct tg_str base64, bool low);
static void weigh_sound(struct tg_weight *w, struct tg_str value);
static void weigh_file(struct tg_weight *w, struct tg_str value);
static void weigh_data(struct tg_weight *w, const struct tg_data_url *u);
static int64_t text_bytes(struct tg_str value);
static int64_t decoded(struct tg_str raw);
static void weigh_cache(struct tg_weight *w, struct tg_str value);
static int64_t containers(struct tg_str value);
static int64_t up(int64_t n, int64_t by);
static int64_t least(int64_t a, int64_t b);

void
tg_weight_read(struct tg_weight *w, const struct tg_view *v)
{
	*w = (struct tg_weight){
		.view = v, .text_bytes = v->other_bytes, .prompts = 1};
	if (v->dialect->id == TG_DIALECT_CHAT)
		weigh_messages(w, v->input);
	else
		weigh_prompts(w, v->input);
	weigh_tools(w, v->tools);
	weigh_tools(w, v->functions);
	w->containers += containers(v->response_format);
	w->predicted_bytes = (int64_t)v->prediction.n;
	weigh_cache(w, v->cache_control);
	weigh_cache(w, v->tools);
	w->searches = w->searches || v->searches;
}

static void
weigh_messages(struct tg_weight *w, struct tg_str messages)
{
	struct tg_json_it it = tg_json_begin(messages);
	struct tg_str message;

	while (tg_json_item(&it, &message)) {
		w->messages++;
		weigh_message(w, message);
	}
}

static void
weigh_message(struct tg_weight *w, struct tg_str message)
{
	struct tg_json_it it = tg_json_begin(message), parts;
	struct tg_str name, value, part;

	while (tg_json_member(&it, &name, &value)) {
		if (!tg_json_name_is(name, "content")) {
			w->text_bytes += (int64_t)(name.n + value.n);
			if (tg_json_name_is(name, "cache_control"))
				weigh_cache(w, value);
			/* an earlier answer's sound, by its id */
			if (tg_json_name_is(name, "audio") &&
			    !tg_json_is_null(value))
				w->whole = true;
			continue;
		}
		if (tg_json_type(value) != TG_JSON_ARRAY) {
			w->text_bytes += text_bytes(value);
			continue;
		}
		parts = tg_json_begin(value);
		while (tg_json_item(&parts, &part))
			weigh_part(w, part);
	}
}

static void
weigh_part(struct tg_weight *w, struct tg_str part)
{
	static const struct {
		const char *name;
		void (*weigh)(struct tg_weight *, struct tg_str);
	} kinds[] = {
		{"image_url", weigh_picture},
		{"input_audio", weigh_sound},
		{"file", weigh_file},
		{"cache_control", weigh_cache},
	};
	struct tg_json_it it = tg_json_begin(part);
	struct tg_str name, value;
	size_t i;

	if (tg_json_type(part) != TG_JSON_OBJECT)
		w->text_bytes += text_bytes(part);
	while (tg_json_member(&it, &name, &value)) {
		if (tg_json_name_is(name, "text")) {
			w->text_bytes += text_bytes(value);
			continue;
		}
		for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
			if (tg_json_name_is(name, kinds[i].name))
				break;
		if (i < sizeof(kinds) / sizeof(*kinds))
			kinds[i].weigh(w, value);
		else if (tg_json_name_is(name, "video_url"))
			w->whole = true;
		else
			w->text_bytes += (int64_t)(name.n + value.n);
	}
}

/* Texts, or numbers of tokens: one of them, a list, a list of lists. */
static void
weigh_prompts(struct tg_weight *w, struct tg_str input)
{
	struct tg_json_it it = tg_json_begin(input);
	struct tg_str item;
	int64_t prompts = 0, numbers = 0;

	if (tg_json_type(input) != TG_JSON_ARRAY)
		w->text_bytes += text_bytes(input);
	while (tg_json_item(&it, &item)) {
		if (tg_json_type(item) == TG_JSON_NUMBER) {
			numbers++;
			continue;
		}
		prompts++;
		if (tg_json_type(item) == TG_JSON_ARRAY)	/* "1,2,3" */
			w->text_bytes += (int64_t)item.n / 2;
		else
			w->text_bytes += text_bytes(item);
	}
	w->text_bytes += numbers;
	w->prompts = prompts + (numbers > 0 || prompts == 0);
	w->messages = w->prompts;
}

/* Other tools than functions may bring in what they find. */
static void
weigh_tools(struct tg_weight *w, struct tg_str tools)
{
	struct tg_json_it it;
	struct tg_str tool, type;

	if (tools.n == 0)
		return;
	it = tg_json_begin(tools);
	while (tg_json_item(&it, &tool)) {
		w->tools++;
		if (tg_json_get(tool, "type", &type) &&
		    !tg_json_text_is(type, "function") &&
		    !tg_json_text_is(type, "custom"))
			w->searches = true;
	}
	w->containers += containers(tools);
}

/* "https://..." or "data:...", bare or as {"url", "detail"}. */
static void
weigh_picture(struct tg_weight *w, struct tg_str value)
{
	struct tg_str url = value, detail, raw;
	struct tg_data_url data;
	bool low = false;

	if (tg_json_type(value) == TG_JSON_OBJECT) {
		if (!tg_json_get(value, "url", &url))
			return;
		low = tg_json_get(value, "detail", &detail) &&
		    tg_json_text_is(detail, "low");
	}
	if (!tg_json_raw_text(url, &raw))
		return;
	if (!tg_data_url_read(raw, &data)) {
		/* some providers take films by the same member */
		w->whole = w->whole || tg_str_ifind(raw, "youtu") >= 0 ||
		    tg_str_starts(raw, "gs:");
		weigh_image(w, TG_STR_NONE, low);
	} else if (tg_str_starts(data.type, "image")) {
		weigh_image(w, data.base64, low);
	} else {
		weigh_data(w, &data);
	}
}

static void
weigh_image(struct tg_weight *w, struct tg_str base64, bool low)
{
	int64_t x, y, unit, small, large;

	w->pictures++;
	if (!tg_picture_size(base64, &x, &y) || x > SIDE_MOST ||
	    y > SIDE_MOST) {
		w->tiles += low ? 0 : TILES_MOST;
		w->patches += PATCHES_MOST;
		w->free_patches += FREE_PATCHES_MOST;
		w->gemini_tiles += GEMINI_TILES_MOST;
		w->pixels += PIXELS_MOST;
		return;
	}
	small = least(x, y);
	large = x + y - small;
	/* into 2048 x 2048, then the short side to 768, in tiles of 512 */
	if (large > 2048) {
		small = up(small * 2048, large);
		large = 2048;
	}
	if (small > 768) {
		large = up(large * 768, small);
		small = 768;
	}
	if (!low)
		w->tiles +=
		    least(up(small, 512) * up(large, 512), TILES_MOST);
	w->patches += least(up(x, 32) * up(y, 32), PATCHES_MOST);
	w->free_patches += least(up(x, 32) * up(y, 32), FREE_PATCHES_MOST);
	unit = least(x, y) * 2 / 3;
	unit = unit < 256 ? 256 : least(unit, 768);
	w->gemini_tiles +=
	    least(up(x, unit) * up(y, unit), GEMINI_TILES_MOST);
	w->pixels += least(x * y, PIXELS_MOST);
}

/* {"data": base64, "format": "wav"} */
static void
weigh_sound(struct tg_weight *w, struct tg_str value)
{
	struct tg_str data, format, raw, name = TG_STR_NONE;
	struct tg_data_url url;

	if (!tg_json_get(value, "data", &data) ||
	    !tg_json_raw_text(data, &raw)) {
		w->whole = true;
		return;
	}
	if (tg_json_get(value, "format", &format))
		(void)tg_json_raw_text(format, &name);
	if (tg_data_url_read(raw, &url))
		raw = url.base64;
	w->audio_ms += tg_sound_ms(raw, name);
}

/* {"file_data": data URL or bare base64} or {"file_id"} */
static void
weigh_file(struct tg_weight *w, struct tg_str value)
{
	struct tg_data_url url = {.type = TG_STR("application/pdf")};
	struct tg_str data, raw;

	if (!tg_json_get(value, "file_data", &data) ||
	    !tg_json_raw_text(data, &raw)) {
		w->whole = true;
		return;
	}
	if (!tg_data_url_read(raw, &url))
		url.base64 = raw;
	if (tg_str_starts(url.type, "image"))
		weigh_image(w, url.base64, false);
	else
		weigh_data(w, &url);
}

static void
weigh_data(struct tg_weight *w, const struct tg_data_url *u)
{
	int64_t bytes = tg_base64_bytes(u->base64);

	if (tg_str_starts(u->type, "text"))
		w->file_tokens += bytes;
	else if (tg_str_starts(u->type, "audio"))
		w->audio_ms += tg_sound_ms(u->base64, TG_STR_NONE);
	else if (tg_str_starts(u->type, "video"))
		w->whole = true;
	else
		w->file_tokens += FILE_LEAST + bytes * FILE_RATE;
}

static int64_t
text_bytes(struct tg_str value)
{
	struct tg_str raw;

	return tg_json_raw_text(value, &raw) ? decoded(raw) :
					       (int64_t)value.n;
}

/* Bytes of UTF-8 behind the escapes. */
static int64_t
decoded(struct tg_str raw)
{
	const char *p = raw.p, *end = raw.p + raw.n, *next;
	int64_t n = (int64_t)raw.n;

	while (p < end && (next = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		p = next + 2;
		n--;
		if (next[1] != 'u')
			continue;
		/* \u0041 is one byte, \u00e9 two, others are three; a half of
		 * a pair counts as that, too */
		n -= 4;
		if (next[2] != '0' || next[3] >= '8')
			n += 2;
		else if (next[3] != '0' || next[4] >= '8')
			n += 1;
		p += 4;
	}
	return n;
}

/* The hour's cache is asked for by "ttl": "1h". */
static void
weigh_cache(struct tg_weight *w, struct tg_str value)
{
	if (value.n > 0 && tg_str_find(value, TG_STR("\"1h\"")) >= 0)
		w->cache_1h = true;
}

static int64_t
containers(struct tg_str value)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < value.n; i++)
		n += (value.p[i] == '{') + (value.p[i] == '[');
	return n;
}

static int64_t
up(int64_t n, int64_t by)
{
	return (n + by - 1) / by;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}
