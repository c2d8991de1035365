/* SPDX-License-Identifier: ISC */
/* Who made the browser send this: the Origin header, and Sec-Fetch-Site where there is none. */
#ifndef SWITCHBOARD_HTTP_ORIGIN_H
#define SWITCHBOARD_HTTP_ORIGIN_H

#include "base/status.h"
#include "http/request.h"

#include <stdbool.h>

#define ORIGIN_MAX 255

/* `own` is the origin of public_url. On success `*ret_foreign` is NULL when the origin is ours or no browser named one, else the origin (borrowed),
 * which somebody must still find in a list. STATUS_ORIGIN_DENIED: "null", anything that is no origin, or none at all on a request that a browser
 * calls cross-site. */
enum status MUST_CHECK origin_check(const struct request *request, const char *own, const char **ret_foreign);

/* scheme://host[:port] in the characters that occur in origins, so that it can stand in a header and in a policy */
bool origin_is_wellformed(const char *origin);

#endif
