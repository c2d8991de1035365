/* SPDX-License-Identifier: ISC */
/* Operators: their hello, the chats they own as rooms their sockets follow, and the offers held out to them. What the database says is
 * compared with what the socket was told; the differences are sent. */
#ifndef SWITCHBOARD_RELAY_OPERATOR_H
#define SWITCHBOARD_RELAY_OPERATOR_H

#include "relay/relay.h"

#include <stdbool.h>

#define OFFERS_MAX 64 /* shown on one socket */
#define DESK_MARK_LEN 32

struct seat {
	struct seat *prev, *next; /* of struct relay */
	struct client *client;
	char operator[HINT_OPERATOR_MAX + 1];
	bool bot;                 /* it owns chats by a lease and speaks in turns (bot.h) */
	struct hello *hello;      /* its cursors, until the first chats have come */
	char offers[OFFERS_MAX][UUID_LEN + 1];
	size_t offer_count;
	bool asking, ask_again;
	char mark[DESK_MARK_LEN + 1]; /* of what the sweep saw on this desk last; "": it has been asked since by itself */
	char epoch[UUID_LEN + 1];
};

/* As customer_hello(). */
bool operator_hello(struct relay *r, struct client *client);
/* The socket is gone. */
void operator_gone(struct relay *r, struct client *client);

/* Something changed for this operator (NULL: for all): every socket of his is told the differences. */
void operator_refresh(struct relay *r, const char *operator);

/* Something about this operator changed that no other frame tells: every socket of his is told to ask. */
void operator_tell(struct relay *r, const char *operator);

/* Looks at every desk now and then (what a lost hint can cost), and tells the database of the sessions without sockets. */
void operator_sweep(struct relay *r);
void operator_drop_gone(struct relay *r);

#endif
