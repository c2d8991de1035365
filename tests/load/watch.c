/* SPDX-License-Identifier: ISC */
#include "watch.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NS 1000000000

void watch_read(struct watch *watch, const char *list)
{
	char *end;

	for (const char *at = list; *at && watch->count < WATCH_MAX; at = *end ? end + 1 : end)
		watch->processes[watch->count++] = strtol(at, &end, 10);
}

static FILE *open_proc(long process, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%ld/%s", process, name);
	return fopen(path, "re");
}

static double computed_by(long process)
{
	uint64_t ns = 0;
	FILE *file = open_proc(process, "schedstat");

	if (!file)
		return 0; /* it has ended */
	if (fscanf(file, "%" SCNu64, &ns) != 1)
		ns = 0;
	fclose(file);
	return (double)ns / NS;
}

void watch_begin(struct watch *watch)
{
	for (unsigned i = 0; i < watch->count; i++)
		watch->began_s[i] = computed_by(watch->processes[i]);
}

struct computed watch_end(const struct watch *watch)
{
	struct computed sum = { 0 };

	for (unsigned i = 0; i < watch->count; i++) {
		double now_s = computed_by(watch->processes[i]);

		if (now_s > watch->began_s[i])
			*(i == 0 ? &sum.relay_s : &sum.server_s) += now_s - watch->began_s[i];
	}
	return sum;
}

double watch_resident_kb(const struct watch *watch)
{
	FILE *file = open_proc(watch->processes[0], "statm");
	double pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%*s %lf", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (double)sysconf(_SC_PAGESIZE) / 1024;
}
