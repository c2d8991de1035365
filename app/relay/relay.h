/* SPDX-License-Identifier: ISC */
/* The relay without its sockets: the modules wired together, the database's coming and going, the clock's ticks. */
#ifndef SWITCHBOARD_RELAY_RELAY_H
#define SWITCHBOARD_RELAY_RELAY_H

#include "base/options.h"
#include "db/pipe.h"
#include "relay/access.h"
#include "relay/admission.h"
#include "relay/batch.h"
#include "relay/bus.h"
#include "relay/client.h"
#include "relay/crowding.h"
#include "relay/hints.h"
#include "relay/history.h"
#include "relay/marks.h"
#include "relay/room.h"
#include "relay/signals.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct seat;
struct waiting_hello;
struct gone_session;

struct relay {
	uv_loop_t *loop;
	char *name;
	struct limits limits;
	const struct transport *transport;
	struct pipe *post_pipe;  /* messages into the table: they wait for nothing else */
	struct pipe *pipe;       /* everything else, and messages while there is nothing else */
	struct pipe *place_pipe; /* places in the queue, a question that long lines make slow: nothing waits behind it */
	struct pipe *hint_pipe;  /* hints, whose NOTIFY must not stand in a message's way, and what else is asked aside */
	struct clients clients;
	struct rooms rooms;
	struct history history;
	struct hints hints;
	struct bus bus;          /* opened by main.c */
	struct batch batch;
	struct crowding crowding; /* begun by main.c */
	struct signals signals;
	struct marks marks;
	struct access access;
	struct admission admission;
	char number[16];         /* ours in the database, "" before the first register */
	char epoch[UUID_LEN + 1];

	struct waiting_hello *hellos;       /* oldest first */
	unsigned hellos_flying;
	struct room *gone_rooms;            /* their last customer has left (customer.c) */
	struct seat *seats;                 /* operators' sockets (operator.c) */
	struct gone_session *gone_sessions; /* their last socket has left (operator.c) */
	unsigned operator_hellos;           /* under way */
	uint64_t desks_ms;                  /* desks were looked at */
	bool places_flying, places_due;     /* place.c */
	uint64_t places_ms;
	size_t places_skip;                 /* so many who wait have been asked for in this round */
	bool beat_flying;                   /* beat.c */
	uint64_t beat_ms;
	bool report_flying;                 /* report.c */
	uint64_t report_ms;
	bool draining;

	uv_timer_t tick;         /* deadlines, a few times a second */
	uint64_t tick_ms;        /* the last one */
	uv_timer_t pulse;        /* hints, 5 ms after the last at the earliest, and second tries */
	uint64_t pulse_ms;       /* the last one */
	uv_timer_t gather;       /* a small statement waits for company */
	uv_prepare_t settle;     /* before the loop sleeps: relay_settle() */
	void (*flush)(void *arg); /* sends what the sockets want to write; set by wire.c */
	void *flush_arg;
};

void relay_init(struct relay *r, uv_loop_t *loop, const struct options *options, const struct public_url *url, const struct transport *transport);
/* Closes the database's sessions and the timers; every client has been freed. Run the loop afterwards, then relay_fini(). */
void relay_close(struct relay *r);
void relay_fini(struct relay *r);

/* A socket was opened (`foreign_origin` NULL: ours), has sent one whole message, is gone. */
struct client *relay_open(struct relay *r, void *socket, const char *foreign_origin);
void relay_receive(struct relay *r, struct client *client, const char *text, size_t len);
void relay_gone(struct relay *r, struct client **client);

/* What has gathered goes to the database, in one statement, and to the sockets. Call before the loop sleeps, if not the loop itself does. */
void relay_settle(struct relay *r);

/* Puts a client's hello before the database (again), when its turn comes: a few at a time, so that a crowd that comes back at once keeps no message
 * waiting. relay_judge_next() when an answer has come. */
void relay_judge(struct relay *r, struct client *client);
void relay_judge_next(struct relay *r);

/* Tells every socket to come back elsewhere and closes it. */
void relay_drain(struct relay *r);
bool relay_is_drained(const struct relay *r);

#endif
