/* SPDX-License-Identifier: ISC */
#include "relay/desk.h"

#include "base/alloc.h"
#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"
#include "relay/hello.h"
#include "relay/render.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct question {
	struct relay *relay;
	uint64_t client;
	char offer[UUID_LEN + 1];
};

static struct question *question_new(struct relay *r, const struct client *client)
{
	struct question *q = alloc_zero(1, sizeof *q);

	q->relay = r;
	q->client = client->id;
	return q;
}

/* The asking client, if it is still there; the question is used up. */
static struct client *question_end(struct question *q)
{
	struct client *client = clients_find(&q->relay->clients, q->client);

	free(q);
	return client && client->state == CLIENT_READY && client->seat ? client : NULL;
}

/* ---- chats -------------------------------------------------------------------------------------------------- */

/* What the row says beside the chat itself: marks, and whether its customer is there. */
static void learn(struct relay *r, struct room *room, const PGresult *result, int row)
{
	marks_take(room, result, row);
	signals_seen(&r->signals, room, PARTY_CUSTOMER, result_str(result, row, "away_s") ? result_int(result, row, "away_s") : -1);
}

static void follow(struct relay *r, struct seat *seat, const PGresult *result, int row)
{
	const char *chat = result_str(result, row, "chat");
	uint64_t last_seq = (uint64_t)result_int(result, row, "last_seq");
	bool resync = false;
	uint64_t cursor = seat->hello ? hello_start(seat->hello, hello_cursor(seat->hello, chat), seat->epoch, last_seq, &resync) : 0;
	struct room *room = room_enter(&r->rooms, chat, last_seq);
	struct sub *sub;

	learn(r, room, result, row);
	if (seat->bot) {
		render_chat(client_scratch(seat->client), result_str(result, row, "about"));
		client_send_scratch(seat->client);
	}
	sub = room_join(room, seat->client, cursor);
	if (resync)
		sub->dirty |= DIRTY_RESYNC;
	clients_took_up(&r->clients, cursor, resync);
	room_release(room);
}

static bool is_listed(const PGresult *result, const char *chat)
{
	for (int row = 0; row < PQntuples(result); row++)
		if (strcmp(result_str(result, row, "chat"), chat) == 0)
			return true;
	return false;
}

static void take_chats(struct relay *r, struct seat *seat, const PGresult *result)
{
	struct client *client = seat->client;
	struct sub *sub, *next;

	for (int row = 0; row < PQntuples(result); row++) {
		const char *chat = result_str(result, row, "chat");

		sub = client_sub(client, chat);
		if (!sub) {
			follow(r, seat, result, row);
			continue;
		}
		sub->leaving = false;
		room_want(sub->room, (uint64_t)result_int(result, row, "last_seq"));
		learn(r, sub->room, result, row);
	}
	hello_free(&seat->hello);
	for (sub = client->subs; sub; sub = next) {
		next = sub->client_next;
		if (sub->leaving || is_listed(result, sub->room->chat))
			continue;
		sub->leaving = true; /* what ended it is still to be seen: the room settles it when its tail has come */
		room_look(sub->room);
	}
}

static void on_chats(void *arg, const PGresult *result, const struct problem *problem)
{
	struct question *q = arg;
	struct relay *r = q->relay;
	struct client *client = question_end(q);

	if (!client)
		return;
	if (result)
		take_chats(r, client->seat, result);
	else if (problem->status == STATUS_UNAUTHORIZED)
		client_close(client, CLOSE_UNAUTHORIZED);
}

/* ---- offers ------------------------------------------------------------------------------------------------- */

static size_t offer_index(const struct seat *seat, const char *offer)
{
	size_t i = 0;

	while (i < seat->offer_count && strcmp(seat->offers[i], offer) != 0)
		i++;
	return i;
}

static void offer_forget(struct seat *seat, const char *offer)
{
	size_t i = offer_index(seat, offer);

	if (i < seat->offer_count)
		memmove(seat->offers[i], seat->offers[seat->offer_count - 1], sizeof seat->offers[i]);
	if (i < seat->offer_count)
		seat->offer_count--;
}

