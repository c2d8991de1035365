/* SPDX-License-Identifier: ISC */
/* The relay's own life in the database: registering, the heartbeat that renews the operators' leases and names the sessions that are over,
 * and the list of origins. */
#ifndef SWITCHBOARD_RELAY_BEAT_H
#define SWITCHBOARD_RELAY_BEAT_H

#include "relay/relay.h"

/* The session is up: registers this relay (which makes the session listen) and, when that is answered, calls `ready`. */
void beat_register(struct relay *r, void (*ready)(struct relay *r));

/* Every ten seconds; `now` at once (somebody's sessions changed). */
void beat_sweep(struct relay *r, bool now);

#endif
