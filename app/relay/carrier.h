/* SPDX-License-Identifier: ISC */
/* Carries payloads between the relays past the database, by a NATS server: courier_nats.c where the relay was configured with it, courier_none.c where not.
 * It works on threads of its own and speaks to the loop's through mailboxes, so that nothing here ever waits for it. */
#ifndef SWITCHBOARD_RELAY_COURIER_H
#define SWITCHBOARD_RELAY_COURIER_H

#include "base/options.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define COURIER_PAYLOAD_MAX 8192
#define COURIER_OUT_MAX (1024 * 1024)    /* bytes on their way out; more: courier_send() says no */
#define COURIER_IN_MAX (8 * 1024 * 1024) /* bytes heard and not looked at yet; more are dropped, and `lost` says so */

struct courier;

/* All of them on the loop's thread. */
struct courier_events {
	void (*up)(void *arg);                       /* connected, and listening */
	void (*down)(void *arg, const char *reason); /* no longer, or not yet; tries again by itself. What was on its way may be lost */
	void (*came)(void *arg, const char *payload); /* our own come back too */
	void (*lost)(void *arg);                     /* there was no room for some that came */
	void *arg;
};

/* By the options nats_*. `*ret_courier` is NULL where no server is named; STATUS_INVALID: they cannot be meant (logged). `events` is copied. */
enum status MUST_CHECK courier_new(uv_loop_t *loop, const struct options *options, const struct courier_events *events, struct courier **ret_courier);

/* What it says and listens to; connects at the first call and, where the subject is another one now, again. */
void courier_subject(struct courier *c, const char *subject);
/* false: it has no room now. */
bool courier_send(struct courier *c, const char *payload, size_t len);

/* Ends its threads and closes its handle; run the loop afterwards, so that libuv can finish. */
void courier_free(struct courier **courier);

#endif
