/*
 * Time zones: names, the files behind them, and the list of those that were
 * read.  A list only grows, by whole zones, and is read without a lock.
 */
#include "config.h"
#include "base/zone.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/zone_rule.h"

/* The largest of zoneinfo has 4 KB; some of other makes 20. */
#define FILE_BYTES_MAX (128 * 1024)
#define OFFSET_MAX (26 * 3600)

struct tg_zone {
	struct tg_zone *next;
	char name[TG_ZONE_BYTES];
	size_t n;		/* changes */
	int64_t *at;		/* when each begins */
	int32_t *offsets;	/* from then on; [n] before the first */
	struct tg_zone_rule rule;	/* behind the last, if has_rule */
	bool has_rule;
	bool utc;
};

/* What a file of version 2 says about itself (RFC 8536, 3.1). */
struct head {
	uint32_t isut, isstd, leap, time, type, chars;
};

static struct tg_zone zone_utc = {.name = "UTC", .has_rule = true, .utc = true};
static _Atomic(struct tg_zone *) zones = &zone_utc;
static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;

static const struct tg_zone *listed(struct tg_str name);
static struct tg_zone *zone_new(struct tg_str name);
static bool name_good(struct tg_str name);
static bool read_fixed(struct tg_str name, int64_t *offset);
static bool read_file(struct tg_zone *z);
static bool read_data(struct tg_zone *z, struct tg_str file);
static bool read_head(struct tg_str *file, struct head *h, size_t word);
static bool read_table(struct tg_zone *z, const struct head *h,
    const unsigned char *p);
static int64_t big_endian(const unsigned char *p, int bytes);
static void zone_free(struct tg_zone *z);

const struct tg_zone *
tg_zone_find(struct tg_str name)
{
	static const char *const same[] = {"", "UTC", "Etc/UTC", "Z", "GMT",
	    "Etc/GMT", "utc", "+00:00", "-00:00"};
	const struct tg_zone *z;
	struct tg_zone *fresh;
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (tg_str_is(name, same[i]))
			return &zone_utc;
	z = listed(name);
	if (z != NULL)
		return z;
	pthread_mutex_lock(&zones_lock);
	z = listed(name);
	if (z == NULL && (fresh = zone_new(name)) != NULL) {
		fresh->next = atomic_load(&zones);
		atomic_store(&zones, fresh);
		z = fresh;
	}
	pthread_mutex_unlock(&zones_lock);
	return z;
}

int
tg_zone_is_utc(const struct tg_zone *z)
{
	return z->utc;
}

int64_t
tg_zone_offset(const struct tg_zone *z, int64_t utc, int64_t *since,
    int64_t *until)
{
	size_t low = 0, high = z->n;
	int64_t offset;

	/* how many changes are not later than utc */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at[mid] <= utc)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == z->n && z->has_rule) {
		offset = tg_zone_rule_offset(&z->rule, utc, since, until);
		if (low > 0 && *since < z->at[low - 1])
			*since = z->at[low - 1];
		return offset;
	}
	*since = low == 0 ? INT64_MIN : z->at[low - 1];
	*until = low == z->n ? INT64_MAX : z->at[low];
	return z->offsets[low == 0 ? z->n : low - 1];
}

int64_t
tg_zone_utc(const struct tg_zone *z, int64_t local)
{
	int64_t utc = local - OFFSET_MAX, since, until, offset, candidate;

	for (;;) {
		offset = tg_zone_offset(z, utc, &since, &until);
		candidate = local - offset;
		if (candidate < utc)
			return utc;
		if (candidate < until)
			return candidate;
		utc = until;
	}
}

static const struct tg_zone *
listed(struct tg_str name)
{
	const struct tg_zone *z;

	for (z = atomic_load(&zones); z != NULL; z = z->next)
		if (tg_str_is(name, z->name))
			return z;
	return NULL;
}

static struct tg_zone *
zone_new(struct tg_str name)
{
	struct tg_zone *z;
	int64_t offset;

	if (!name_good(name) || (z = calloc(1, sizeof(*z))) == NULL)
		return NULL;
	memcpy(z->name, name.p, name.n);
	if (read_fixed(name, &offset)) {
		z->rule = (struct tg_zone_rule){.standard = offset};
		z->has_rule = true;
	} else if (!read_file(z)) {
		zone_free(z);
		return NULL;
	}
	return z;
}

/* No way out of the folder, and not what differs from machine to machine. */
static bool
name_good(struct tg_str name)
{
	size_t i;

	if (name.n == 0 || name.n >= TG_ZONE_BYTES || name.p[0] == '/' ||
	    name.p[name.n - 1] == '/')
		return false;
	for (i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';

		if (!letter && !(c >= '0' && c <= '9') && c != '_' &&
		    c != '+' && c != '-' && c != ':' && c != '/')
			return false;
		if (c == '/' && name.p[i - 1] == '/')
			return false;
	}
	/* "right" counts leap seconds, of which our clock knows nothing */
	return !tg_str_starts(name, "right/") && !tg_str_is(name, "localtime");
}

