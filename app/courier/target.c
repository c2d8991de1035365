/* SPDX-License-Identifier: ISC */
#include "courier/target.h"

#include "base/alloc.h"
#include "courier/reason.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What IANA's registries of special purpose say; of IPv6 whatever is no global unicast (2000::/3) besides. */
static const char reserved_networks[] =
	"0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 "
	"203.0.113.0/24 224.0.0.0/4 240.0.0.0/4";
static const char reserved_networks6[] = "::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 3fff::/20";

#define PREFIX_BYTES 12
#define NAME_MAX_LEN 253

/* ---- what the administrator allows ------------------------------------------------------------------------------ */

struct reading {
	struct target_rules *rules;
	char networks[NETWORKS_MAX * 64], names[4096];
};

static bool append(char *list, size_t size, const char *word, size_t len)
{
	size_t have = strlen(list);

	return (size_t)snprintf(list + have, size - have, "%s%.*s", have ? " " : "", (int)len, word) < size - have;
}

static bool is_name(const char *word, size_t len)
{
	if (len > NAME_MAX_LEN || word[0] == '-' || word[0] == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!islower((unsigned char)word[i]) && !isdigit((unsigned char)word[i]) && !strchr("-._", word[i]))
			return false;
	return strspn(word, "0123456789.") < len; /* an address that is none is no name either */
}

static bool read_word(void *arg, const char *word, size_t len)
{
	struct reading *reading = arg;
	struct networks one;
	char text[NAME_MAX_LEN + 1];

	if (len > NAME_MAX_LEN)
		return false;
	(void)snprintf(text, sizeof text, "%.*s", (int)len, word);
	if (networks_parse(text, &one) == STATUS_OK && one.count == 1)
		return append(reading->networks, sizeof reading->networks, word, len);
	return is_name(word, len) && append(reading->names, sizeof reading->names, word, len);
}

enum status target_rules_init(struct target_rules *rules, const char *private_hosts)
{
	struct reading *reading = alloc_zero(1, sizeof *reading);
	enum status status = STATUS_OK;

	memset(rules, 0, sizeof *rules);
	reading->rules = rules;
	if (networks_parse(reserved_networks, &rules->reserved) != STATUS_OK || networks_parse(reserved_networks6, &rules->reserved6) != STATUS_OK ||
		!letter_words(private_hosts, ' ', read_word, reading))
		status = STATUS_INVALID;
	if (status == STATUS_OK)
		status = networks_parse(reading->networks, &rules->private_networks);
	rules->private_names = alloc_copy_str(reading->names);
	free(reading);
	return status;
}

void target_rules_fini(struct target_rules *rules)
{
	free(rules->private_names);
	rules->private_names = NULL;
}

/* ---- addresses -------------------------------------------------------------------------------------------------- */

/* An IPv4 address in the clothes of IPv6: ::ffff:0:0/96, and 64:ff9b::/96 behind a NAT64. */
static bool holds_ipv4(const uint8_t bytes[16])
{
	static const uint8_t mapped[PREFIX_BYTES] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[PREFIX_BYTES] = { 0x00, 0x64, 0xff, 0x9b };

	return memcmp(bytes, mapped, sizeof mapped) == 0 || memcmp(bytes, nat64, sizeof nat64) == 0;
}

bool target_is_public(const struct target_rules *rules, const char *address)
{
	char inner[INET_ADDRSTRLEN];
	uint8_t bytes[16];

	if (inet_pton(AF_INET, address, bytes) == 1)
		return !networks_contain(&rules->reserved, address);
	if (inet_pton(AF_INET6, address, bytes) != 1)
		return false;
	if (holds_ipv4(bytes))
		return inet_ntop(AF_INET, bytes + PREFIX_BYTES, inner, sizeof inner) && !networks_contain(&rules->reserved, inner);
	return !networks_contain(&rules->reserved6, address);
}

struct sought {
	const char *host;
	bool found;
};

static bool is_same(void *arg, const char *word, size_t len)
{
	struct sought *sought = arg;

	sought->found = strlen(sought->host) == len && strncasecmp(sought->host, word, len) == 0;
	return !sought->found;
}

static bool is_listed(const char *list, const char *host)
{
	struct sought sought = { host, false };

	(void)letter_words(list, ' ', is_same, &sought);
	return sought.found;
}

static bool to_text(const struct sockaddr *address, char *ret_text, size_t size)
{
	const void *bytes = NULL;

	if (address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	else if (address->sa_family == AF_INET6)
		bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	return bytes && inet_ntop(address->sa_family, bytes, ret_text, (socklen_t)size);
}

bool target_allows(const struct target_rules *rules, const char *host, const struct sockaddr *address, char *ret_text, size_t size)
{
	if (!to_text(address, ret_text, size)) {
		(void)snprintf(ret_text, size, "no internet address");
		return false;
	}
	return target_is_public(rules, ret_text) || networks_contain(&rules->private_networks, ret_text) || is_listed(rules->private_names, host);
}

/* ---- the URL ---------------------------------------------------------------------------------------------------- */

static char *plain_host(const char *host)
{
	size_t len = strlen(host);
	char *plain;

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len > 1 && host[len - 1] == '.')
		len--;
	plain = alloc_copy_str(host);
	plain[len] = '\0';
	for (char *c = plain; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return plain;
}

static bool part_is(CURLU *url, CURLUPart part, const char *wanted)
{
	char *text = NULL;
	bool is = curl_url_get(url, part, &text, 0) == CURLUE_OK && strcmp(text, wanted) == 0;

	curl_free(text);
	return is;
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static const char *judge_scheme(const struct letter *letter, CURLU *url)
{
	if (letter_is_mail(letter))
		return NULL;
	if (part_is(url, CURLUPART_SCHEME, "https"))
		return NULL;
	if (!part_is(url, CURLUPART_SCHEME, "http"))
		return "its address is neither https nor http";
	return letter->plain_http ? NULL : "its address is http, and that is not allowed for it";
}

CURLU *target_of(const struct letter *letter, char **ret_host, const char **ret_reason, const char **ret_why)
{
	CURLU *url = curl_url();
	char *host = NULL;

	*ret_host = NULL;
	*ret_reason = REASON_BAD_ADDRESS;
	*ret_why = NULL;
	if (curl_url_set(url, CURLUPART_URL, letter->url, 0) != CURLUE_OK || curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		*ret_why = "its address is none";
	else if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
		*ret_why = "its address names a user";
	else
		*ret_why = judge_scheme(letter, url);
	if (!*ret_why) {
		*ret_host = plain_host(host);
		if (letter->allowed_hosts && *letter->allowed_hosts && !is_listed(letter->allowed_hosts, *ret_host)) {
			*ret_reason = REASON_HOST_NOT_ALLOWED;
			*ret_why = "its host is not one of those that are allowed for it";
		}
	}
	curl_free(host);
	if (!*ret_why)
		return url;
	free(*ret_host);
	*ret_host = NULL;
	curl_url_cleanup(url);
	return NULL;
}
