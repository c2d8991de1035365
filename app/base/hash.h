/* SPDX-License-Identifier: ISC */
/* uthash, which ends the process without a word when it gets no memory for its buckets: here it says so, as everything else does. */
#ifndef SWITCHBOARD_BASE_HASH_H
#define SWITCHBOARD_BASE_HASH_H

#include "base/alloc.h"

#define uthash_fatal(msg) alloc_check(NULL)
#include <uthash.h>

#endif