/* "+05:30" */
static bool
read_fixed(struct tg_str name, int64_t *offset)
{
	int64_t hours, minutes;

	if (name.n != 6 || (name.p[0] != '+' && name.p[0] != '-') ||
	    name.p[1] < '0' || name.p[1] > '9' || name.p[3] != ':' ||
	    name.p[4] < '0' || name.p[4] > '9' ||
	    !tg_str_i64((struct tg_str){name.p + 1, 2}, &hours) ||
	    !tg_str_i64((struct tg_str){name.p + 4, 2}, &minutes) ||
	    hours > 14 || minutes > 59)
		return false;
	*offset = (name.p[0] == '-' ? -60 : 60) * (hours * 60 + minutes);
	return true;
}

static bool
read_file(struct tg_zone *z)
{
	char path[sizeof(TG_ZONEINFO) + 1 + TG_ZONE_BYTES];
	struct stat st;
	ssize_t n = -1;
	bool good = false;
	char *bytes;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", TG_ZONEINFO, z->name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return false;
	bytes = malloc(FILE_BYTES_MAX);
	if (bytes != NULL && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, bytes, FILE_BYTES_MAX);
	if (n > 0)
		good = read_data(z, (struct tg_str){bytes, (size_t)n});
	free(bytes);
	close(fd);
	return good;
}

/* Twice a head with its data: times of 4 bytes, then of 8; then the rule. */
static bool
read_data(struct tg_zone *z, struct tg_str file)
{
	const unsigned char *table;
	struct head h;
	struct tg_str rule;

	if (!read_head(&file, &h, 4))
		return false;
	if (!read_head(&file, &h, 8))
		return false;
	table = (const unsigned char *)file.p - (size_t)h.time * 9 -
	    (size_t)h.type * 6 - h.chars - (size_t)h.leap * 12 - h.isstd -
	    h.isut;
	if (!read_table(z, &h, table))
		return false;
	if (!tg_str_cut(&file, '\n', &rule) || rule.n != 0 ||
	    !tg_str_cut(&file, '\n', &rule))
		return false;
	z->has_rule = rule.n > 0;
	return rule.n == 0 || tg_zone_rule_read(&z->rule, rule);
}

/* Leaves *file behind the head's data. */
static bool
read_head(struct tg_str *file, struct head *h, size_t word)
{
	const unsigned char *p = (const unsigned char *)file->p;
	uint32_t counts[6];
	size_t bytes;
	int i;

	if (file->n < 44 || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	for (i = 0; i < 6; i++) {
		counts[i] = (uint32_t)big_endian(p + 20 + 4 * i, 4);
		if (counts[i] > FILE_BYTES_MAX)
			return false;
	}
	*h = (struct head){.isut = counts[0], .isstd = counts[1],
	    .leap = counts[2], .time = counts[3], .type = counts[4],
	    .chars = counts[5]};
	bytes = 44 + h->time * (word + 1) + (size_t)h->type * 6 + h->chars +
	    h->leap * (word + 4) + h->isstd + h->isut;
	if (bytes > file->n || h->type == 0)
		return false;
	file->p += bytes;
	file->n -= bytes;
	return true;
}

static bool
read_table(struct tg_zone *z, const struct head *h, const unsigned char *p)
{
	const unsigned char *index = p + (size_t)h->time * 8;
	const unsigned char *types = index + h->time;
	int64_t offset;
	size_t i, type;

	z->at = calloc(h->time + 1, sizeof(*z->at));
	z->offsets = calloc(h->time + 1, sizeof(*z->offsets));
	if (z->at == NULL || z->offsets == NULL)
		return false;
	z->n = h->time;
	for (i = 0; i <= h->time; i++) {
		type = i < h->time ? index[i] : 0;
		if (type >= h->type)
			return false;
		offset = (int32_t)big_endian(types + type * 6, 4);
		if (offset < -OFFSET_MAX || offset > OFFSET_MAX)
			return false;
		z->offsets[i] = (int32_t)offset;
		if (i == h->time)
			break;
		z->at[i] = big_endian(p + i * 8, 8);
		if (i > 0 && z->at[i] <= z->at[i - 1])
			return false;
	}
	return true;
}

static int64_t
big_endian(const unsigned char *p, int bytes)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

static void
zone_free(struct tg_zone *z)
{
	free(z->at);
	free(z->offsets);
	free(z);
}
