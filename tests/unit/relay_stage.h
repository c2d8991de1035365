/* SPDX-License-Identifier: ISC */
/* A stage for the relay's modules: sockets that record what is asked of them, a clock that stands until it is moved, a database that
 * remembers the statements it was sent and answers when it is told to. Set up anew for each test. */
#ifndef SWITCHBOARD_TESTS_RELAY_STAGE_H
#define SWITCHBOARD_TESTS_RELAY_STAGE_H

#include "db/pipe.h"
#include "relay/access.h"
#include "relay/batch.h"
#include "relay/bus.h"
#include "relay/client.h"
#include "relay/hints.h"
#include "relay/room.h"
#include "relay/signals.h"

#include <stdbool.h>

#define CHAT_A "0b0c2f5e-0000-4000-8000-00000000000a"
#define CHAT_B "0b0c2f5e-0000-4000-8000-00000000000b"
#define CID(n) "0b0c2f5e-0000-4000-8000-0000000000" n

struct fake_socket {
	struct client *client;
	int close_code;  /* 0: open */
	bool held;
	unsigned pings;
	char said[65536]; /* what stage_hear() took, frames separated by a blank */
};

struct stage {
	uint64_t now_ms;
	struct limits limits;
	struct clients clients;
	struct rooms rooms;
	struct hints hints;
	struct bus bus;
	struct batch batch;
	struct signals signals;
	struct access access;
	/* of the rooms */
	unsigned tails_asked, pages_asked, marks_changed;
	struct room *tail_room;
	struct sub *page_sub;
	/* the database */
	bool database_up;
	unsigned statements;
	unsigned session; /* that took the last statement, and that answers */
	const struct statement *statement;
	char params[8][4096];
	/* the bus: what happened, and its carrier */
	unsigned bus_worked, bus_failed, bus_peers_lost;
	char bus_heard[1024];
	char carrier_said[1024]; /* the last payload */
	unsigned carrier_count;
	bool carrier_full;
};

extern struct stage stage;

/* A ready client of this party; the socket is freed with the stage. */
struct client *stage_client(enum party party);
struct fake_socket *socket_of(const struct client *client);
void stage_gone(struct client *client);

/* Everything the socket would be sent now, in order. */
const char *stage_hear(struct client *client);

/* An event "m<seq>" of chat A by nobody here. */
struct event *stage_event(uint64_t seq);
/* A page for sub_page() holding first..last. */
struct page *stage_page(uint64_t first, uint64_t last);

/* What comes by the carrier. */
void stage_comes(const char *payload);

#define STAGE_SESSIONS 3
struct pipe *stage_session(unsigned number); /* 1 or 2 */
/* The statement under way is answered: `rows` of `columns`, NULL cells as "-"; or it fails. */
void stage_answer(const char *const *columns, int column_count, const char *const *cells, int rows);
void stage_done(void); /* answered without columns */
void stage_fail(enum status status);

#endif
