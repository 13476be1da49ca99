#ifndef TG_WEB_ADMIN_SHEET_H
#define TG_WEB_ADMIN_SHEET_H
/*
 * Forms as tables: what can be set, how it is asked for, and into which member
 * of a body of the management API it goes.  www/sheet.html draws them.
 */
#include "web/manage/rights.h"
#include "web/page/page.h"

enum tg_sheet_type {
	TG_SHEET_TEXT,
	TG_SHEET_EMAIL,
	TG_SHEET_MONEY,		/* USD */
	TG_SHEET_COUNT,		/* a whole number */
	TG_SHEET_DATE,		/* a text, 2026-01-31 */
	TG_SHEET_CHOICE,	/* of choices, or of the form's options */
	TG_SHEET_NAMES,		/* a list, commas between */
	TG_SHEET_NUMBERS,	/* the same of whole numbers */
	TG_SHEET_LINES,		/* a list, one a line */
	TG_SHEET_JSON,		/* an object */
	TG_SHEET_MODELS,		/* ticked ones, and others by name */
	TG_SHEET_ROWS		/* a list of objects with these columns */
};
enum {
	TG_SHEET_ADMIN = 1,	/* for who may change everything */
	TG_SHEET_NEW = 2,	/* only of a new one */
	TG_SHEET_REQUIRED = 4,
	TG_SHEET_FOLDED = 8	/* a group that is rarely needed */
};
struct tg_sheet_choice {
	const char *value, *title;	/* title: a msgid; NULL ends */
};
struct tg_sheet_field {
	const char *name;		/* NULL ends a table */
	enum tg_sheet_type type;
	const char *title, *help;	/* msgids; help or NULL */
	unsigned flags;
	const struct tg_sheet_choice *choices;
	const struct tg_sheet_field *columns;	/* of ROWS */
	const char *list;		/* a <datalist> to choose from */
};
struct tg_sheet_group {
	const char *title, *help;	/* msgids; help or NULL */
	unsigned flags;
	const struct tg_sheet_field *fields;
};

/* A form that is drawn; its members stand in p->data from begin on. */
struct tg_sheet {
	struct tg_page *p;
	json_t *groups;		/* p->data's */
	json_t *options;	/* {field: [{value, title}]}, p->data's */
	bool fresh;		/* of a new one */
	bool admin;		/* fields of TG_SHEET_ADMIN are drawn */
};
void tg_sheet_begin(struct tg_sheet *f, struct tg_page *p, bool fresh);
/* With what was typed (p->form), else with what settings say. */
void tg_sheet_draw(struct tg_sheet *f, const struct tg_sheet_group *g,
    const json_t *settings);
/* One more to choose from; title is shown as it is. */
void tg_sheet_option(struct tg_sheet *f, const char *field, const char *value,
    const char *title);
/* Names to choose from, for fields with that list. */
void tg_sheet_list(struct tg_sheet *f, const char *list, json_t *names);

/*
 * What was sent of the group goes into body: of what is empty null, of a new
 * one nothing.  Fields that the form did not have are left out.  -1: w->rq->err
 * names the field.
 */
int tg_sheet_read(struct tg_page *p, const struct tg_sheet_group *g, bool fresh,
    json_t *body);
/* Is it a form that was sent, and the field that was refused ("")? */
bool tg_sheet_typed(const struct tg_page *p);
const char *tg_sheet_bad(const struct tg_page *p);
/* Was the field in the form, empty or not? */
bool tg_sheet_sent(const struct tg_page *p, const char *name);
/* A value of settings as it stands in an input; "" for null. */
const char *tg_sheet_text(struct tg_arena *a, const json_t *v);
#endif
