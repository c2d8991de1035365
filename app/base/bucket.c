/* SPDX-License-Identifier: ISC */
#include "base/bucket.h"

bool bucket_take(struct bucket *bucket, const struct rate *rate, uint64_t now_us, uint32_t *ret_wait_ms)
{
	uint64_t full_us, next_full_us, limit_us, each_us;

	if (rate->count == 0)
		return true;
	each_us = (uint64_t)rate->per_s * 1000000 / rate->count;
	full_us = bucket->full_us > now_us ? bucket->full_us : now_us;
	next_full_us = full_us + each_us;
	limit_us = now_us + rate->burst * each_us;
	if (next_full_us > limit_us) {
		*ret_wait_ms = (uint32_t)((next_full_us - limit_us + 999) / 1000);
		return false;
	}
	bucket->full_us = next_full_us;
	return true;
}

bool bucket_is_full(const struct bucket *bucket, uint64_t now_us)
{
	return bucket->full_us <= now_us;
}
