/* SPDX-License-Identifier: ISC */
#include "times.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

void times_add(struct times *times, uint64_t ns)
{
	if (times->count == times->size) {
		times->size = times->size ? times->size * 2 : 65536;
		times->us = reallocarray(times->us, times->size, sizeof *times->us);
		if (!times->us)
			err(1, "memory");
	}
	times->us[times->count++] = (uint32_t)(ns / 1000);
}

static int compare_times(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double quantile_ms(const struct times *times, double share)
{
	size_t at = (size_t)((double)times->count * share);

	return times->count ? times->us[at < times->count ? at : times->count - 1] / 1000.0 : 0;
}

void times_print(const char *name, struct times *times)
{
	if (times->count > 0)
		qsort(times->us, times->count, sizeof *times->us, compare_times);
	printf(",\"%s_p50_ms\":%.3f,\"%s_p99_ms\":%.3f", name, quantile_ms(times, 0.5), name, quantile_ms(times, 0.99));
}

void times_free(struct times *times)
{
	free(times->us);
	*times = (struct times){ 0 };
}
