/* SPDX-License-Identifier: ISC */
/* The option public_url taken apart: the only source of absolute URLs, of our own origin and of the prefix under which we are mounted. */
#ifndef SWITCHBOARD_BASE_PUBLIC_URL_H
#define SWITCHBOARD_BASE_PUBLIC_URL_H

#include "base/status.h"

#include <stdbool.h>

#define PUBLIC_URL_MAX 255 /* bytes of the whole option */

struct public_url {
	char origin[PUBLIC_URL_MAX + 16];        /* "https://chat.example.com": lower case, no default port, exactly what a browser sends as Origin */
	char prefix[PUBLIC_URL_MAX + 1];         /* "/chat", or "" when mounted at the root; never ends in a slash */
	char relay_origin[PUBLIC_URL_MAX + 16];  /* "wss://chat.example.com", for connect-src */
	char relay_url[2 * PUBLIC_URL_MAX + 32]; /* "wss://chat.example.com/chat/relay" */
	bool secure;                             /* https */
	bool loopback;                           /* localhost, 127.0.0.1 or [::1]: browsers treat plain http there as trustworthy */
};

/* http or https, a host in ASCII (punycode for others), an optional port and path; no user, query, fragment or slash at the end; STATUS_INVALID
 * otherwise. */
enum status MUST_CHECK public_url_parse(const char *text, struct public_url *ret_url);

#endif
