#ifndef TG_WEB_PAGE_QR_H
#define TG_WEB_PAGE_QR_H
/* A text as a QR code (ISO/IEC 18004), drawn as SVG: black on white always. */
#include "web/page/format_filter.h"

/* Nothing for a text that is too long for one (2,900 bytes). */
tg_filter_fn tg_filter_qr;
/* libqrencode's version. */
const char *tg_qr_library(void);
#endif
