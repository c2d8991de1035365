/* SPDX-License-Identifier: ISC */
#include "relay/session.h"

#include "relay/hello.h"
#include "relay/render.h"
#include "relay/room.h"

#include <utlist.h>

static struct sub *take_turn(struct client *c)
{
	struct sub *sub;

	DL_FOREACH2(c->subs, sub, client_next) {
		if (!sub_has_frame(sub))
			continue;
		DL_DELETE2(c->subs, sub, client_prev, client_next);
		DL_APPEND2(c->subs, sub, client_prev, client_next);
		return sub;
	}
	return NULL;
}

static bool has_frame(const struct client *c)
{
	const struct sub *sub;

	if (c->notes || c->state == CLIENT_CLOSING)
		return true;
	DL_FOREACH2(c->subs, sub, client_next)
		if (sub_has_frame(sub))
			return true;
	return false;
}

bool session_next_frame(struct client *c, struct buf *b)
{
	struct sub *sub;

	c->writing = false;
	deadline_clear(&c->drain_deadline);
	if (client_next_note(c, b)) {
		if (has_frame(c))
			client_wake(c);
		return true;
	}
	if (c->state == CLIENT_CLOSING) {
		deadline_clear(&c->close_deadline);
		c->all->transport->close(c->socket, c->close_code);
		return false;
	}
	while ((sub = take_turn(c)) != NULL) {
		if (sub_next_frame(sub, b)) {
			if (has_frame(c))
				client_wake(c);
			return true;
		}
	}
	return false;
}

void session_welcome(struct client *c, const char *epoch)
{
	client_welcome(c);
	render_ready(client_scratch(c), epoch, c->all->limits->heartbeat_s);
	client_send_scratch(c);
}

static enum close_code close_code_of(enum status status)
{
	static const struct {
		enum status status;
		enum close_code code;
	} codes[] = {
		{ STATUS_UNAUTHORIZED, CLOSE_UNAUTHORIZED }, { STATUS_FORBIDDEN, CLOSE_FORBIDDEN }, { STATUS_ORIGIN_DENIED, CLOSE_FORBIDDEN },
		{ STATUS_NOT_FOUND, CLOSE_UNKNOWN_CHAT },    { STATUS_GONE, CLOSE_CHAT_ENDED },     { STATUS_UNAVAILABLE, CLOSE_OVERLOADED },
	};

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].status == status)
			return codes[i].code;
	return CLOSE_INTERNAL;
}

void session_refuse(struct client *c, const struct problem *problem, bool database_up)
{
	if (problem->status == STATUS_UNAVAILABLE && !database_up)
		return;
	client_close(c, close_code_of(problem->status == STATUS_OK ? STATUS_INTERNAL : problem->status));
}

void session_end(struct client *c)
{
	while (c->subs) {
		struct sub *sub = c->subs;

		sub_leave(&sub);
	}
	hello_free(&c->hello);
}
