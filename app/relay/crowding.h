/* SPDX-License-Identifier: ISC */
/* Who may still come when there are many, and what is given up first.
 *
 * New sockets are refused (503 at the handshake: browsers back off and come again) when their address has as many as it may, when more come at once than are taken
 * in (a storm of reconnects), when descriptors or memory run short, or when a quarter of what may wait for the database does wait. From a half on nobody is told who
 * types. Sockets that are there stay, and what they send is stored; when all of it waits, customers' messages are answered `unavailable` and stay in their
 * outboxes, while operators still have a quarter more (batch.h). */
#ifndef SWITCHBOARD_RELAY_CROWDING_H
#define SWITCHBOARD_RELAY_CROWDING_H

#include "base/bucket.h"
#include "base/network.h"
#include "base/options.h"
#include "relay/batch.h"

struct peer; /* an address with open sockets */

struct crowding {
	const struct batch *batch;
	const struct transport *transport;
	struct networks exempt;
	struct peer *peers;
	unsigned sockets_per_address; /* 0: no limit */
	struct rate arrivals;
	struct bucket arrived;
	uint64_t memory_max_bytes; /* 0: no limit */
	bool heavy;                /* more than that */
	uint64_t told_ms;
	unsigned long long refused;
};

/* STATUS_INVALID: limit_exempt is no list of networks (logged). */
enum status MUST_CHECK crowding_init(struct crowding *c, const struct options *options, const struct batch *batch, const struct transport *transport);
void crowding_fini(struct crowding *c); /* everybody has left */

/* Judges a handshake; `open` of `max` connections are there. The address is that of X-Real-IP, which the web server sets; NULL or none: not counted by address. */
bool crowding_admits(struct crowding *c, const char *address, size_t open, size_t max);

/* A socket of this address, from its upgrade to its end. */
struct peer *crowding_enter(struct crowding *c, const char *address);
void crowding_leave(struct crowding *c, struct peer **peer);

/* Looks at the memory; call about once a second. */
void crowding_look(struct crowding *c);
bool crowding_drops_typing(const struct crowding *c);

#endif
