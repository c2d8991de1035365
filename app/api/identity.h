/* SPDX-License-Identifier: ISC */
/* Who a customer is, as the site's own server says it in a signed token (RFC 7519, HS256). The token holds for minutes and is never stored; what it says is. */
#ifndef SWITCHBOARD_API_IDENTITY_H
#define SWITCHBOARD_API_IDENTITY_H

#include "api/call.h"

#define IDENTITY_FIELD_MAX 65536 /* the body's own limit: a token that is too long is refused as a bad one, not as a bad field */
#define IDENTITY_LIFE_S 600      /* from iat to exp, at the most */

/* What a token is held against. */
struct identity_terms {
	const char *site;
	const char *secrets[2]; /* NULL where there is none */
	int64_t now_s, tolerance_s;
};

/* NULL when the token is good for this site and now: `*ret_person` (owned by the caller) is then {"sub", "secret": 1 or 2, "name"?, "email"?}, all that is taken from
 * it. Else what is wrong, a constant for the log. */
const char *identity_judge(const char *token, const struct identity_terms *terms, struct json_object **ret_person);

/* The same with the widget's site, its secrets and the clock of the database. A token that is not good is STATUS_UNAUTHORIZED with the field `identity`; the log has the
 * reason. Without a token `*ret_person` is NULL. */
enum status MUST_CHECK identity_read(struct call *call, const char *widget, const char *token, struct json_object **ret_person);

#endif
