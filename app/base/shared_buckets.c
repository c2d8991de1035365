/* SPDX-License-Identifier: ISC */
#include "base/shared_buckets.h"

#include "base/secret.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

/* A word: 22 bits of the key's hash, then 42 bits of time in units of 64 µs, which last for nine years of uptime. */
#define TIME_BITS 42
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define UNIT_US 64
#define PLACES 8 /* one cache line */
#define SETS 16384

struct shared_buckets {
	char seed[SECRET_TOKEN_LEN + 1];
	_Alignas(64) _Atomic uint64_t words[SETS][PLACES];
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "without locks, for a process may be killed");

struct shared_buckets *shared_buckets_new(void)
{
	struct shared_buckets *buckets = mmap(NULL, sizeof *buckets, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (buckets == MAP_FAILED)
		return NULL;
	secret_token(buckets->seed);
	return buckets;
}

void shared_buckets_free(struct shared_buckets **buckets)
{
	if (*buckets)
		(void)munmap(*buckets, sizeof **buckets);
	*buckets = NULL;
}

static uint64_t hash_key(const struct shared_buckets *buckets, const void *key, size_t len)
{
	uint8_t text[SECRET_TOKEN_LEN + SHARED_BUCKETS_KEY_MAX], hash[SECRET_BYTES];
	uint64_t value;

	assert(len <= SHARED_BUCKETS_KEY_MAX);
	memcpy(text, buckets->seed, SECRET_TOKEN_LEN);
	memcpy(text + SECRET_TOKEN_LEN, key, len);
	secret_sha256(text, SECRET_TOKEN_LEN + len, hash);
	memcpy(&value, hash, sizeof value);
	return value;
}

/* The key's own place, else the one that is nearest to full. */
static _Atomic uint64_t *find_place(_Atomic uint64_t set[PLACES], uint64_t tag, uint64_t *ret_word)
{
	_Atomic uint64_t *place = &set[0];
	uint64_t word = atomic_load(place);

	for (int i = 0; i < PLACES; i++) {
		uint64_t other = atomic_load(&set[i]);

		if (other >> TIME_BITS == tag && other != 0) {
			*ret_word = other;
			return &set[i];
		}
		if ((other & TIME_MASK) < (word & TIME_MASK)) {
			place = &set[i];
			word = other;
		}
	}
	*ret_word = word;
	return place;
}

bool shared_buckets_take(struct shared_buckets *buckets, const void *key, size_t len, const struct rate *rate, uint64_t now_us, uint32_t *ret_wait_ms)
{
	uint64_t hash, tag, word, next;
	_Atomic uint64_t *place;

	if (rate->count == 0)
		return true;
	hash = hash_key(buckets, key, len);
	tag = hash >> TIME_BITS;
	do {
		struct bucket bucket = { 0 };

		place = find_place(buckets->words[hash % SETS], tag, &word);
		if (word >> TIME_BITS == tag)
			bucket.full_us = (word & TIME_MASK) * UNIT_US;
		if (!bucket_take(&bucket, rate, now_us, ret_wait_ms))
			return false;
		next = tag << TIME_BITS | (bucket.full_us / UNIT_US & TIME_MASK); /* rounded down: never stricter than was said */
	} while (!atomic_compare_exchange_weak(place, &word, next)); /* somebody else was quicker: look again */
	return true;
}
