/* SPDX-License-Identifier: ISC */
/* Memory that is there or the process is not: what a stranger can make large is bounded before it gets here, so running out is no
 * input error but the end (a supervisor starts a clean process). None of these returns NULL; free() gives the memory back. */
#ifndef SWITCHBOARD_BASE_ALLOC_H
#define SWITCHBOARD_BASE_ALLOC_H

#include <stddef.h>

void *alloc_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
void *alloc_grow(void *memory, size_t count, size_t size) __attribute__((returns_nonnull, warn_unused_result)); /* like reallocarray(3) */
void alloc_check(const void *memory); /* what a library gave: NULL, where that can only mean that there is no memory, is the end, too */
char *alloc_copy_str(const char *str) __attribute__((malloc, returns_nonnull, warn_unused_result));

#endif
