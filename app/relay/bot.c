/* SPDX-License-Identifier: ISC */
#include "relay/bot.h"

#include "base/alloc.h"
#include "chat/statements.h"
#include "db/conn.h"
#include "relay/render.h"

#include <stdlib.h>
#include <string.h>

#define TURN_MAX 131072 /* more than a frame can hold, escaped anew */

struct turn {
	struct relay *relay;
	uint64_t client;
	char chat[UUID_LEN + 1], cid[UUID_LEN + 1];
};

static void on_done(void *arg, const PGresult *result, const struct problem *problem)
{
	struct turn *turn = arg;
	struct client *client = clients_find(&turn->relay->clients, turn->client);
	struct problem refused = { 0 };

	if (client)
		client_answered(client);
	if (client && !result) {
		client_send_error(client, problem, turn->cid, NULL);
	} else if (client) {
		render_ack(client_scratch(client), turn->cid, turn->chat, (uint64_t)result_int(result, 0, "seq"), NULL);
		client_send_scratch(client);
		if (result_bool(result, 0, "refused")) {
			(void)problem_set(&refused, STATUS_CLOSED, "queue");
			client_send_error(client, &refused, turn->cid, NULL);
		}
	}
	free(turn);
}

static void post(struct relay *r, struct client *client, const struct frame *frame, const char *text)
{
	const struct param params[] = { PARAM_BYTES(client->credential, SECRET_BYTES), PARAM_TEXT(frame->chat), PARAM_TEXT(frame->cid), PARAM_TEXT(text) };
	struct turn *turn = alloc_zero(1, sizeof *turn);
	struct problem problem = { .retry_ms = 1000 };

	turn->relay = r;
	turn->client = client->id;
	memcpy(turn->chat, frame->chat, sizeof turn->chat);
	memcpy(turn->cid, frame->cid, sizeof turn->cid);
	if (pipe_send(r->pipe, &STATEMENT_BOT_TURN, params, on_done, turn) == STATUS_OK) {
		client_asked(client);
		return;
	}
	free(turn);
	(void)problem_set(&problem, STATUS_UNAVAILABLE, NULL);
	client_send_error(client, &problem, frame->cid, NULL);
}

void bot_turn(struct relay *r, struct client *client, const struct frame *frame)
{
	post(r, client, frame, json_plain(frame->turn));
}

void bot_send(struct relay *r, struct client *client, const struct frame *frame)
{
	struct problem problem = { 0 };
	struct buf text;

	if (!frame->body) {
		(void)problem_set(&problem, STATUS_INVALID, "body");
		client_send_error(client, &problem, frame->cid, NULL);
		return;
	}
	buf_init(&text, TURN_MAX);
	buf_add_str(&text, "{\"messages\":[{\"text\":");
	buf_add_json_str(&text, frame->body, strlen(frame->body));
	buf_add_str(&text, "}]}");
	post(r, client, frame, text.data);
	buf_fini(&text);
}
