/*
 * Options that only fill a member of a request's body.
 */
#include "config.h"

#include "prog/command.h"

#include <inttypes.h>

#include "base/money.h"

static json_t *value_of(struct tg_cmd *c, const struct tg_option *option,
    const char *text);
static int add_list(json_t *body, const char *member, const char *text);

int
tg_cmd_members(struct tg_cmd *c, json_t *body)
{
	const struct tg_option *option;
	json_t *value;
	int i;

	for (i = 0; i < c->n_given; i++) {
		option = c->given[i].option;
		if (option->kind == TG_OPTION_OWN)
			continue;
		if (option->kind == TG_OPTION_LIST &&
		    strcmp(c->given[i].value, "none") != 0) {
			if (add_list(body, option->member,
				c->given[i].value) == -1)
				return tg_cmd_usage(c, "%s names nothing",
				    option->name);
			continue;
		}
		value = value_of(c, option, c->given[i].value);
		if (value == NULL)
			return TG_EXIT_USAGE;
		json_object_set_new(body, option->member, value);
	}
	return TG_EXIT_GOOD;
}

static json_t *
value_of(struct tg_cmd *c, const struct tg_option *option, const char *text)
{
	json_t *value = NULL;
	int64_t n;

	if (option->kind == TG_OPTION_TRUE)
		return json_true();
	if (strcmp(text, "none") == 0 && option->kind != TG_OPTION_WORD)
		return option->kind == TG_OPTION_LIST ? json_array() :
							json_null();
	if (option->kind == TG_OPTION_TEXT ||
	    option->kind == TG_OPTION_WORD) {
		value = json_string(text);
		if (value == NULL)
			tg_cmd_usage(c, "%s must be UTF-8", option->name);
	} else if (option->kind == TG_OPTION_USD) {
		if (tg_nano_parse(tg_str(text), &n) == 0)
			value = tg_cmd_json_usd(n);
		else
			tg_cmd_usage(c, "%s must be an amount in USD such as "
			    "12.50, or none, not %s", option->name, text);
	} else {
		if (tg_str_i64(tg_str(text), &n) &&
		    (n >= 0 || option->kind == TG_OPTION_WHOLE))
			value = json_integer(n);
		else
			tg_cmd_usage(c, "%s must be a number, or none, not %s",
			    option->name, text);
	}
	return value;
}

static int
add_list(json_t *body, const char *member, const char *text)
{
	json_t *list = json_object_get(body, member);
	struct tg_str rest = tg_str(text), one;

	if (!json_is_array(list)) {
		list = json_array();
		json_object_set_new(body, member, list);
	}
	while (tg_str_cut(&rest, ',', &one)) {
		one = tg_str_trim(one);
		if (one.n > 0)
			json_array_append_new(list,
			    json_stringn(one.p, one.n));
	}
	return json_array_size(list) > 0 ? 0 : -1;
}
