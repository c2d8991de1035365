/* SPDX-License-Identifier: ISC */
/* A token bucket as the generic cell rate algorithm keeps it (virtual scheduling, ITU-T I.371, annex A): one time instead of a count and a time. Nothing has to
 * run while nobody asks, and a bucket that is full again is as good as none. */
#ifndef SWITCHBOARD_BASE_BUCKET_H
#define SWITCHBOARD_BASE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

/* `burst` at once, then `count` each `per_s` seconds; count 0 = no limit. */
struct rate {
	unsigned count, per_s, burst;
};

struct bucket {
	uint64_t full_us; /* when it would be full again, nothing taken meanwhile, in microseconds; 0 = full */
};

/* Takes one token. Without one: false, and `*ret_wait_ms` says when there will be. */
bool bucket_take(struct bucket *bucket, const struct rate *rate, uint64_t now_us, uint32_t *ret_wait_ms);
bool bucket_is_full(const struct bucket *bucket, uint64_t now_us);

#endif
