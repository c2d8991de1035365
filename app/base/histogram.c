/* SPDX-License-Identifier: ISC */
#include "base/histogram.h"

void histogram_note(struct histogram *h, double value)
{
	size_t i = 0;

	while (i < h->buckets->count && value > h->buckets->bounds[i])
		i++;
	h->counts[i]++;
	h->sum += value;
}

void histogram_note_us(struct histogram *h, uint64_t began_us, uint64_t ended_us)
{
	histogram_note(h, ended_us > began_us ? (double)(ended_us - began_us) / 1e6 : 0);
}
