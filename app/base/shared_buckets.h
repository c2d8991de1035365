/* SPDX-License-Identifier: ISC */
/* Buckets by key that processes share: made by a parent before it forks, gone with the last of them.
 *
 * A bucket is one word: who it belongs to and when it will be full again. It changes by one compare-and-swap, so there is no lock to be left held and nothing
 * half done, at whatever instruction a process is killed.
 *
 * The table has a fixed size. A key may stand in eight places, which its hash names under a random seed, so that nobody can choose addresses that share their
 * places with somebody else's. Where a newcomer finds all eight taken, the bucket that is nearest to full is forgotten: mostly one that is full again, which is
 * as good as none; under an attack by more addresses than there is room for, one of somebody who then has his whole burst once more. So strangers can make
 * somebody else's limit laxer, never stricter; only two keys of the same 36 bits (one pair in seventy thousand million) would share a bucket. */
#ifndef SWITCHBOARD_BASE_SHARED_BUCKETS_H
#define SWITCHBOARD_BASE_SHARED_BUCKETS_H

#include "base/bucket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHARED_BUCKETS_KEY_MAX 64 /* bytes */

struct shared_buckets;

/* Room for 131,072 buckets in 1 MiB. NULL when the system has no memory for it. */
struct shared_buckets *shared_buckets_new(void);
void shared_buckets_free(struct shared_buckets **buckets);

/* As bucket_take(), of the bucket of this key; what is limited differently must differ in its key. `now_us`: of CLOCK_MONOTONIC, which all processes share. */
bool shared_buckets_take(struct shared_buckets *buckets, const void *key, size_t len, const struct rate *rate, uint64_t now_us, uint32_t *ret_wait_ms);

#endif
