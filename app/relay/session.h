/* SPDX-License-Identifier: ISC */
/* What a socket is sent next: control frames first, then its rooms in turn. */
#ifndef SWITCHBOARD_RELAY_SESSION_H
#define SWITCHBOARD_RELAY_SESSION_H

#include "base/buf.h"
#include "relay/client.h"

#include <stdbool.h>

/* The socket is writable: appends the next frame to `b`. false: nothing to send. A closing socket that has nothing left is closed. */
bool session_next_frame(struct client *c, struct buf *b);

/* The database has let a judged client in: `ready` goes out and the hello is forgotten. */
void session_welcome(struct client *c, const char *epoch);
/* … or not: closes with what the problem means. With the database gone in between, the client waits on, to be judged again. */
void session_refuse(struct client *c, const struct problem *problem, bool database_up);

/* Leaves all rooms. */
void session_end(struct client *c);

#endif
