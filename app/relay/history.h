/* SPDX-License-Identifier: ISC */
/* Events read from the table: the tails of rooms that are behind and the pages of sockets that resume. What is asked for while a
 * statement is under way goes with the next one, many chats at once. */
#ifndef SWITCHBOARD_RELAY_HISTORY_H
#define SWITCHBOARD_RELAY_HISTORY_H

#include "base/buf.h"
#include "db/pipe.h"
#include "relay/room.h"

#include <stdint.h>

struct batch;
struct fetch;

struct history {
	struct pipe *pipe;
	struct clients *clients;
	const struct batch *batch;
	struct fetch *waiting;  /* oldest first */
	struct fetch *flying;
	uint64_t round;
	uint64_t last_ticket;
	struct buf chats, after;
	unsigned long long statements, events;
};

void history_init(struct history *h, struct pipe *pipe, struct clients *clients, const struct batch *batch);
void history_fini(struct history *h);

/* For struct rooms: */
void history_fetch_tail(struct history *h, struct room *room);
void history_fetch_page(struct history *h, struct sub *sub);

/* Sends what waits; call after asking and when the database is back. */
void history_run(struct history *h);

#endif
