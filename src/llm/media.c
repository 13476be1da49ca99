/*
 * Heads of pictures and sound files (PNG 1.2, JFIF 1.02, GIF89a, WebP's RIFF
 * container, WAVE, MPEG audio), read forward through base64 as it stands in a
 * JSON text.
 */
#include "config.h"

#include "llm/media.h"

/* The lowest rates of bytes a second: Opus at 4 kbit/s; MPEG 1 and 2. */
#define LOWEST_RATE 500
#define MPEG1_RATE 4000
#define MPEG2_RATE 1000
/* Before a JPEG's size, and of a tag before the sound: no cover is larger. */
#define SEGMENTS_MAX 64
#define TAG_MAX (1 << 20)

struct reader {
	const char *p, *end;
	unsigned bits;		/* not yet given out */
	int n_bits;
	bool ended;
};

static struct reader reader_of(struct tg_str base64);
static int sextet(struct reader *r);
static int byte(struct reader *r);
static int64_t big(struct reader *r, int bytes);
static int64_t little(struct reader *r, int bytes);
static void skip(struct reader *r, int64_t bytes);
static bool read_png(struct reader *r, int64_t *width, int64_t *height);
static bool read_gif(struct reader *r, int64_t *width, int64_t *height);
static bool read_webp(struct reader *r, int64_t *width, int64_t *height);
static bool read_jpeg(struct reader *r, int64_t *width, int64_t *height);
static int64_t wav_rate(struct tg_str base64);
static int64_t mp3_rate(struct tg_str base64);

bool
tg_data_url_read(struct tg_str raw, struct tg_data_url *u)
{
	struct tg_str head = raw;
	const char *comma;

	if (!tg_str_starts(raw, "data:") ||
	    (comma = memchr(raw.p, ',', raw.n)) == NULL)
		return false;
	head.n = (size_t)(comma - raw.p);
	if (!tg_str_ends(head, ";base64"))
		return false;
	u->type = (struct tg_str){head.p + 5, head.n - 5};
	u->base64 = (struct tg_str){comma + 1,
	    raw.n - head.n - 1};
	head = u->type;
	tg_str_cut(&head, ';', &u->type);
	return true;
}

int64_t
tg_base64_bytes(struct tg_str base64)
{
	return (int64_t)(base64.n / 4 * 3 + 3);
}

bool
tg_picture_size(struct tg_str base64, int64_t *width, int64_t *height)
{
	static const struct {
		const char *head;
		int bytes;
		bool (*read)(struct reader *, int64_t *, int64_t *);
	} forms[] = {
		{"\x89PNG", 4, read_png},
		{"GIF8", 4, read_gif},
		{"RIFF", 4, read_webp},
		{"\xff\xd8", 2, read_jpeg},
	};
	struct reader r;
	size_t i;
	int k;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		r = reader_of(base64);
		for (k = 0; k < forms[i].bytes; k++)
			if (byte(&r) != (unsigned char)forms[i].head[k])
				break;
		if (k == forms[i].bytes)
			return forms[i].read(&r, width, height) && !r.ended &&
			    *width > 0 && *height > 0;
	}
	return false;
}

int64_t
tg_sound_ms(struct tg_str base64, struct tg_str format)
{
	int64_t bytes = tg_base64_bytes(base64), rate = LOWEST_RATE;

	if (tg_str_is(format, "wav"))
		rate = wav_rate(base64);
	else if (tg_str_is(format, "mp3"))
		rate = mp3_rate(base64);
	return bytes * 1000 / rate + 1;
}

static struct reader
reader_of(struct tg_str base64)
{
	return (struct reader){
		.p = base64.p, .end = base64.p + base64.n};
}

/* Of both alphabets; PHP writes "\/" for a slash. -1: the end. */
static int
sextet(struct reader *r)
{
	char c;

	while (r->p < r->end && *r->p == '\\')
		r->p++;
	if (r->p == r->end)
		return -1;
	c = *r->p++;
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 :
								  -1;
}

static int
byte(struct reader *r)
{
	int v;

	while (r->n_bits < 8) {
		v = r->ended ? -1 : sextet(r);
		if (v < 0) {
			r->ended = true;
			return 0;
		}
		r->bits = r->bits << 6 | (unsigned)v;
		r->n_bits += 6;
	}
	r->n_bits -= 8;
	return r->bits >> r->n_bits & 255;
}

