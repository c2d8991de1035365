/* SPDX-License-Identifier: ISC */
/* Carries payloads between the relays past the database, by a NATS server: carrier_nats.c where the relay was configured with it, carrier_none.c where not.
 * It works on threads of its own and speaks to the loop's through mailboxes, so that nothing here ever waits for it. */
#ifndef SWITCHBOARD_RELAY_CARRIER_H
#define SWITCHBOARD_RELAY_CARRIER_H

#include "base/options.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define CARRIER_PAYLOAD_MAX 8192
#define CARRIER_OUT_MAX (1024 * 1024)    /* bytes on their way out; more: carrier_send() says no */
#define CARRIER_IN_MAX (8 * 1024 * 1024) /* bytes heard and not looked at yet; more are dropped, and `lost` says so */

struct carrier;

/* All of them on the loop's thread. */
struct carrier_events {
	void (*up)(void *arg);                       /* connected, and listening */
	void (*down)(void *arg, const char *reason); /* no longer, or not yet; tries again by itself. What was on its way may be lost */
	void (*came)(void *arg, const char *payload); /* our own come back too */
	void (*lost)(void *arg);                     /* there was no room for some that came */
	void *arg;
};

/* By the options nats_*. `*ret_carrier` is NULL where no server is named; STATUS_INVALID: they cannot be meant (logged). `events` is copied. */
enum status MUST_CHECK carrier_new(uv_loop_t *loop, const struct options *options, const struct carrier_events *events, struct carrier **ret_carrier);

/* What it says and listens to; connects at the first call and, where the subject is another one now, again. */
void carrier_subject(struct carrier *c, const char *subject);
/* false: it has no room now. */
bool carrier_send(struct carrier *c, const char *payload, size_t len);

/* Ends its threads and closes its handle; run the loop afterwards, so that libuv can finish. */
void carrier_free(struct carrier **carrier);

#endif
