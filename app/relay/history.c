/* SPDX-License-Identifier: ISC */
#include "relay/history.h"

#include "base/alloc.h"
#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"
#include "relay/batch.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define CHATS_PER_STATEMENT 64
#define EVENTS_PER_CHAT 50
#define EVENTS_PER_CHAT_TEXT "50"
#define ARRAY_MAX_BYTES (8 * 1024)

/* Holds its room. For a page, the sub is found again by its ticket: it may be gone when the answer comes. */
struct fetch {
	struct fetch *prev, *next;
	struct room *room;
	uint64_t client; /* 0: the room's tail */
	uint64_t ticket;
};

void history_init(struct history *h, struct pipe *pipe, struct clients *clients, const struct batch *batch)
{
	*h = (struct history){ .pipe = pipe, .clients = clients, .batch = batch };
	buf_init(&h->chats, ARRAY_MAX_BYTES);
	buf_init(&h->after, ARRAY_MAX_BYTES);
}

static void drop(struct fetch **list)
{
	struct fetch *fetch, *next;

	DL_FOREACH_SAFE(*list, fetch, next) {
		DL_DELETE(*list, fetch);
		room_release(fetch->room);
		free(fetch);
	}
}

void history_fini(struct history *h)
{
	drop(&h->flying);
	drop(&h->waiting);
	buf_fini(&h->chats);
	buf_fini(&h->after);
}

static void ask(struct history *h, struct room *room, uint64_t client, uint64_t ticket)
{
	struct fetch *fetch = alloc_zero(1, sizeof *fetch);

	fetch->room = room;
	fetch->client = client;
	fetch->ticket = ticket;
	room_hold(room);
	DL_APPEND(h->waiting, fetch);
}

void history_fetch_tail(struct history *h, struct room *room)
{
	ask(h, room, 0, 0);
}

void history_fetch_page(struct history *h, struct sub *sub)
{
	sub->ticket = ++h->last_ticket;
	ask(h, sub->room, sub->client->id, sub->ticket);
}

/* The sub that asked, if it is still there and still waits for this very page. */
static struct sub *asking_sub(struct history *h, const struct fetch *fetch)
{
	struct client *client = clients_find(h->clients, fetch->client);
	struct sub *sub = client ? client_sub(client, fetch->room->chat) : NULL;

	return sub && sub->fetching && sub->ticket == fetch->ticket ? sub : NULL;
}

static struct event *event_of_row(const PGresult *result, int row)
{
	return event_new(&(struct event_row){
		.chat = result_str(result, row, "chat"),
		.seq = (uint64_t)result_int(result, row, "seq"),
		.kind = result_str(result, row, "kind"),
		.author_kind = result_str(result, row, "author_kind"),
		.author_name = result_str(result, row, "author_name"),
		.body = result_str(result, row, "body"),
		.data = result_str(result, row, "data"),
		.at = result_str(result, row, "at"),
		.cid = result_str(result, row, "cid"),
		.operators_only = result_bool(result, row, "operators_only"),
	});
}

/* Messages have a session of their own, so the table may show one whose answer has not come yet. Its author is to get the ack in the place of the event: what is from there on waits. */
static bool is_answered_soon(const struct history *h, const PGresult *result, int row)
{
	const char *cid = result_str(result, row, "cid");

	return cid && batch_flies(h->batch, result_str(result, row, "chat"), cid);
}

static void take_tail(const struct history *h, struct room *room, const PGresult *result, int first, int count)
{
	bool complete = count < EVENTS_PER_CHAT;

	if (count > 0 && complete)
		room_set_state(room, result_str(result, first, "state"));
	for (int row = first; row < first + count; row++) {
		if ((uint64_t)result_int(result, row, "seq") != room->newest + 1)
			continue;
		if (is_answered_soon(h, result, row)) {
			room_tail_waits(room, (uint64_t)result_int(result, first + count - 1, "seq"), complete);
			return;
		}
		room_append(room, event_of_row(result, row));
	}
	room_tail_done(room, complete);
}

static void take_page(struct sub *sub, const PGresult *result, int first, int count)
{
	struct page *page = NULL;

	if (count > 0) {
		page = alloc_zero(1, sizeof *page + (size_t)count * sizeof page->events[0]);
		page->count = (size_t)count;
		for (int i = 0; i < count; i++)
			page->events[i] = event_of_row(result, first + i);
	}
	sub_page(sub, page);
}

/* Rows come in order of chat and seq: those of one fetch stand together. */
static void find_rows(const PGresult *result, const char *chat, int *ret_first, int *ret_count)
{
	int rows = PQntuples(result);
	int low = 0, high = rows, end;

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (strcmp(result_str(result, middle, "chat"), chat) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < rows && strcmp(result_str(result, end, "chat"), chat) == 0; end++)
		continue;
	*ret_first = low;
	*ret_count = end - low;
}

static void take_answer(struct history *h, struct fetch *fetch, const PGresult *result)
{
	int first, count;

	find_rows(result, fetch->room->chat, &first, &count);
	h->events += (unsigned)count;
	if (fetch->client == 0) {
		take_tail(h, fetch->room, result, first, count);
	} else {
		struct sub *sub = asking_sub(h, fetch);

		if (sub)
			take_page(sub, result, first, count);
	}
}

static void on_events(void *arg, const PGresult *result, const struct problem *problem)
{
	struct history *h = arg;
	struct fetch *fetch, *next, *flying = h->flying;

	(void)problem;
	h->flying = NULL;
	if (!result) {
		/* Lost or timed out: all of it stands in front of the line again, in its order. */
		DL_CONCAT(flying, h->waiting);
		h->waiting = flying;
		return; /* the next sweep or the database's return goes on */
	}
	DL_FOREACH_SAFE(flying, fetch, next) {
		DL_DELETE(flying, fetch);
		take_answer(h, fetch, result);
		room_release(fetch->room);
		free(fetch);
	}
	history_run(h);
}

static uint64_t fetch_after(struct history *h, const struct fetch *fetch)
{
	const struct sub *sub = fetch->client == 0 ? NULL : asking_sub(h, fetch);

	return sub ? sub->cursor : fetch->room->newest;
}

void history_run(struct history *h)
{
	struct fetch *fetch, *next;
	size_t count = 0;

	if (h->flying || !h->waiting || !pipe_is_up(h->pipe))
		return;
	array_begin(&h->chats);
	array_begin(&h->after);
	h->round++;
	DL_FOREACH_SAFE(h->waiting, fetch, next) {
		if (count == CHATS_PER_STATEMENT)
			break;
		if (fetch->room->fetch_round == h->round)
			continue; /* this chat is in the statement already, after another seq: next time */
		fetch->room->fetch_round = h->round;
		count++;
		array_add_text(&h->chats, fetch->room->chat);
		array_add_int(&h->after, (int64_t)fetch_after(h, fetch));
		DL_DELETE(h->waiting, fetch);
		DL_APPEND(h->flying, fetch);
	}
	array_end(&h->chats);
	array_end(&h->after);
	h->statements++;
	if (pipe_send(h->pipe, &STATEMENT_FETCH_EVENTS,
	              (const struct param[]){ PARAM_TEXT(h->chats.data), PARAM_TEXT(h->after.data), PARAM_TEXT(EVENTS_PER_CHAT_TEXT) }, on_events, h) == STATUS_OK)
		return;
	DL_CONCAT(h->flying, h->waiting);
	h->waiting = h->flying;
	h->flying = NULL;
}
