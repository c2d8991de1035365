/* SPDX-License-Identifier: ISC */
#include "relay/render.h"

#include <string.h>

static void add_str(struct buf *b, const char *before, const char *value)
{
	buf_add_str(b, before);
	buf_add_json_str(b, value, strlen(value));
}

/* The members of a JSON object of the database behind what is there already: "{…}" becomes ",…}". */
static void add_members(struct buf *b, const char *object)
{
	if (!object || object[0] != '{' || object[1] == '}' || object[1] == '\0') {
		buf_add_str(b, "}");
		return;
	}
	buf_add_str(b, ",");
	buf_add_str(b, object + 1);
}

void render_ready(struct buf *b, const char *epoch, unsigned heartbeat_s)
{
	add_str(b, "{\"t\":\"ready\",\"epoch\":", epoch);
	buf_addf(b, ",\"heartbeat_s\":%u}", heartbeat_s);
}

void render_ack(struct buf *b, const char *cid, const char *chat, uint64_t seq, const char *body)
{
	buf_addf(b, "{\"t\":\"ack\",\"cid\":\"%s\",\"chat\":\"%s\",\"seq\":%llu", cid, chat, (unsigned long long)seq);
	if (body)
		add_str(b, ",\"body\":", body);
	buf_add_str(b, "}");
}

void render_error(struct buf *b, const struct problem *problem, const char *cid, const char *offer)
{
	add_str(b, "{\"t\":\"error\",\"code\":", status_wire_name(problem->status));
	if (cid)
		add_str(b, ",\"cid\":", cid);
	if (offer)
		add_str(b, ",\"offer\":", offer);
	if (problem->field[0] != '\0')
		add_str(b, ",\"field\":", problem->field);
	if (problem->retry_ms > 0)
		buf_addf(b, ",\"retry_ms\":%d", problem->retry_ms);
	add_members(b, problem->extra);
}

void render_pong(struct buf *b, int64_t n)
{
	buf_addf(b, "{\"t\":\"pong\",\"n\":%lld}", (long long)n);
}

void render_reconnect(struct buf *b, unsigned after_ms)
{
	buf_addf(b, "{\"t\":\"reconnect\",\"after_ms\":%u}", after_ms);
}

static void add_marks(struct buf *b, const struct signal *signal)
{
	buf_addf(b, "\"%s\":{\"got\":%llu,\"read\":%llu}", party_name(signal->who), (unsigned long long)signal->got, (unsigned long long)signal->read);
}

void render_synced(struct buf *b, const struct room *room, uint64_t seq)
{
	buf_addf(b, "{\"t\":\"synced\",\"chat\":\"%s\",\"seq\":%llu,\"marks\":{", room->chat, (unsigned long long)seq);
	add_marks(b, &room->signals[PARTY_CUSTOMER]);
	buf_add_str(b, ",");
	add_marks(b, &room->signals[PARTY_OPERATOR]);
	buf_add_str(b, "}}");
}

void render_resync(struct buf *b, const char *chat)
{
	buf_addf(b, "{\"t\":\"resync\",\"chat\":\"%s\"}", chat);
}

void render_desk(struct buf *b)
{
	buf_add_str(b, "{\"t\":\"desk\"}");
}

void render_queue(struct buf *b, const char *chat, int64_t position, const char *wait)
{
	buf_addf(b, "{\"t\":\"queue\",\"chat\":\"%s\",\"position\":%lld,\"wait\":%s}", chat, (long long)position, wait);
}

void render_typing(struct buf *b, const char *chat, enum party who, bool on)
{
	buf_addf(b, "{\"t\":\"typing\",\"chat\":\"%s\",\"author\":{\"kind\":\"%s\"},\"on\":%s}", chat, party_name(who), on ? "true" : "false");
}

void render_mark(struct buf *b, const char *type, const char *chat, enum party who, uint64_t seq)
{
	buf_addf(b, "{\"t\":\"%s\",\"chat\":\"%s\",\"author\":{\"kind\":\"%s\"},\"seq\":%llu}", type, chat, party_name(who), (unsigned long long)seq);
}

void render_presence(struct buf *b, const char *chat, enum party who, bool online, int64_t away_s)
{
	buf_addf(b, "{\"t\":\"presence\",\"chat\":\"%s\",\"author\":{\"kind\":\"%s\"},\"online\":%s", chat, party_name(who), online ? "true" : "false");
	if (!online && away_s >= 0)
		buf_addf(b, ",\"away_s\":%lld", (long long)away_s);
	buf_add_str(b, "}");
}

void render_offer(struct buf *b, const char *members)
{
	buf_add_str(b, "{\"t\":\"offer\"");
	add_members(b, members);
}

void render_chat(struct buf *b, const char *members)
{
	buf_add_str(b, "{\"t\":\"chat\"");
	add_members(b, members);
}

void render_offer_gone(struct buf *b, const char *offer, const char *reason)
{
	add_str(b, "{\"t\":\"offer_gone\",\"offer\":", offer);
	add_str(b, ",\"reason\":", reason);
	buf_add_str(b, "}");
}

void render_accepted(struct buf *b, const char *offer, const char *members)
{
	add_str(b, "{\"t\":\"accepted\",\"offer\":", offer);
	add_members(b, members);
}
