/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_API_CANONICAL_H
#define SWITCHBOARD_API_CANONICAL_H

#include "base/json.h"
#include "base/secret.h"

#include <stdint.h>

/* A hash that is the same for two JSON values that mean the same: members sorted by name, no white space. Tells a repeated request from another one
 * with the same key. */
void canonical_hash(struct json_object *value, uint8_t ret_hash[SECRET_BYTES]);

#endif
