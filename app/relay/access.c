/* SPDX-License-Identifier: ISC */
#include "relay/access.h"

#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"

#include <string.h>
#include <utlist.h>

#define PACE_MS 1000 /* one statement a second takes whose turn comes in that second, unless there are too many or somebody cannot wait */
#define CHAT_TEXT (UUID_LEN + 4)
#define TOKEN_TEXT (2 * SECRET_BYTES + 8)

void access_init(struct access *a, struct pipe *pipe, struct clients *clients, struct rooms *rooms, const struct limits *limits)
{
	*a = (struct access){
		.pipe = pipe, .clients = clients, .rooms = rooms, .transport = clients->transport, .line = { .wait_ms = limits->token_check_ms },
	};
}

void access_watch(struct access *a, struct client *client)
{
	deadline_arm(&a->line, &client->access_deadline, a->transport->now_ms());
}

void access_changed(struct access *a, const char *chat)
{
	const struct room *room = room_find(a->rooms, chat);
	const struct sub *sub;

	if (!room)
		return;
	DL_FOREACH(room->subs, sub)
		if (sub->client->party == PARTY_CUSTOMER && sub->client->state == CLIENT_READY)
			deadline_arm(&a->urgent, &sub->client->access_deadline, a->transport->now_ms());
	access_sweep(a);
}

/* ---- answers ------------------------------------------------------------------------------------------------ */

/* NULL: gone meanwhile */
static struct client *asked_client(const struct access *a, size_t i)
{
	struct client *client = clients_find(a->clients, a->ids[i]);

	return client && client->state == CLIENT_READY ? client : NULL;
}

/* Whom somebody has spoken of meanwhile stands in the urgent line already. */
static void put_back(struct access *a, struct deadline_line *line)
{
	uint64_t now_ms = a->transport->now_ms();

	for (size_t i = 0; i < a->count; i++) {
		struct client *client = asked_client(a, i);

		if (client && !client->access_deadline.line)
			deadline_arm(line, &client->access_deadline, now_ms);
	}
}

/* A chat that is over is told to its end first: the room closes the socket behind the last event. */
static void turn_out(struct access *a, struct client *client, const char *reason)
{
	struct sub *sub = client->subs;

	if (strcmp(reason, "gone") == 0 && sub) {
		room_set_state(sub->room, "ended");
		room_look(sub->room);
		return;
	}
	a->revoked++;
	client_close(client, strcmp(reason, "forbidden") == 0 ? CLOSE_FORBIDDEN : CLOSE_UNAUTHORIZED);
}

static void on_lapsed(void *arg, const PGresult *result, const struct problem *problem)
{
	struct access *a = arg;
	struct client *client;

	(void)problem;
	a->flying = false;
	for (int row = 0; result && row < PQntuples(result); row++) {
		int64_t ord = result_int(result, row, "ord");

		client = ord >= 1 && (size_t)ord <= a->count ? asked_client(a, (size_t)ord - 1) : NULL;
		if (client)
			turn_out(a, client, result_str(result, row, "reason"));
	}
	put_back(a, result ? &a->line : &a->urgent);
	a->rest_until_ms = result ? 0 : a->transport->now_ms() + PACE_MS;
	access_sweep(a);
}

/* ---- questions ---------------------------------------------------------------------------------------------- */

static struct client *next_due(struct access *a, uint64_t by_ms)
{
	struct deadline *due = deadline_due(&a->urgent, UINT64_MAX);

	if (!due)
		due = deadline_due(&a->line, by_ms);
	return due ? DEADLINE_OWNER(due, struct client, access_deadline) : NULL;
}

static void ask(struct access *a, uint64_t by_ms)
{
	struct client *client;
	struct buf chats, tokens;

	buf_init(&chats, ACCESS_MAX * CHAT_TEXT + 16);
	buf_init(&tokens, ACCESS_MAX * TOKEN_TEXT + 16);
	array_begin(&chats);
	array_begin(&tokens);
	a->count = 0;
	while (a->count < ACCESS_MAX && (client = next_due(a, by_ms)) != NULL) {
		if (!client->subs)
			continue; /* a customer has one chat or is on his way out */
		array_add_text(&chats, client->subs->room->chat);
		array_add_bytes(&tokens, client->credential, sizeof client->credential);
		a->ids[a->count++] = client->id;
	}
	array_end(&chats);
	array_end(&tokens);
	a->flying = a->count > 0 && pipe_send(a->pipe, &STATEMENT_LAPSED_CUSTOMERS,
			(const struct param[]){ PARAM_TEXT(chats.data), PARAM_TEXT(tokens.data) }, on_lapsed, a) == STATUS_OK;
	if (a->flying)
		a->statements++;
	else
		put_back(a, &a->urgent);
	buf_fini(&chats);
	buf_fini(&tokens);
}

void access_sweep(struct access *a)
{
	uint64_t now_ms = a->transport->now_ms();
	bool due = a->line.head && a->line.head->due_ms <= now_ms;

	if (a->flying || !pipe_is_up(a->pipe) || now_ms < a->rest_until_ms || !(a->urgent.head || due))
		return;
	if (!a->urgent.head && now_ms - a->asked_ms < PACE_MS && a->count < ACCESS_MAX)
		return;
	a->asked_ms = now_ms;
	ask(a, now_ms + PACE_MS);
}
