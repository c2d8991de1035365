/* SPDX-License-Identifier: ISC */
/* One connection as libwebsockets has it, from its upgrade on: how it is written to and how it is closed. wire.c opens it and reads from it; nobody else
 * looks in here. */
#ifndef SWITCHBOARD_RELAY_SOCKET_H
#define SWITCHBOARD_RELAY_SOCKET_H

#include "base/buf.h"
#include "relay/listen.h"
#include "relay/relay.h"

#include <libwebsockets.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct wire {
	struct relay *relay;
	uv_loop_t *loop;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct listener listener;
	struct buf out;
	struct socket *ready; /* what they have to send goes out before the loop sleeps; each once */
	unsigned turn;        /* of flush() */
	unsigned arrivals;    /* and departures, since the last flush() */
	lws_sorted_usec_list_t beat; /* poll loop only: lets libuv's timers run */
	bool use_libuv, stopped, waking;
	lws_retry_bo_t no_keepalive;
};

/* One connection, from its upgrade on; lives in the library's per-session memory, zeroed. */
struct socket {
	struct lws *wsi;
	struct wire *wire;
	struct client *client;
	struct peer *peer; /* crowding.h */
	struct socket *prev, *next; /* in wire->ready */
	bool ready;
	unsigned turn, frames; /* so many frames in that turn */
	char *text; /* a message in more than one piece */
	size_t len, size;
	unsigned fragments;
	int close_code; /* 0: open */
	bool closing;   /* either side's Close frame is under way: the library's business */
	bool ping_due;
};

/* A timer set outside the library's own callbacks is armed only at its next turn: makes it take one. */
void wire_wake(struct wire *wire);
/* Sends what has gathered: before the loop sleeps. */
void wire_flush(struct wire *wire);

/* The message in pieces is forgotten. */
void socket_text_free(struct socket *s);
/* The relay has nothing to do with it any more. */
void socket_detach(struct socket *s);
/* To be returned from RECEIVE or TIMER, and from nowhere else. */
int socket_close_now(struct socket *s, int code);
/* The kernel takes more. */
void socket_writeable(struct socket *s);

#endif
