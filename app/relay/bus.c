/* SPDX-License-Identifier: ISC */
#include "relay/bus.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "db/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A relay that has said that it hears. */
struct peer {
	UT_hash_handle hh;
	char relay[BUS_RELAY_MAX + 1];
	uint64_t heard_ms;
};

/* ---- who is reached ----------------------------------------------------------------------------------------- */

static void peer_drop(struct bus *b, struct peer *peer)
{
	HASH_DEL(b->peers, peer);
	free(peer);
}

static void peers_drop(struct bus *b)
{
	struct peer *peer, *next;

	HASH_ITER(hh, b->peers, peer, next)
		peer_drop(b, peer);
}

static void peer_heard(struct bus *b, const char *relay, bool hears)
{
	struct peer *peer;

	HASH_FIND_STR(b->peers, relay, peer);
	if (peer && !hears) {
		peer_drop(b, peer);
		if (b->works)
			b->events.peer_lost(b->events.arg);
		return;
	}
	if (!hears)
		return;
	if (!peer) {
		if (HASH_COUNT(b->peers) == BUS_PEERS_MAX)
			return;
		peer = alloc_zero(1, sizeof *peer);
		(void)snprintf(peer->relay, sizeof peer->relay, "%s", relay);
		HASH_ADD_STR(b->peers, relay, peer);
	}
	peer->heard_ms = b->transport->now_ms();
}

void bus_peer_gone(struct bus *b, uint64_t relay)
{
	char text[BUS_RELAY_MAX + 8];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)relay);
	peer_heard(b, text, false);
}

void bus_reached(const struct bus *b, struct buf *ret_relays)
{
	struct peer *peer, *next;

	buf_init(ret_relays, BUS_PEERS_MAX * (BUS_RELAY_MAX + 4) + 16);
	array_begin(ret_relays);
	if (b->works)
		HASH_ITER(hh, b->peers, peer, next)
			array_add_text(ret_relays, peer->relay);
	array_end(ret_relays);
}

/* ---- does it work ------------------------------------------------------------------------------------------- */

static void fail(struct bus *b, const char *reason)
{
	bool worked = b->works || b->fault;

	b->works = false;
	b->fault = NULL;
	peers_drop(b);
	if (!worked)
		return;
	b->failures++;
	b->events.fails(b->events.arg, reason);
}

static bool say(struct bus *b, const char *words)
{
	char payload[CARRIER_PAYLOAD_MAX];
	int len = snprintf(payload, sizeof payload, "n:%s:%d%s%s", b->relay, b->works, words[0] ? " " : "", words);

	return len > 0 && (size_t)len < sizeof payload && carrier_send(b->carrier, payload, (size_t)len);
}

static void beat(struct bus *b)
{
	b->beat_ms = b->transport->now_ms();
	(void)say(b, "");
}

/* One of our own has come back. */
static void heard_ourselves(struct bus *b)
{
	b->heard_ms = b->transport->now_ms();
	if (b->works || b->fault || !b->connected)
		return;
	b->works = true;
	beat(b); /* the others learn it at once */
	b->events.works(b->events.arg);
}

void bus_tick(struct bus *b)
{
	uint64_t now_ms = b->transport->now_ms();
	struct peer *peer, *next;
	bool lost = false;

	if (b->fault)
		fail(b, b->fault);
	if (!b->connected)
		return;
	if (now_ms - b->beat_ms >= BUS_BEAT_MS)
		beat(b);
	if (b->works && now_ms - b->heard_ms > BUS_SILENCE_MS)
		fail(b, "what we say does not come back");
	HASH_ITER(hh, b->peers, peer, next) {
		if (now_ms - peer->heard_ms <= BUS_SILENCE_MS)
			continue;
		peer_drop(b, peer);
		lost = true;
	}
	if (lost && b->works)
		b->events.peer_lost(b->events.arg);
}

void bus_forgive(struct bus *b, uint64_t gap_ms)
{
	struct peer *peer, *next;

	b->heard_ms += gap_ms;
	HASH_ITER(hh, b->peers, peer, next)
		peer->heard_ms += gap_ms;
}

/* ---- words -------------------------------------------------------------------------------------------------- */

