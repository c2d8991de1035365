/* SPDX-License-Identifier: ISC */
/* Operator passwords: yescrypt ($y$) through crypt(3). One hash costs about 25 ms of CPU and 4 MiB, on purpose. */
#ifndef SWITCHBOARD_BASE_PASSWORD_H
#define SWITCHBOARD_BASE_PASSWORD_H

#include "base/status.h"

#include <stdbool.h>

#define PASSWORD_MIN 8   /* code points */
#define PASSWORD_MAX 256 /* bytes */
#define PASSWORD_HASH_SIZE 384

enum status MUST_CHECK password_hash(const char *password, char ret_hash[PASSWORD_HASH_SIZE]);

/* Always computes exactly one hash: where `hash` is NULL (no such operator) a dummy of the same cost is hashed and the answer is
 * false, so that an unknown name costs what a known one does. */
bool MUST_CHECK password_verify(const char *password, const char *hash);

/* Hashes computed by this process since start (tests count them: ACCEPTANCE P44). */
unsigned long long password_hashes_computed(void);

#endif
