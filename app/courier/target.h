/* SPDX-License-Identifier: ISC */
/* Where a letter may go. A DBA writes addresses, and whoever is behind a name decides what it resolves to: so the scheme and the host are judged before, and the very
 * address that is connected to is judged again when the socket is opened. Loopback, private, link-local and reserved addresses are refused, but for what the
 * administrator of the host allows (courier_private_hosts). */
#ifndef SWITCHBOARD_COURIER_TARGET_H
#define SWITCHBOARD_COURIER_TARGET_H

#include "base/network.h"
#include "base/status.h"
#include "courier/letter.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/socket.h>

struct target_rules {
	struct networks reserved, reserved6; /* not public: of IPv4, of IPv6 */
	struct networks private_networks;
	char *private_names; /* words, in lower case */
};

/* `private_hosts`: names, addresses, networks, parted by spaces; NULL: none. STATUS_INVALID when a word is none of them. */
enum status MUST_CHECK target_rules_init(struct target_rules *rules, const char *private_hosts);
void target_rules_fini(struct target_rules *rules);

/* Everybody may connect there. */
bool target_is_public(const struct target_rules *rules, const char *address);

/* May this letter's host be there? `ret_text` (of INET6_ADDRSTRLEN) is the address, for the log. */
bool target_allows(const struct target_rules *rules, const char *host, const struct sockaddr *address, char *ret_text, size_t size);

/* The letter's URL, taken apart once and used as it is then, so that nobody reads it otherwise. NULL when it may not be used: `*ret_why` says why (constant), `*ret_reason` as a code.
 * `ret_host`: its host in lower case, without brackets and final dot; free() it. The handle is the caller's (curl_url_cleanup). */
CURLU *target_of(const struct letter *letter, char **ret_host, const char **ret_reason, const char **ret_why);

#endif
