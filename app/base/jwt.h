/* SPDX-License-Identifier: ISC */
/* JSON Web Tokens of one kind: RFC 7515 compact form, signed with HS256 and nothing else. Says what is in a token that somebody with one of the secrets has
 * made; what the claims mean, and until when they hold, is the caller's matter. */
#ifndef SWITCHBOARD_BASE_JWT_H
#define SWITCHBOARD_BASE_JWT_H

#include "base/json.h"

#include <stddef.h>

#define JWT_MAX_BYTES 4096 /* of the token; a longer one is not looked at */

/* NULL when the token is good: `*ret_claims` (owned by the caller) is its payload and `*ret_secret` says which of the secrets signed it. Else what is wrong, a
 * constant for the log; nothing of the token is believed before its signature. Every secret is tried, in constant time; a NULL or empty one matches nothing. */
const char *jwt_open(const char *token, const char *const *secrets, size_t count, struct json_object **ret_claims, size_t *ret_secret);

#endif
