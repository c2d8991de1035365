/* SPDX-License-Identifier: ISC */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die_if(int missing)
{
	static const char line[] = "level=error event=\"out of memory\"\n";

	if (missing) {
		if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
			_exit(70);
		abort();
	}
}

void *alloc_zero(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);

	die_if(!memory);
	return memory;
}

void *alloc_grow(void *memory, size_t count, size_t size)
{
	void *grown = reallocarray(memory, count ? count : 1, size ? size : 1);

	die_if(!grown);
	return grown;
}

void alloc_check(const void *memory)
{
	die_if(!memory);
}

char *alloc_copy_str(const char *str)
{
	char *copy = strdup(str);

	die_if(!copy);
	return copy;
}
