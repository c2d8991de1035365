/* SPDX-License-Identifier: ISC */
/* A fuzz target reads bytes as a stranger would send them and holds what the module promises of any input: fuzz_holds() ends the process when it does not.
 * Linked with replay.c it plays files (make check), with clang's libFuzzer it looks for new ones (tests/soak/fuzz.mjs). */
#ifndef SWITCHBOARD_TESTS_FUZZ_H
#define SWITCHBOARD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define fuzz_holds(condition)                                                            \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                         \
		}                                                                        \
	} while (0)

/* The input as a string of its own length (a read behind it is found), up to its first NUL; to be freed. */
char *fuzz_string(const uint8_t *data, size_t size);

/* Takes the input up to and without `separator` off its front, as fuzz_string() does; the rest is left in `*data`, `*size`. */
char *fuzz_take(const uint8_t **data, size_t *size, char separator);

#endif
