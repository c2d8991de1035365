/* SPDX-License-Identifier: ISC */
#include "relay/admission.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/status.h"
#include "db/conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEY_LEN 24

struct origin_entry {
	UT_hash_handle hh;
	char origin[];
};

void admission_init(struct admission *a, const struct public_url *url)
{
	*a = (struct admission){ 0 };
	(void)snprintf(a->own_origin, sizeof a->own_origin, "%s", url->origin);
	(void)snprintf(a->path, sizeof a->path, "%s/relay", url->prefix);
}

static void drop(struct admission *a)
{
	struct origin_entry *entry, *next;

	HASH_ITER(hh, a->listed, entry, next) {
		HASH_DEL(a->listed, entry);
		free(entry);
	}
}

void admission_fini(struct admission *a)
{
	drop(a);
}

void admission_take_origins(struct admission *a, const PGresult *result)
{
	drop(a);
	for (int row = 0; row < PQntuples(result); row++) {
		const char *origin = result_str(result, row, "origin");
		struct origin_entry *entry = NULL;

		HASH_FIND_STR(a->listed, origin, entry);
		if (entry)
			continue;
		entry = alloc_zero(1, sizeof *entry + strlen(origin) + 1);
		memcpy(entry->origin, origin, strlen(origin) + 1);
		HASH_ADD_STR(a->listed, origin, entry);
	}
	a->known = true;
}

/* chat.v1 stands in the comma separated list */
static bool offers_protocol(const char *list)
{
	while (*list != '\0') {
		size_t len;

		list += strspn(list, " \t,");
		len = strcspn(list, " \t,");
		if (len == strlen(ADMISSION_PROTOCOL) && memcmp(list, ADMISSION_PROTOCOL, len) == 0)
			return true;
		list += len;
	}
	return false;
}

static int judge_origin(const struct admission *a, const char *origin, bool *ret_foreign)
{
	struct origin_entry *entry = NULL;

	if (strcmp(origin, a->own_origin) == 0) {
		*ret_foreign = false;
		return 0;
	}
	HASH_FIND_STR(a->listed, origin, entry);
	if (!entry)
		return status_http_code(a->known ? STATUS_ORIGIN_DENIED : STATUS_UNAVAILABLE);
	*ret_foreign = true;
	return 0;
}

int admission_judge(const struct admission *a, const struct handshake *h, bool *ret_foreign)
{
	if (!h->is_get)
		return status_http_code(STATUS_METHOD_NOT_ALLOWED);
	if (strcmp(h->path, a->path) != 0)
		return status_http_code(STATUS_NOT_FOUND);
	if (strcasecmp(h->upgrade, "websocket") != 0 || strcmp(h->version, "13") != 0)
		return status_http_code(STATUS_UPGRADE_REQUIRED);
	/* There is nothing to say in a query, and what is said there (a token) lands in logs. */
	if (strcmp(h->http, "HTTP/1.1") != 0 || h->has_query || strlen(h->key) != KEY_LEN || !offers_protocol(h->protocols))
		return status_http_code(STATUS_BAD_REQUEST);
	if (a->draining)
		return status_http_code(STATUS_UNAVAILABLE);
	return judge_origin(a, h->origin, ret_foreign);
}
