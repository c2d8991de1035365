/* SPDX-License-Identifier: ISC */
#include "relay/crowding.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TELL_EVERY_MS 10000
#define RESERVE_PART 16 /* of the descriptors, to answer those who are refused */

struct peer {
	uint8_t key[NETWORK_KEY_BYTES];
	unsigned sockets;
	uint64_t told_ms;
	UT_hash_handle hh;
};

enum status crowding_init(struct crowding *c, const struct options *options, const struct batch *batch, const struct transport *transport)
{
	const char *exempt = option_str(options, "limit_exempt");

	*c = (struct crowding){
		.batch = batch,
		.transport = transport,
		.sockets_per_address = (unsigned)option_int(options, "sockets_per_address"),
		.arrivals = { .count = (unsigned)option_int(options, "sockets_per_second"), .per_s = 1, .burst = (unsigned)option_int(options, "sockets_burst") },
		.memory_max_bytes = (uint64_t)option_int(options, "relay_memory_max_mib") * 1024 * 1024,
	};
	if (networks_parse(exempt ? exempt : "", &c->exempt) == STATUS_OK)
		return STATUS_OK;
	log_event(LOG_LEVEL_ERROR, "bad_limit_exempt", "limit_exempt", exempt, NULL);
	return STATUS_INVALID;
}

void crowding_fini(struct crowding *c)
{
	struct peer *peer, *next;

	HASH_ITER(hh, c->peers, peer, next) {
		HASH_DEL(c->peers, peer);
		free(peer);
	}
}

static bool is_due(uint64_t *told_ms, uint64_t now_ms)
{
	if (*told_ms != 0 && now_ms - *told_ms < TELL_EVERY_MS)
		return false;
	*told_ms = now_ms;
	return true;
}

static struct peer *find_peer(const struct crowding *c, const char *address)
{
	uint8_t key[NETWORK_KEY_BYTES];
	struct peer *peer;

	network_key(address, key);
	HASH_FIND(hh, c->peers, key, sizeof key, peer);
	return peer;
}

static bool has_its_share(const struct crowding *c, const char *address)
{
	struct peer *peer = c->sockets_per_address > 0 ? find_peer(c, address) : NULL;

	if (!peer || peer->sockets < c->sockets_per_address)
		return false;
	if (is_due(&peer->told_ms, c->transport->now_ms()))
		log_security(LOG_LEVEL_WARN, "limit reached", "address", address, "what", "sockets_per_address", NULL);
	return true;
}

/* Part of what may wait for the database, in hundredths. */
static size_t pressure(const struct batch *b)
{
	size_t rows = b->waiting_count * 100 / b->limits->batch_rows, bytes = b->waiting_bytes * 100 / b->limits->batch_bytes;

	return rows > bytes ? rows : bytes;
}

static const char *why_full(struct crowding *c, size_t open, size_t max)
{
	uint32_t wait_ms;

	if (open > max - max / RESERVE_PART)
		return "descriptors";
	if (c->heavy)
		return "memory";
	if (pressure(c->batch) >= 25)
		return "database";
	return bucket_take(&c->arrived, &c->arrivals, c->transport->now_us(), &wait_ms) ? NULL : "arrivals";
}

bool crowding_admits(struct crowding *c, const char *address, size_t open, size_t max)
{
	const char *why;

	if (!networks_contain(&c->exempt, address) && has_its_share(c, address)) {
		c->refused++;
		return false;
	}
	why = why_full(c, open, max);
	if (!why)
		return true;
	c->refused++;
	if (is_due(&c->told_ms, c->transport->now_ms()))
		log_count(LOG_LEVEL_WARN, "sockets_refused", "so_far", (long long)c->refused, "why", why, NULL);
	return false;
}

struct peer *crowding_enter(struct crowding *c, const char *address)
{
	struct peer *peer;

	if (!address || networks_contain(&c->exempt, address))
		return NULL;
	peer = find_peer(c, address);
	if (!peer) {
		peer = alloc_zero(1, sizeof *peer);
		network_key(address, peer->key);
		HASH_ADD(hh, c->peers, key, sizeof peer->key, peer);
	}
	peer->sockets++;
	return peer;
}

void crowding_leave(struct crowding *c, struct peer **pointer)
{
	struct peer *peer = *pointer;

	*pointer = NULL;
	if (!peer || --peer->sockets > 0)
		return;
	HASH_DEL(c->peers, peer);
	free(peer);
}

/* Of this process, as the kernel counts it; 0 when it does not say. */
static uint64_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long size, resident = 0;
	bool read = file && fscanf(file, "%llu %llu", &size, &resident) == 2;

	if (file)
		(void)fclose(file);
	return read ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void crowding_look(struct crowding *c)
{
	bool heavy = c->memory_max_bytes > 0 && resident_bytes() > c->memory_max_bytes;

	if (heavy != c->heavy)
		log_event(heavy ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, heavy ? "memory_short" : "memory_enough", NULL);
	c->heavy = heavy;
}

bool crowding_drops_typing(const struct crowding *c)
{
	return pressure(c->batch) >= 50;
}