static void offer_show(struct seat *seat, const char *offer, const char *members)
{
	if (offer_index(seat, offer) < seat->offer_count || seat->offer_count == OFFERS_MAX || strlen(offer) != UUID_LEN)
		return;
	memcpy(seat->offers[seat->offer_count++], offer, UUID_LEN + 1);
	render_offer(client_scratch(seat->client), members);
	client_send_scratch(seat->client);
}

static void offer_gone(struct seat *seat, const char *offer, const char *reason)
{
	if (offer_index(seat, offer) == seat->offer_count)
		return;
	offer_forget(seat, offer);
	render_offer_gone(client_scratch(seat->client), offer, reason);
	client_send_scratch(seat->client);
}

static void on_offers(void *arg, const PGresult *result, const struct problem *problem)
{
	struct question *q = arg;
	struct relay *r = q->relay;
	struct client *client = question_end(q);
	struct seat *seat;

	if (!client)
		return;
	seat = client->seat;
	seat->asking = false;
	if (!result && problem->status == STATUS_UNAUTHORIZED) {
		client_close(client, CLOSE_UNAUTHORIZED);
		return;
	}
	for (int row = 0; result && row < PQntuples(result); row++) {
		const char *reason = result_str(result, row, "reason");

		if (reason)
			offer_gone(seat, result_str(result, row, "offer"), reason);
		else
			offer_show(seat, result_str(result, row, "offer"), result_str(result, row, "frame"));
	}
	if (seat->ask_again)
		desk_ask(r, seat);
}

void desk_ask(struct relay *r, struct seat *seat)
{
	const struct param session = PARAM_BYTES(seat->client->credential, SECRET_BYTES);
	struct question *chats, *offers;
	struct buf known;

	if (seat->asking) {
		seat->ask_again = true;
		return;
	}
	seat->ask_again = false;
	seat->mark[0] = '\0';
	if (!pipe_is_up(r->pipe))
		return; /* everybody is asked again when it is back */
	chats = question_new(r, seat->client);
	offers = question_new(r, seat->client);
	buf_init(&known, OFFERS_MAX * (UUID_LEN + 4) + 16);
	array_begin(&known);
	for (size_t i = 0; i < seat->offer_count; i++)
		array_add_text(&known, seat->offers[i]);
	array_end(&known);
	/* offers first: somebody waits for them, and chats have been accepted before */
	if (pipe_send(r->pipe, &STATEMENT_OPERATOR_OFFERS, (const struct param[]){ session, PARAM_TEXT(known.data) }, on_offers, offers) == STATUS_OK)
		seat->asking = true;
	else
		free(offers);
	if (pipe_send(r->pipe, &STATEMENT_OPERATOR_CHATS, &session, on_chats, chats) != STATUS_OK)
		free(chats);
	buf_fini(&known);
}

/* ---- the sweep ---------------------------------------------------------------------------------------------- */

struct sweep {
	struct relay *relay;
	size_t count;
	uint64_t clients[DESKS_PER_SWEEP];
	bool heard_of[DESKS_PER_SWEEP];
};

static struct seat *swept_seat(struct sweep *sweep, size_t index)
{
	struct client *client = clients_find(&sweep->relay->clients, sweep->clients[index]);

	return client && client->state == CLIENT_READY ? client->seat : NULL;
}

static void take_mark(struct sweep *sweep, const PGresult *result, int row)
{
	uint64_t ord = (uint64_t)result_int(result, row, "ord");
	const char *mark = result_str(result, row, "mark"), *chat = result_str(result, row, "chat");
	struct seat *seat = ord >= 1 && ord <= sweep->count ? swept_seat(sweep, ord - 1) : NULL;
	struct room *room = chat ? room_find(&sweep->relay->rooms, chat) : NULL;

	if (!seat)
		return;
	sweep->heard_of[ord - 1] = true;
	if (strcmp(seat->mark, mark) != 0) {
		desk_ask(sweep->relay, seat);
		(void)snprintf(seat->mark, sizeof seat->mark, "%s", mark);
	}
	if (room && result_str(result, row, "last_seq")) {
		room_want(room, (uint64_t)result_int(result, row, "last_seq"));
		learn(sweep->relay, room, result, row);
	}
}

