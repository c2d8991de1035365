/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_HTTP_COOKIE_H
#define SWITCHBOARD_HTTP_COOKIE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* The value of cookie `name` in a Cookie header (NULL allowed), copied. False when it is not there, is there twice (a neighbour host may have
 * planted one: then neither is believed) or does not fit. */
bool cookie_get(const char *header, const char *name, char *ret_value, size_t size);

/* The value of a Set-Cookie header: Path=/, HttpOnly, SameSite=Strict, a session cookie; Secure when said. An empty value deletes it. */
void cookie_format(struct buf *out, const char *name, const char *value, bool secure);

/* The same for what a page below `path` keeps: sent there alone, also when somebody follows a link of another site (SameSite=Lax). `age_s` 0: until the browser ends. */
void cookie_format_below(struct buf *out, const char *name, const char *value, const char *path, int age_s, bool secure);

#endif
