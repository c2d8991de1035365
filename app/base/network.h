/* SPDX-License-Identifier: ISC */
/* A list of addresses and networks, IPv4 and IPv6, as an administrator writes it: "127.0.0.0/8 ::1 2001:db8::/32". An IPv4 address that comes as
 * ::ffff:a.b.c.d is that IPv4 address. */
#ifndef SWITCHBOARD_BASE_NETWORK_H
#define SWITCHBOARD_BASE_NETWORK_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NETWORKS_MAX 64
#define NETWORK_KEY_BYTES 16

struct network {
	uint8_t address[16]; /* IPv4 mapped into IPv6 */
	unsigned bits;       /* that count, of 128 */
};

struct networks {
	struct network list[NETWORKS_MAX];
	size_t count;
};

/* STATUS_INVALID when a word is none, has bits behind its mask, or there are too many. "" is nobody. */
enum status MUST_CHECK networks_parse(const char *text, struct networks *ret_networks);
/* What counts as one: the address, of IPv6 its /64; all zero for what is no address, NULL too. */
void network_key(const char *address, uint8_t ret_key[NETWORK_KEY_BYTES]);
/* false for what is no address, NULL too */
bool networks_contain(const struct networks *networks, const char *address);

#endif
