/* SPDX-License-Identifier: ISC */
/* Who may open a socket: the rules of the handshake, without the library that carries it out. */
#ifndef SWITCHBOARD_RELAY_ADMISSION_H
#define SWITCHBOARD_RELAY_ADMISSION_H

#include "base/public_url.h"

#include <libpq-fe.h>
#include <stdbool.h>

#define ADMISSION_TEXT_MAX (PUBLIC_URL_MAX + 32) /* of an origin or a path; a longer header is as good as none */
#define ADMISSION_PROTOCOL "chat.v1"

struct origin_entry;

struct admission {
	char own_origin[ADMISSION_TEXT_MAX + 1];
	char path[ADMISSION_TEXT_MAX + 1]; /* where sockets are opened: "/chat/relay" */
	struct origin_entry *listed; /* of some site */
	bool known;                  /* the list has been read */
	bool draining;
};

/* The headers as they came; "" where absent. */
struct handshake {
	bool is_get, has_query;
	const char *http, *path, *upgrade, *version, *key, *origin, *protocols;
};

void admission_init(struct admission *a, const struct public_url *url);
void admission_fini(struct admission *a);

/* The HTTP code of the refusal, or 0: welcome; then `*ret_foreign` tells whether the origin is another than ours. */
int admission_judge(const struct admission *a, const struct handshake *handshake, bool *ret_foreign);

/* A fresh list: rows (origin). */
void admission_take_origins(struct admission *a, const PGresult *result);

#endif
