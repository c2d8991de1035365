/* SPDX-License-Identifier: ISC */
#include "relay/customer.h"

#include "base/alloc.h"
#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"
#include "relay/hello.h"
#include "relay/session.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define GONE_MAX 100 /* in one statement, every tick: messages wait behind it; of a crowd that is cut most are back before their turn */

struct question {
	struct relay *relay;
	uint64_t client;
	char chat[UUID_LEN + 1];
	struct room *room; /* held: the chat's room, where there was one already */
};

/* An older socket of the same tab makes room. */
static void replace_tab(const struct room *room, const struct client *client)
{
	struct sub *sub;

	if (!client->tab)
		return;
	DL_FOREACH(room->subs, sub)
		if (sub->client != client && sub->client->party == PARTY_CUSTOMER && sub->client->tab && strcmp(sub->client->tab, client->tab) == 0)
			client_close(sub->client, CLOSE_REPLACED);
}

static void welcome(struct relay *r, struct client *client, const PGresult *result)
{
	const char *epoch = result_str(result, 0, "epoch");
	uint64_t last_seq = (uint64_t)result_int(result, 0, "last_seq");
	bool resync;
	uint64_t cursor = hello_start(client->hello, client->hello->last_seq, epoch, last_seq, &resync);
	struct room *room = room_enter(&r->rooms, client->hello->chat, last_seq);
	struct sub *sub;

	session_welcome(client, epoch);
	room_set_state(room, result_str(result, 0, "state"));
	marks_take(room, result, 0);
	sub = room_join(room, client, cursor);
	if (resync)
		sub->dirty |= DIRTY_RESYNC;
	clients_took_up(&r->clients, cursor, resync);
	access_watch(&r->access, client);
	replace_tab(room, client);
	r->places_due |= room->waiting;
	room_release(room);
	hello_free(&client->hello);
}

static void on_hello(void *arg, const PGresult *result, const struct problem *problem)
{
	struct question *q = arg;
	struct relay *r = q->relay;
	struct client *client = clients_find(&r->clients, q->client);

	r->hellos_flying--;
	if (client && client->state == CLIENT_JUDGED) {
		client->hello->asked = false;
		if (result && PQntuples(result) == 1)
			welcome(r, client, result);
		else
			session_refuse(client, problem, pipe_is_up(r->pipe));
	} else if (result && PQntuples(result) == 1) {
		struct room *room = room_enter(&r->rooms, q->chat, (uint64_t)result_int(result, 0, "last_seq"));

		customer_left_room(r, room); /* gone before it was let in: the database believes it is here */
		room_release(room);
	}
	if (q->room) {
		q->room->judging--;
		room_release(q->room);
	}
	free(q);
	relay_judge_next(r);
}

bool customer_hello(struct relay *r, struct client *client)
{
	struct hello *hello = client->hello;
	struct question *q;
	const struct param params[] = { PARAM_TEXT(hello->chat), PARAM_BYTES(hello->secret, sizeof hello->secret), PARAM_TEXT(client->origin), PARAM_TEXT(r->number) };

	client->party = PARTY_CUSTOMER;
	memcpy(client->credential, hello->secret, sizeof client->credential);
	q = alloc_zero(1, sizeof *q);
	q->relay = r;
	q->client = client->id;
	memcpy(q->chat, hello->chat, sizeof q->chat);
	if (pipe_send(r->pipe, &STATEMENT_HELLO_CUSTOMER, params, on_hello, q) != STATUS_OK) {
		free(q);
		return false;
	}
	hello->asked = true;
	r->hellos_flying++;
	q->room = room_find(&r->rooms, hello->chat);
	if (q->room) {
		q->room->judging++;
		room_hold(q->room);
	}
	return true;
}

/* ---- who is gone -------------------------------------------------------------------------------------------- */

/* The room lives on until the database knows. */
void customer_left_room(struct relay *r, struct room *room)
{
	if (room->gone_due)
		return;
	room->gone_due = true;
	room_hold(room);
	DL_APPEND2(r->gone_rooms, room, gone_prev, gone_next);
}

static void strike_off(struct relay *r, struct room *room)
{
	room->gone_due = false;
	DL_DELETE2(r->gone_rooms, room, gone_prev, gone_next);
	room_release(room);
}

static void on_gone(void *arg, const PGresult *result, const struct problem *problem)
{
	(void)arg;
	(void)result; /* lost: the database finds out by itself when this relay registers again, or from its silence */
	(void)problem;
}

void customer_sweep(struct relay *r)
{
	struct room *room, *next;
	struct buf chats;
	size_t count = 0;

	if (!r->gone_rooms || !pipe_is_up(r->pipe) || r->number[0] == '\0')
		return;
	buf_init(&chats, GONE_MAX * (UUID_LEN + 4) + 16);
	array_begin(&chats);
	for (room = r->gone_rooms; room && count < GONE_MAX; room = next) {
		next = room->gone_next;
		if (room->signals[PARTY_CUSTOMER].here == 0 && room->judging > 0)
			continue; /* perhaps it is back: its hello decides */
		if (room->signals[PARTY_CUSTOMER].here == 0) {
			array_add_text(&chats, room->chat);
			count++;
		}
		strike_off(r, room);
	}
	array_end(&chats);
	if (count > 0)
		(void)!pipe_send(r->pipe, &STATEMENT_CUSTOMERS_GONE, (const struct param[]){ PARAM_TEXT(r->number), PARAM_TEXT(chats.data) }, on_gone, r);
	buf_fini(&chats);
}

void customer_drop_gone(struct relay *r)
{
	while (r->gone_rooms)
		strike_off(r, r->gone_rooms);
}