bool bus_send(struct bus *b, const char *words)
{
	if (!b->works)
		return false;
	if (!say(b, words)) {
		b->works = false; /* not from under the feet of who wants to say something */
		b->fault = "it takes nothing";
		return false;
	}
	b->sent++;
	return true;
}

/* Each payload begins with who says it and whether it hears: n:<relay>:<0|1> */
static void came(struct bus *b, const char *payload)
{
	char relay[BUS_RELAY_MAX + 1];
	size_t digits;
	const char *rest;

	if (strncmp(payload, "n:", 2) != 0)
		return;
	digits = strspn(payload + 2, "0123456789");
	rest = payload + 2 + digits;
	if (digits == 0 || digits > BUS_RELAY_MAX || rest[0] != ':' || (rest[1] != '0' && rest[1] != '1') || (rest[2] != '\0' && rest[2] != ' '))
		return;
	memcpy(relay, payload + 2, digits);
	relay[digits] = '\0';
	if (strcmp(relay, b->relay) == 0) {
		heard_ourselves(b);
		return;
	}
	peer_heard(b, relay, rest[1] == '1');
	if (rest[2] == '\0')
		return;
	b->received++;
	b->events.heard(b->events.arg, rest + 3);
}

/* ---- the carrier -------------------------------------------------------------------------------------------- */

static void on_up(void *arg)
{
	struct bus *b = arg;

	b->connected = true;
	beat(b);
}

static void on_down(void *arg, const char *reason)
{
	struct bus *b = arg;

	b->connected = false;
	fail(b, reason);
}

static void on_came(void *arg, const char *payload)
{
	came(arg, payload);
}

static void on_lost(void *arg)
{
	fail(arg, "more came than there was room for");
}

const struct carrier_events bus_carrier_events = { .up = on_up, .down = on_down, .came = on_came, .lost = on_lost };

/* ---- life --------------------------------------------------------------------------------------------------- */

void bus_init(struct bus *b, const struct bus_events *events, const struct transport *transport)
{
	*b = (struct bus){ .events = *events, .transport = transport };
}

enum status bus_open(struct bus *b, uv_loop_t *loop, const struct options *options)
{
	struct carrier_events events = bus_carrier_events;

	events.arg = b;
	return carrier_new(loop, options, &events, &b->carrier);
}

void bus_close(struct bus *b)
{
	b->works = b->connected = false;
	b->fault = NULL;
	carrier_free(&b->carrier);
	peers_drop(b);
}

void bus_register(struct bus *b, const char *relay, const char *epoch)
{
	char subject[64];

	(void)snprintf(b->relay, sizeof b->relay, "%s", relay);
	(void)snprintf(subject, sizeof subject, "switchboard.hints.%s", epoch);
	if (b->carrier)
		carrier_subject(b->carrier, subject);
}

/* ---- where it is -------------------------------------------------------------------------------------------- */

static const char *host_fault(const char *at, size_t len)
{
	const char *colon = memchr(at, ':', len);
	size_t host = colon ? (size_t)(colon - at) : len;

	if (memchr(at, '@', len))
		return "a password does not stand in a URL: put it into nats_credentials_file";
	if (host == 0 || strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") < host)
		return "a URL is nats://HOST:PORT or tls://HOST:PORT";
	if (colon) {
		size_t digits = len - host - 1;

		if (digits == 0 || digits > 5 || strspn(colon + 1, "0123456789") < digits || strtol(colon + 1, NULL, 10) > 65535 || strtol(colon + 1, NULL, 10) < 1)
			return "a port is a number from 1 to 65535";
	}
	return NULL;
}

const char *bus_url_fault(const char *urls)
{
	size_t scheme = strncmp(urls, "tls://", 6) == 0 ? 6 : 7;
	size_t count = 0;

	for (const char *at = urls;; at++) {
		size_t len = strcspn(at, ",");
		const char *fault;

		if (len <= scheme || strncmp(at, scheme == 6 ? "tls://" : "nats://", scheme) != 0)
			return "it is nats://HOST:PORT or tls://HOST:PORT, or several of one kind with commas between them";
		if (len > BUS_URL_MAX || ++count > BUS_URLS_MAX)
			return "that is too long";
		fault = host_fault(at + scheme, len - scheme);
		if (fault)
			return fault;
		at += len;
		if (*at == '\0')
			return NULL;
	}
}
