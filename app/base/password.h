/* SPDX-License-Identifier: ISC */
/* Operator passwords: yescrypt ($y$) through crypt(3). One hash costs about 25 ms of CPU and 4 MiB, on purpose.
 *
 * The policy (password_fault) holds wherever one is set: 8 to 256, 15 or more recommended, no rules of composition, none of the 3,000 that are tried first. */
#ifndef SWITCHBOARD_BASE_PASSWORD_H
#define SWITCHBOARD_BASE_PASSWORD_H

#include "base/status.h"

#include <stdbool.h>

#define PASSWORD_MIN 8   /* code points */
#define PASSWORD_MAX 256 /* bytes */
#define PASSWORD_HASH_SIZE 384

/* What keeps it from being set: "short", "long", "no_text" (not UTF-8), "common"; NULL when it is good. For answers with a field: the word is constant. */
const char *password_fault(const char *password);
/* The same as a sentence for people; NULL for NULL. */
const char *password_fault_sentence(const char *fault);

/* STATUS_INVALID for what password_fault() finds fault with. */
enum status MUST_CHECK password_hash(const char *password, char ret_hash[PASSWORD_HASH_SIZE]);

/* Always computes exactly one hash: where `hash` is NULL (no such operator) a dummy of the same cost is hashed and the answer is
 * false, so that an unknown name costs what a known one does. */
bool MUST_CHECK password_verify(const char *password, const char *hash);

/* Hashes computed by this process since start (tests count them: ACCEPTANCE P44). */
unsigned long long password_hashes_computed(void);

#endif
