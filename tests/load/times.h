/* SPDX-License-Identifier: ISC */
/* Many durations, for their quantiles. */
#ifndef SWITCHBOARD_LOAD_TIMES_H
#define SWITCHBOARD_LOAD_TIMES_H

#include <stddef.h>
#include <stdint.h>

struct times {
	uint32_t *us;
	size_t count, size;
};

void times_add(struct times *times, uint64_t ns);
/* Puts them in order. As members of a JSON object: ,"name_p50_ms":…,"name_p99_ms":… */
void times_print(const char *name, struct times *times);
void times_free(struct times *times);

#endif