static int64_t
big(struct reader *r, int bytes)
{
	int64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | byte(r);
	return v;
}

static int64_t
little(struct reader *r, int bytes)
{
	int64_t v = 0;
	int i;

	for (i = 0; i < bytes; i++)
		v |= (int64_t)byte(r) << 8 * i;
	return v;
}

static void
skip(struct reader *r, int64_t bytes)
{
	while (bytes-- > 0 && !r->ended)
		(void)byte(r);
}

static bool
read_png(struct reader *r, int64_t *width, int64_t *height)
{
	skip(r, 12);
	*width = big(r, 4);
	*height = big(r, 4);
	return true;
}

static bool
read_gif(struct reader *r, int64_t *width, int64_t *height)
{
	skip(r, 2);
	*width = little(r, 2);
	*height = little(r, 2);
	return true;
}

/* "VP8 " lossy, "VP8L" lossless, "VP8X" extended. */
static bool
read_webp(struct reader *r, int64_t *width, int64_t *height)
{
	int64_t form, size;

	skip(r, 4);
	if (big(r, 4) != 0x57454250 || big(r, 3) != 0x565038)
		return false;
	form = byte(r);
	skip(r, 4);
	if (form == ' ') {
		skip(r, 6);
		*width = little(r, 2) & 0x3fff;
		*height = little(r, 2) & 0x3fff;
	} else if (form == 'L') {
		skip(r, 1);
		size = little(r, 4);
		*width = (size & 0x3fff) + 1;
		*height = (size >> 14 & 0x3fff) + 1;
	} else {
		skip(r, 4);
		*width = little(r, 3) + 1;
		*height = little(r, 3) + 1;
	}
	return form == ' ' || form == 'L' || form == 'X';
}

/* The size stands in the frame header, behind all that cameras write. */
static bool
read_jpeg(struct reader *r, int64_t *width, int64_t *height)
{
	int64_t length;
	int marker, i;

	for (i = 0; i < SEGMENTS_MAX && !r->ended; i++) {
		if (byte(r) != 0xff)
			return false;
		do
			marker = byte(r);
		while (marker == 0xff);
		length = big(r, 2);
		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
		    marker != 0xc8 && marker != 0xcc) {
			skip(r, 1);
			*height = big(r, 2);
			*width = big(r, 2);
			return true;
		}
		if (length < 2 || marker == 0xd9 || marker == 0xda)
			return false;
		skip(r, length - 2);
	}
	return false;
}

/* Bytes a second of the samples, as players count them. */
static int64_t
wav_rate(struct tg_str base64)
{
	struct reader r = reader_of(base64);
	int64_t form, channels, samples, bits;

	if (big(&r, 4) != 0x52494646)
		return LOWEST_RATE;
	skip(&r, 4);
	if (big(&r, 4) != 0x57415645 || big(&r, 4) != 0x666d7420)
		return LOWEST_RATE;
	skip(&r, 4);
	form = little(&r, 2);
	channels = little(&r, 2);
	samples = little(&r, 4);
	skip(&r, 6);
	bits = little(&r, 2);
	if (r.ended || (form != 1 && form != 3) || channels * bits < 8 ||
	    samples * channels * bits / 8 < LOWEST_RATE)
		return LOWEST_RATE;
	return samples * channels * bits / 8;
}

/* The lowest that the version of the first frame has. */
static int64_t
mp3_rate(struct tg_str base64)
{
	struct reader r = reader_of(base64);
	int64_t head = big(&r, 3), size;
	int i;

	if (head == 0x494433) {	/* "ID3" and its size, 7 bits a byte */
		skip(&r, 3);
		for (size = 0, i = 0; i < 4; i++)
			size = size << 7 | (byte(&r) & 127);
		if (size > TAG_MAX)
			return LOWEST_RATE;
		skip(&r, size);
		head = big(&r, 3);
	}
	if (r.ended || (head >> 13 & 0x7ff) != 0x7ff)
		return LOWEST_RATE;
	return (head >> 11 & 3) == 3 ? MPEG1_RATE : MPEG2_RATE;
}
