/* SPDX-License-Identifier: ISC */
/* The end: everybody is told to come back elsewhere, and what is under way is waited for. */
#include "relay/relay.h"

#include "base/log.h"
#include "relay/render.h"

#define RECONNECT_AFTER_MS 250
#define RECONNECT_SPREAD_MS 2000

void relay_drain(struct relay *r)
{
	struct client *client, *next;

	r->draining = true;
	r->admission.draining = true;
	marks_flush(&r->marks);
	log_count(LOG_LEVEL_INFO, "draining", "sockets", (long long)r->clients.count, NULL);
	HASH_ITER(hh, r->clients.by_id, client, next) {
		render_reconnect(client_scratch(client), RECONNECT_AFTER_MS + (unsigned)(client->id * 7919 % RECONNECT_SPREAD_MS));
		client_send_scratch(client);
		client_close(client, CLOSE_GOING_AWAY);
	}
}

bool relay_is_drained(const struct relay *r)
{
	return r->clients.count == 0 && (batch_is_empty(&r->batch) || batch_is_cut_off(&r->batch)) && (r->marks.flying == 0 || !pipe_is_up(r->pipe));
}
