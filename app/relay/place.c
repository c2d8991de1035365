/* SPDX-License-Identifier: ISC */
#include "relay/place.h"

#include "base/hash.h"
#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"

#include <string.h>

#define PACE_MS 1000
#define IDLE_MS 5000
#define CHATS_MAX 2000 /* of one question */

static void on_places(void *arg, const PGresult *result, const struct problem *problem)
{
	struct relay *r = arg;

	(void)problem;
	r->places_flying = false;
	for (int row = 0; result && row < PQntuples(result); row++) {
		struct room *room = room_find(&r->rooms, result_str(result, row, "chat"));
		int64_t position = result_int(result, row, "position");
		const char *wait = result_str(result, row, "wait");

		if (!wait || strlen(wait) > WAIT_MAX)
			wait = "null";
		if (!room || !room->waiting || (room->position == position && strcmp(room->wait, wait) == 0))
			continue;
		room->position = position;
		memcpy(room->wait, wait, strlen(wait) + 1);
		room_mark_dirty(room, PARTY_CUSTOMER, DIRTY_QUEUE);
	}
}

void place_sweep(struct relay *r)
{
	uint64_t now_ms = r->transport->now_ms();
	struct room *room, *next;
	struct buf chats;
	size_t skip = r->places_skip;
	size_t count = 0;
	bool more = false;

	if (r->places_flying || !pipe_is_up(r->place_pipe) || now_ms - r->places_ms < (r->places_due ? PACE_MS : IDLE_MS))
		return;
	r->places_ms = now_ms;
	buf_init(&chats, CHATS_MAX * (UUID_LEN + 4) + 16);
	array_begin(&chats);
	HASH_ITER(hh, r->rooms.by_chat, room, next) {
		if (!room->waiting || room->signals[PARTY_CUSTOMER].here == 0 || (skip > 0 && skip--))
			continue;
		more = count == CHATS_MAX;
		if (more)
			break;
		array_add_text(&chats, room->chat);
		count++;
	}
	r->places_due = more; /* the others are asked for next */
	r->places_skip = more ? r->places_skip + count : 0;
	array_end(&chats);
	if (count > 0)
		r->places_flying = pipe_send(r->place_pipe, &STATEMENT_QUEUE_POSITIONS, (const struct param[]){ PARAM_TEXT(chats.data) }, on_places, r) == STATUS_OK;
	buf_fini(&chats);
}
