/* SPDX-License-Identifier: ISC */
#include "relay/bucket.h"

bool bucket_take(struct bucket *bucket, unsigned rate, unsigned burst, uint64_t now_ms, uint32_t *ret_wait_ms)
{
	uint64_t full_us, next_full_us, limit_us;

	if (rate == 0)
		return true;
	/* In thousandths of a millisecond, so that a rate such as 7 a second loses nothing to rounding. */
	full_us = bucket->full_us > now_ms * 1000 ? bucket->full_us : now_ms * 1000;
	next_full_us = full_us + 1000000 / rate;
	limit_us = now_ms * 1000 + (uint64_t)burst * 1000000 / rate;
	if (next_full_us > limit_us) {
		*ret_wait_ms = (uint32_t)((next_full_us - limit_us + 999) / 1000);
		return false;
	}
	bucket->full_us = next_full_us;
	return true;
}

bool bucket_is_full(const struct bucket *bucket, uint64_t now_ms)
{
	return bucket->full_us <= now_ms * 1000;
}
