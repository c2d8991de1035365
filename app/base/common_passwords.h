/* SPDX-License-Identifier: ISC */
/* Passwords that everybody tries first: data for password.c. */
#ifndef SWITCHBOARD_BASE_COMMON_PASSWORDS_H
#define SWITCHBOARD_BASE_COMMON_PASSWORDS_H

#include <stddef.h>
#include <stdint.h>

/* Sorted: the first six bytes of the SHA-256 of each, in lower case, as a number. */
extern const uint64_t common_passwords[];
extern const size_t common_passwords_count;

#endif
