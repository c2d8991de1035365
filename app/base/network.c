/* SPDX-License-Identifier: ISC */
#include "base/network.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64
#define MAPPED_BITS 96 /* of ::ffff:0:0/96, which stand before an IPv4 address */

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

/* `ret_offset`: how many bits stand before those that were written. */
static bool parse_address(const char *text, uint8_t ret_address[16], unsigned *ret_offset)
{
	memcpy(ret_address, mapped_prefix, sizeof mapped_prefix);
	*ret_offset = MAPPED_BITS;
	if (inet_pton(AF_INET, text, ret_address + sizeof mapped_prefix) == 1)
		return true;
	*ret_offset = 0;
	return inet_pton(AF_INET6, text, ret_address) == 1;
}

static bool same_network(const uint8_t a[16], const uint8_t b[16], unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 && (rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0);
}

static bool has_bits_behind(const struct network *network)
{
	for (unsigned bit = network->bits; bit < 128; bit++)
		if (network->address[bit / 8] & (0x80 >> bit % 8))
			return true;
	return false;
}

/* "/24", or "" for all of them. */
static bool parse_mask(const char *text, unsigned most, unsigned *ret_bits)
{
	char *end;

	*ret_bits = most;
	if (*text == '\0')
		return true;
	if (text[1] < '0' || text[1] > '9' || strlen(text) > 4)
		return false;
	*ret_bits = (unsigned)strtoul(text + 1, &end, 10);
	return *end == '\0' && *ret_bits <= most;
}

static bool parse_word(const char *text, size_t len, struct network *ret_network)
{
	char word[WORD_MAX + 1] = "", mask[WORD_MAX + 1] = "";
	unsigned offset, bits;
	size_t address_len;

	if (len > WORD_MAX)
		return false;
	memcpy(word, text, len);
	address_len = strcspn(word, "/");
	memcpy(mask, word + address_len, len - address_len);
	word[address_len] = '\0';
	if (!parse_address(word, ret_network->address, &offset) || !parse_mask(mask, 128 - offset, &bits))
		return false;
	ret_network->bits = offset + bits;
	return !has_bits_behind(ret_network);
}

enum status networks_parse(const char *text, struct networks *ret_networks)
{
	struct networks networks = { .count = 0 };

	for (text += strspn(text, " \t"); *text != '\0'; text += strspn(text, " \t")) {
		size_t len = strcspn(text, " \t");

		if (networks.count == NETWORKS_MAX || !parse_word(text, len, &networks.list[networks.count]))
			return STATUS_INVALID;
		networks.count++;
		text += len;
	}
	*ret_networks = networks;
	return STATUS_OK;
}

void network_key(const char *address, uint8_t ret_key[NETWORK_KEY_BYTES])
{
	unsigned offset;

	if (!address || !parse_address(address, ret_key, &offset))
		memset(ret_key, 0, NETWORK_KEY_BYTES);
	else if (memcmp(ret_key, mapped_prefix, sizeof mapped_prefix) != 0)
		memset(ret_key + 8, 0, NETWORK_KEY_BYTES - 8);
}

bool networks_contain(const struct networks *networks, const char *address)
{
	uint8_t bytes[16];
	unsigned offset;

	if (!address || !parse_address(address, bytes, &offset))
		return false;
	for (size_t i = 0; i < networks->count; i++)
		if (same_network(bytes, networks->list[i].address, networks->list[i].bits))
			return true;
	return false;
}
