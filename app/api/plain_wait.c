/* SPDX-License-Identifier: ISC */
/* Times, places in line and expected waits in words, as the widget says them. Where the customer's clock stands nobody tells us: all times are UTC, and say so. */
#include "api/plain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void plain_time(const char *rfc3339, char *ret_text, size_t size)
{
	if (rfc3339 && strlen(rfc3339) >= 16)
		snprintf(ret_text, size, "%.10s %.5s UTC", rfc3339, rfc3339 + 11);
	else
		snprintf(ret_text, size, "%s", "");
}

/* "3", "1–3"; never less than one */
static void range(int64_t low_s, int64_t high_s, char *ret_text, size_t size)
{
	int64_t from = low_s / 60 > 1 ? low_s / 60 : 1, to = (high_s + 59) / 60;

	if (to <= from)
		snprintf(ret_text, size, "%" PRId64, from);
	else
		snprintf(ret_text, size, "%" PRId64 "\xe2\x80\x93%" PRId64, from, to);
}

/* "wait.time", "wait.upto", "wait.soon" of {low_s, high_s}; false where there is nothing to say */
static bool add_wait(const struct plain *plain, struct json_object *wait, const char *family)
{
	struct json_object *low = plain_member(wait, "low_s"), *high = plain_member(wait, "high_s");
	int64_t low_s = json_object_get_int64(low), high_s = json_object_get_int64(high);
	char name[48], minutes[48], text[96];
	const char *unit = words_text(&plain->words, "plain.minutes"), *at = strstr(unit, "{n}");

	if (!low || !high)
		return false;
	range(low_s < 60 ? high_s : low_s, high_s, minutes, sizeof minutes);
	snprintf(text, sizeof text, "%.*s%s%s", at ? (int)(at - unit) : 0, unit, minutes, at ? at + 3 : "");
	snprintf(name, sizeof name, "%s.%s", family, high_s <= 60 ? "soon" : low_s < 60 ? "upto" : "time");
	plain_say(plain, name, "wait", text, NULL);
	return true;
}

void plain_queue_state(const struct plain *plain, struct json_object *queue)
{
	const char *state = plain_str(queue, "state"), *next = plain_str(queue, "next_opening");
	char name[48], time[32];

	if (!state)
		return;
	plain_time(next, time, sizeof time);
	snprintf(name, sizeof name, "queue.%s", next && strcmp(state, "closed") == 0 ? "opens" : state);
	if (strcmp(state, "open") != 0 || !add_wait(plain, plain_member(queue, "wait"), "queue.wait"))
		plain_say(plain, name, "time", time, NULL);
}

static void add_line(const struct plain *plain, const char *tag, const char *text, const char *name, const char *value)
{
	struct buf *out = &plain->call->response.body;

	buf_addf(out, "<%s>", tag);
	plain_say(plain, text, name, value, NULL);
	buf_addf(out, "</%s>\n", tag);
}

void plain_place(const struct plain *plain, struct json_object *chat)
{
	struct buf *out = &plain->call->response.body;
	struct json_object *wait = plain_member(chat, "wait"), *position = plain_member(chat, "position");
	const char *state = plain_str(wait, "state"), *next = plain_str(wait, "next_opening");
	int64_t place = json_object_get_int64(position);
	char name[48], digits[24], time[32];
	bool away = state && (strcmp(state, "unstaffed") == 0 || strcmp(state, "closed") == 0 || strcmp(state, "closing") == 0);

	snprintf(digits, sizeof digits, "%" PRId64, place);
	snprintf(name, sizeof name, "wait.%s", away ? state : !position ? "title" : place == 1 ? "next" : "position");
	buf_add_str(out, "<div class=\"waiting\" role=\"status\">\n");
	add_line(plain, "strong", name, "n", digits);
	plain_time(next, time, sizeof time);
	if (away && next) {
		add_line(plain, "span", "wait.back", "time", time);
	} else if (!away) {
		buf_add_str(out, "<span>");
		(void)add_wait(plain, wait, "wait");
		buf_add_str(out, "</span>\n");
	}
	add_line(plain, "span", away ? "wait.keep" : "wait.stay", "n", digits);
	buf_add_str(out, "</div>\n");
}