static void on_marks(void *arg, const PGresult *result, const struct problem *problem)
{
	struct sweep *sweep = arg;

	(void)problem;
	for (int row = 0; result && row < PQntuples(result); row++)
		take_mark(sweep, result, row);
	for (size_t i = 0; result && i < sweep->count; i++) {
		struct seat *seat = sweep->heard_of[i] ? NULL : swept_seat(sweep, i);

		if (seat)
			desk_ask(sweep->relay, seat); /* its session is over: the answer to this closes the socket */
	}
	free(sweep);
}

void desk_sweep(struct relay *r, struct seat *const *seats, size_t count)
{
	struct sweep *sweep = alloc_zero(1, sizeof *sweep);
	struct buf sessions;

	assert(count <= DESKS_PER_SWEEP);
	sweep->relay = r;
	sweep->count = count;
	buf_init(&sessions, DESKS_PER_SWEEP * (2 * SECRET_BYTES + 8) + 16);
	array_begin(&sessions);
	for (size_t i = 0; i < count; i++) {
		sweep->clients[i] = seats[i]->client->id;
		array_add_bytes(&sessions, seats[i]->client->credential, SECRET_BYTES);
	}
	array_end(&sessions);
	if (pipe_send(r->pipe, &STATEMENT_DESK_MARKS, (const struct param[]){ PARAM_TEXT(sessions.data) }, on_marks, sweep) != STATUS_OK)
		free(sweep);
	buf_fini(&sessions);
}

/* ---- what the operator does --------------------------------------------------------------------------------- */

static void accepted(struct seat *seat, const char *offer, const PGresult *result)
{
	offer_forget(seat, offer);
	render_accepted(client_scratch(seat->client), offer, result_str(result, 0, "body"));
	client_send_scratch(seat->client);
}

static void declined(struct seat *seat, const char *offer, const PGresult *result)
{
	(void)result;
	offer_gone(seat, offer, "declined");
}

/* An act on an offer is answered: its own socket is told what became of it, the operator's others by the refresh. */
static void take_act(struct question *q, const PGresult *result, const struct problem *problem,
					 void (*done)(struct seat *seat, const char *offer, const PGresult *result))
{
	struct relay *r = q->relay;
	char offer[UUID_LEN + 1];
	struct client *client;

	memcpy(offer, q->offer, sizeof offer);
	client = question_end(q);
	if (!client)
		return;
	if (!result || PQntuples(result) != 1) {
		client_send_error(client, problem, NULL, offer);
		return;
	}
	done(client->seat, offer, result);
	operator_refresh(r, client->seat->operator);
}

static void on_accepted(void *arg, const PGresult *result, const struct problem *problem)
{
	take_act(arg, result, problem, accepted);
}

static void on_declined(void *arg, const PGresult *result, const struct problem *problem)
{
	take_act(arg, result, problem, declined);
}

static void act(struct relay *r, struct client *client, const char *offer, const struct statement *statement, const struct param *params,
				pipe_done_fn *done)
{
	struct question *q = question_new(r, client);
	struct problem problem = { 0 };

	memcpy(q->offer, offer, sizeof q->offer);
	if (pipe_send(r->pipe, statement, params, done, q) == STATUS_OK)
		return;
	free(q);
	(void)problem_set(&problem, STATUS_UNAVAILABLE, NULL);
	problem.retry_ms = 1000;
	client_send_error(client, &problem, NULL, offer);
}

void desk_accept(struct relay *r, struct client *client, const char *offer)
{
	const struct param params[] = { PARAM_BYTES(client->credential, SECRET_BYTES), PARAM_TEXT(offer) };

	act(r, client, offer, &STATEMENT_ACCEPT_OFFER, params, on_accepted);
}

void desk_decline(struct relay *r, struct client *client, const char *offer, const char *reason)
{
	const struct param params[] = { PARAM_BYTES(client->credential, SECRET_BYTES), PARAM_TEXT(offer), PARAM_TEXT(reason) };

	act(r, client, offer, &STATEMENT_DECLINE_OFFER, params, on_declined);
}
