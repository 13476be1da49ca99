#ifndef TG_PROG_ALERT_TEXT_H
#define TG_PROG_ALERT_TEXT_H
/*
 * An event in words.  gateway: what this gateway calls itself.
 */
#include "base/buf.h"
#include "store/outbox.h"

/*
 * {"event","id","at","gateway"} and the members of the event's body, each
 * amount also as decimal USD text ("spent_nano": 80, "spent_usd").
 */
int tg_alert_json(const struct tg_event *event, const char *gateway,
    struct tg_buf *out);
/* A sentence: "team research has spent 80 % of its budget: ...". */
int tg_alert_line(const struct tg_event *event, const char *gateway,
    struct tg_buf *out);
/* {"text": that sentence}, with Slack's three escapes. */
int tg_alert_slack(const struct tg_event *event, const char *gateway,
    struct tg_buf *out);
/* A letter with its head, lines ended by LF as sendmail(8) takes them. */
int tg_alert_letter(const struct tg_event *event, const char *gateway,
    const char *to, struct tg_buf *out);
#endif
