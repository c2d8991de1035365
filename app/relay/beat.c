/* SPDX-License-Identifier: ISC */
#include "relay/beat.h"

#include "base/alloc.h"
#include "base/log.h"
#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"
#include "relay/operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define BEAT_MS 10000
#define SESSION_TEXT (2 * SECRET_BYTES + 8)

struct registration {
	struct relay *relay;
	void (*ready)(struct relay *r);
};

/* ---- registering -------------------------------------------------------------------------------------------- */

/* Another life of the database (a restored backup): whatever cursors stand for is gone. Everybody comes again and starts over. */
static void check_epoch(struct relay *r, const char *epoch)
{
	struct client *client, *next;

	if (r->epoch[0] != '\0' && strcmp(r->epoch, epoch) != 0) {
		log_event(LOG_LEVEL_WARN, "epoch_changed", NULL);
		HASH_ITER(hh, r->clients.by_id, client, next)
			client_close(client, CLOSE_GOING_AWAY);
	}
	(void)snprintf(r->epoch, sizeof r->epoch, "%s", epoch);
}

static void on_registered(void *arg, const PGresult *result, const struct problem *problem)
{
	struct registration *registration = arg;
	struct relay *r = registration->relay;

	(void)problem;
	if (result && PQntuples(result) == 1) {
		(void)snprintf(r->number, sizeof r->number, "%s", result_str(result, 0, "relay"));
		check_epoch(r, result_str(result, 0, "epoch"));
		bus_register(&r->bus, r->number, r->epoch);
		hints_hello(&r->hints, r->number);
		log_event(LOG_LEVEL_INFO, "registered", "name", r->name, "relay", r->number, NULL);
		registration->ready(r);
	}
	free(registration);
}

/* The chats whose customers are here: they have not gone, whatever the database heard last. */
static void list_customers(const struct relay *r, struct buf *ret_chats)
{
	struct room *room, *next;

	buf_init(ret_chats, HASH_COUNT(r->rooms.by_chat) * (UUID_LEN + 4) + 16);
	array_begin(ret_chats);
	HASH_ITER(hh, r->rooms.by_chat, room, next)
		if (room->signals[PARTY_CUSTOMER].here > 0)
			array_add_text(ret_chats, room->chat);
	array_end(ret_chats);
}

void beat_register(struct relay *r, void (*ready)(struct relay *r))
{
	struct registration *registration = alloc_zero(1, sizeof *registration);
	struct buf chats;

	registration->relay = r;
	registration->ready = ready;
	list_customers(r, &chats);
	if (pipe_send(r->pipe, &STATEMENT_RELAY_REGISTER, (const struct param[]){ PARAM_TEXT(r->name), PARAM_TEXT(chats.data) }, on_registered, registration) !=
	    STATUS_OK)
		free(registration);
	buf_fini(&chats);
}

/* ---- the heartbeat ------------------------------------------------------------------------------------------ */

static void close_session(struct relay *r, const char *text)
{
	size_t len;
	unsigned char *session = PQunescapeBytea((const unsigned char *)text, &len);
	struct seat *seat;

	if (session && len == SECRET_BYTES)
		DL_FOREACH(r->seats, seat)
			if (memcmp(seat->client->credential, session, SECRET_BYTES) == 0)
				client_close(seat->client, CLOSE_UNAUTHORIZED);
	PQfreemem(session);
}

static void on_beat(void *arg, const PGresult *result, const struct problem *problem)
{
	struct relay *r = arg;

	(void)problem;
	r->beat_flying = false;
	for (int row = 0; result && row < PQntuples(result); row++)
		close_session(r, result_str(result, row, "session"));
}

static void on_origins(void *arg, const PGresult *result, const struct problem *problem)
{
	struct relay *r = arg;

	(void)problem;
	if (result)
		admission_take_origins(&r->admission, result);
}

static void send_beat(struct relay *r)
{
	struct seat *seat;
	struct buf sessions;
	size_t count = 0;

	DL_COUNT(r->seats, seat, count);
	buf_init(&sessions, count * SESSION_TEXT + 16);
	array_begin(&sessions);
	DL_FOREACH(r->seats, seat)
		array_add_bytes(&sessions, seat->client->credential, SECRET_BYTES);
	array_end(&sessions);
	r->beat_flying =
		pipe_send(r->pipe, &STATEMENT_RELAY_BEAT, (const struct param[]){ PARAM_TEXT(r->number), PARAM_TEXT(sessions.data) }, on_beat, r) == STATUS_OK;
	buf_fini(&sessions);
}

void beat_sweep(struct relay *r, bool now)
{
	uint64_t now_ms = r->transport->now_ms();

	if (r->beat_flying || !pipe_is_up(r->pipe) || r->number[0] == '\0' || (!now && now_ms - r->beat_ms < BEAT_MS))
		return;
	r->beat_ms = now_ms;
	send_beat(r);
	hints_company(&r->hints); /* who was dead may live again: the next words ask */
	hints_doubt_bus(&r->hints);
	(void)!pipe_send(r->pipe, &STATEMENT_ALLOWED_ORIGINS, NULL, on_origins, r);
	if (now)
		operator_refresh(r, NULL);
}
