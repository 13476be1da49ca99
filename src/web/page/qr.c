#include "config.h"

#include "web/page/qr.h"

/* The modules of a code as one path: a stroke for each run of dark ones. */
#include <qrencode.h>

#define QUIET 4		/* modules around it, as readers want */
#define MOST 2900

static void
draw_row(const QRcode *code, int y, struct tg_buf *out)
{
	const unsigned char *row =
	    code->data + (size_t)y * (size_t)code->width;
	int x = 0, end;

	while (x < code->width) {
		if ((row[x] & 1) == 0) {
			x++;
			continue;
		}
		for (end = x; end < code->width && (row[end] & 1) != 0;)
			end++;
		(void)tg_buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET,
		    y + QUIET, end - x, end - x);
		x = end;
	}
}

void
tg_filter_qr(const struct tg_locale *l, const json_t *v, bool plain,
    struct tg_buf *out)
{
	QRcode *code;
	int size;

	(void)l;
	(void)plain;
	if (!json_is_string(v) || json_string_length(v) > MOST)
		return;
	code = QRcode_encodeString8bit(
	    json_string_value(v), 0, QR_ECLEVEL_M);
	if (code == NULL)
		return;
	size = code->width + 2 * QUIET;
	(void)tg_buf_printf(out,
	    "<svg class=\"qr\" width=\"%d\" height=\"%d\" "
	    "viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"QR\">"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
	    "<path fill=\"#000\" d=\"",
	    5 * size, 5 * size, size, size, size, size);
	for (int y = 0; y < code->width; y++)
		draw_row(code, y, out);
	(void)tg_buf_addc(out, "\"/></svg>");
	QRcode_free(code);
}

const char *
tg_qr_library(void)
{
	return QRcode_APIVersionString();
}
