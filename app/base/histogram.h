/* SPDX-License-Identifier: ISC */
/* How many values fell into which bucket, for metrics.h. Noting one costs a few comparisons and two additions; nothing is allocated, and one
 * that a struct literal made, `.buckets` set and the rest zero, is ready. */
#ifndef SWITCHBOARD_BASE_HISTOGRAM_H
#define SWITCHBOARD_BASE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS_MAX 15

struct buckets {
	size_t count;
	double bounds[HISTOGRAM_BUCKETS_MAX]; /* the largest value of each, rising; what is larger than the last one has a bucket of its own */
};

struct histogram {
	const struct buckets *buckets;
	double sum;
	uint64_t counts[HISTOGRAM_BUCKETS_MAX + 1];
};

void histogram_note(struct histogram *h, double value);
void histogram_note_us(struct histogram *h, uint64_t began_us, uint64_t ended_us); /* as seconds; an end before the beginning is 0 */

#endif
