/* SPDX-License-Identifier: ISC */
/* Is a customer still let in? A hello was judged once; a token can be replaced or a chat erased afterwards. Each customer's socket is looked at again every
 * `token_check_s`, many in one statement and on the session that no message waits for, and at once when a hint says that its token has changed. */
#ifndef SWITCHBOARD_RELAY_ACCESS_H
#define SWITCHBOARD_RELAY_ACCESS_H

#include "db/pipe.h"
#include "relay/client.h"
#include "relay/room.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCESS_MAX 1000 /* sockets of one statement */

struct access {
	struct pipe *pipe;
	struct clients *clients;
	struct rooms *rooms;
	const struct transport *transport;
	struct deadline_line line;   /* of everybody, in turn */
	struct deadline_line urgent; /* first */
	uint64_t asked_ms;
	uint64_t rest_until_ms;      /* the last statement failed */
	bool flying;
	size_t count;                /* of the statement under way … */
	uint64_t ids[ACCESS_MAX];    /* … the clients, as the answer counts them */
	unsigned long long statements, revoked;
};

void access_init(struct access *a, struct pipe *pipe, struct clients *clients, struct rooms *rooms, const struct limits *limits);

/* This customer has just been let in. */
void access_watch(struct access *a, struct client *client);
/* Somebody says that the token of this chat has changed. */
void access_changed(struct access *a, const char *chat);
/* Asks for those whose turn has come; call a few times a second. */
void access_sweep(struct access *a);

#endif
