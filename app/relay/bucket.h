/* SPDX-License-Identifier: ISC */
/* A token bucket: `burst` at once, then `rate` a second. */
#ifndef SWITCHBOARD_RELAY_BUCKET_H
#define SWITCHBOARD_RELAY_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	uint64_t full_us; /* when it would be full again, nothing taken meanwhile, in microseconds; 0 = full */
};

/* Takes one token. Without one: false, and `*ret_wait_ms` says when there will be. rate 0 = no limit. */
bool bucket_take(struct bucket *bucket, unsigned rate, unsigned burst, uint64_t now_ms, uint32_t *ret_wait_ms);
bool bucket_is_full(const struct bucket *bucket, uint64_t now_ms);

#endif
