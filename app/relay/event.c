/* SPDX-License-Identifier: ISC */
#include "relay/event.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A body of 4,000 code points, each escaped, and the data of a bot's message fit many times over. */
#define EVENT_MAX_BYTES (256 * 1024)

static const char *const party_names[PARTY_COUNT] = { "unknown", "customer", "operator" };

const char *party_name(enum party party)
{
	return party_names[party];
}

enum party party_other(enum party party)
{
	assert(party != PARTY_UNKNOWN);
	return party == PARTY_CUSTOMER ? PARTY_OPERATOR : PARTY_CUSTOMER;
}

enum party party_from_name(const char *name, size_t len)
{
	for (int p = PARTY_CUSTOMER; p < PARTY_COUNT; p++)
		if (strlen(party_names[p]) == len && memcmp(party_names[p], name, len) == 0)
			return (enum party)p;
	return PARTY_UNKNOWN;
}

static void add_member(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(b, ",\"%s\":", name);
	buf_add_json_str(b, value, strlen(value));
}

static void render_head(struct buf *b, const struct event_row *row)
{
	buf_addf(b, "{\"t\":\"event\",\"chat\":\"%s\",\"seq\":%llu", row->chat, (unsigned long long)row->seq);
	add_member(b, "kind", row->kind);
}

static void render_full(struct buf *b, const struct event_row *row)
{
	render_head(b, row);
	buf_add_str(b, ",\"author\":{\"kind\":");
	buf_add_json_str(b, row->author_kind, strlen(row->author_kind));
	add_member(b, "name", row->author_name ? row->author_name : "");
	buf_add_str(b, "}");
	add_member(b, "body", row->body);
	if (row->data) {
		buf_add_str(b, ",\"data\":");
		buf_add_str(b, row->data);
	}
	add_member(b, "at", row->at);
	add_member(b, "cid", row->cid);
	buf_add_str(b, "}");
}

static void render_bare(struct buf *b, const struct event_row *row)
{
	render_head(b, row);
	add_member(b, "at", row->at);
	buf_add_str(b, "}");
}

static bool is_parting(const char *kind)
{
	static const char *const kinds[] = { "left", "transferred", "requeued", "ended" };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

struct event *event_new(const struct event_row *row)
{
	struct event *event;
	struct buf text;
	size_t full_len;

	buf_init(&text, EVENT_MAX_BYTES);
	render_full(&text, row);
	full_len = text.len;
	if (row->operators_only)
		render_bare(&text, row);
	assert(!text.overflow);
	event = alloc_zero(1, sizeof *event + text.len);
	event->seq = row->seq;
	event->parting = is_parting(row->kind);
	event->full_len = full_len;
	event->bare_len = text.len - full_len;
	memcpy(event->text, text.data, text.len);
	if (row->cid && strlen(row->cid) == UUID_LEN)
		memcpy(event->cid, row->cid, UUID_LEN);
	buf_fini(&text);
	return event;
}

void event_free(struct event **event)
{
	free(*event);
	*event = NULL;
}

const char *event_text(const struct event *event, enum party party, size_t *ret_len)
{
	if (party == PARTY_CUSTOMER && event->bare_len > 0) {
		*ret_len = event->bare_len;
		return event->text + event->full_len;
	}
	*ret_len = event->full_len;
	return event->text;
}
