/* SPDX-License-Identifier: ISC */
/* How a receiver knows that a request is ours and fresh (deploy/manual/webhooks.md): Switchboard-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">.
 * While a secret is changed there is a v1 of each. */
#ifndef SWITCHBOARD_COURIER_SIGNATURE_H
#define SWITCHBOARD_COURIER_SIGNATURE_H

#include "base/buf.h"

#include <stdint.h>

/* Appends the header's value; `other_secret` and `body` may be NULL. */
void signature_write(struct buf *value, int64_t unix_s, const char *secret, const char *other_secret, const char *body);

#endif
