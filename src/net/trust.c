/*
 * Whose address is it?  Behind a proxy REMOTE_ADDR is the proxy's; what
 * X-Forwarded-For says is believed from its right end, as far as proxies that
 * the owner named added to it.  Everything left of that a caller may forge.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <arpa/inet.h>

#include "net/request.h"

#define ADDR_TEXT 64

struct addr {
	unsigned char bytes[16];	/* IPv4 as ::ffff:a.b.c.d */
};

static int parse_addr(struct tg_str s, struct addr *out);
static int parse_range(struct tg_str s, struct addr *net, int *bits);
static bool inside(const struct addr *a, const struct addr *net, int bits);
static struct tg_str bare_addr(struct tg_str s);
static bool cut_word(struct tg_str *rest, struct tg_str *word);
static bool cut_last(struct tg_str *rest, struct tg_str *piece);

int
tg_request_trust(struct tg_request *rq, struct tg_str cidr_list)
{
	struct tg_str chain = tg_request_header(rq, "x-forwarded-for");
	struct tg_str hop;
	int ours = tg_addr_listed(cidr_list, rq->addr);

	while (ours == 1 && cut_last(&chain, &hop)) {
		struct addr a;

		hop = bare_addr(hop);
		/* "unknown", or forged: the last address known stands. */
		if (parse_addr(hop, &a) != 0)
			break;
		rq->addr = hop;
		ours = tg_addr_listed(cidr_list, hop);
	}
	return ours < 0 ? -1 : 0;
}

int
tg_addr_listed(struct tg_str list, struct tg_str addr)
{
	struct tg_str word;
	struct addr a, net;
	bool known = parse_addr(bare_addr(addr), &a) == 0;
	int bits, found = 0;

	while (cut_word(&list, &word)) {
		if (parse_range(word, &net, &bits) != 0)
			return -1;
		if (known && inside(&a, &net, bits))
			found = 1;
	}
	return found;
}

static bool
inside(const struct addr *a, const struct addr *net, int bits)
{
	size_t whole = (size_t)bits / 8;
	unsigned mask = 0xff00u >> (bits % 8);

	if (memcmp(a->bytes, net->bytes, whole) != 0)
		return false;
	return bits % 8 == 0 ||
	    ((a->bytes[whole] ^ net->bytes[whole]) & mask & 0xff) == 0;
}

static int
parse_addr(struct tg_str s, struct addr *out)
{
	static const unsigned char mapped[12] = {
		[10] = 0xff, [11] = 0xff,
	};
	char text[ADDR_TEXT];

	if (s.n == 0 || s.n >= sizeof(text))
		return -1;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET6, text, out->bytes) == 1)
		return 0;
	memcpy(out->bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out->bytes + 12) == 1 ? 0 : -1;
}

static int
parse_range(struct tg_str s, struct addr *net, int *bits)
{
	struct tg_str addr;
	int64_t n;
	int width;

	if (!tg_str_cut(&s, '/', &addr) || parse_addr(addr, net) != 0)
		return -1;
	width = memchr(addr.p, ':', addr.n) != NULL ? 128 : 32;
	n = width;
	if (s.p != NULL && s.n > 0 && !tg_str_i64(s, &n))
		return -1;
	if (n < 0 || n > width)
		return -1;
	*bits = (int)n + 128 - width;
	return 0;
}

/* "1.2.3.4:567" and "[::1]:567" without port and brackets. */
static struct tg_str
bare_addr(struct tg_str s)
{
	const char *end;

	s = tg_str_trim(s);
	if (s.n > 0 && s.p[0] == '[') {
		end = memchr(s.p, ']', s.n);
		if (end != NULL)
			return (struct tg_str){ s.p + 1,
			    (size_t)(end - s.p) - 1 };
		return s;
	}
	end = memchr(s.p != NULL ? s.p : "", ':', s.n);
	if (end != NULL && memchr(end + 1, ':',
	    s.n - (size_t)(end + 1 - s.p)) == NULL)
		s.n = (size_t)(end - s.p);
	return s;
}

/* Words stand between commas and blanks. */
static bool
cut_word(struct tg_str *rest, struct tg_str *word)
{
	size_t i;

	while (rest->n > 0 && strchr(", \t", rest->p[0]) != NULL) {
		rest->p++;
		rest->n--;
	}
	for (i = 0; i < rest->n; i++) {
		if (strchr(", \t", rest->p[i]) != NULL)
			break;
	}
	*word = (struct tg_str){ rest->p, i };
	rest->p += i;
	rest->n -= i;
	return word->n > 0;
}

static bool
cut_last(struct tg_str *rest, struct tg_str *piece)
{
	size_t i = rest->n;

	if (rest->n == 0)
		return false;
	while (i > 0 && rest->p[i - 1] != ',')
		i--;
	*piece = (struct tg_str){ rest->p + i, rest->n - i };
	rest->n = i > 0 ? i - 1 : 0;
	return true;
}
