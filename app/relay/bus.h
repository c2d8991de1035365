/* SPDX-License-Identifier: ISC */
/* The way between relays past the database, where one is configured (carrier.h): who can be reached by it now. It works only while we hear our own words come
 * back, and a relay is reached by it only while it says every second that it hears its own; for everybody else, and for every doubt, there is the database's
 * way (hints.c), on which all listen always. */
#ifndef SWITCHBOARD_RELAY_BUS_H
#define SWITCHBOARD_RELAY_BUS_H

#include "base/buf.h"
#include "base/options.h"
#include "base/status.h"
#include "relay/client.h"
#include "relay/carrier.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define BUS_BEAT_MS 1000
#define BUS_SILENCE_MS 3000 /* who has not been heard for so long is not reached */
#define BUS_RELAY_MAX 15    /* digits of a relay's number */
#define BUS_PEERS_MAX 256   /* further relays are told by the database */
#define BUS_URLS_MAX 16
#define BUS_URL_MAX 255

struct peer;

struct bus_events {
	void (*heard)(void *arg, const char *words);
	void (*works)(void *arg);
	void (*fails)(void *arg, const char *reason); /* what was said lately may not have been heard, by others or by us */
	void (*peer_lost)(void *arg);                 /* the same for one relay: it may not have heard us */
	void *arg;
};

struct bus {
	struct carrier *carrier; /* NULL: none is configured */
	struct bus_events events;
	const struct transport *transport;
	char relay[BUS_RELAY_MAX + 1]; /* ours, "" before it is known */
	bool connected;
	bool works;
	const char *fault;       /* to be told at the next tick */
	uint64_t beat_ms, heard_ms;
	struct peer *peers;
	unsigned long long sent, received, failures;
};

void bus_init(struct bus *b, const struct bus_events *events, const struct transport *transport);
/* By the options nats_*; STATUS_INVALID: they cannot be meant (logged). */
enum status MUST_CHECK bus_open(struct bus *b, uv_loop_t *loop, const struct options *options);
void bus_close(struct bus *b); /* run the loop afterwards */

/* Who we are, and in which life of which database: those of another one do not hear us. */
void bus_register(struct bus *b, const char *relay, const char *epoch);
void bus_tick(struct bus *b); /* a few times a second */
void bus_forgive(struct bus *b, uint64_t gap_ms); /* we were away for so long: the silence is ours */

/* false: by the database. */
bool bus_send(struct bus *b, const char *words);
/* The relays that hear what bus_send() sends, as an array literal. */
void bus_reached(const struct bus *b, struct buf *ret_relays);
/* One says by the database that it hears nothing any more. */
void bus_peer_gone(struct bus *b, uint64_t relay);

/* What the carrier tells (bus_open() sees to it). */
extern const struct carrier_events bus_carrier_events;

/* NULL, or what is wrong with it: nats:// or tls:// URLs of host and port, separated by commas, all with the same scheme. */
const char *bus_url_fault(const char *urls);

#endif
