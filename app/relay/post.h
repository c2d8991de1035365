/* SPDX-License-Identifier: ISC */
/* One message that waits for the database or is on its way there. */
#ifndef SWITCHBOARD_RELAY_POST_H
#define SWITCHBOARD_RELAY_POST_H

#include "base/buf.h"
#include "base/json.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct post {
	struct post *prev, *next;
	uint64_t client;
	uint64_t since_us;
	unsigned tries;
	size_t size;
	bool note;
	char chat[UUID_LEN + 1];
	char cid[UUID_LEN + 1];
	uint8_t credential[SECRET_BYTES];
	const char *body;   /* NULL or into text */
	const char *choice; /* NULL or into text */
	char text[];
};

enum post_array { POST_CREDENTIALS, POST_CHATS, POST_KINDS, POST_CIDS, POST_BODIES, POST_CHOICES, POST_ARRAY_COUNT }; /* as the statement's parameters */

size_t post_size(const char *body, const char *choice);
/* All copied; whose it is remains to be filled in. Freed with free(). */
struct post *post_new(const char *chat, const char *kind, const char *cid, const char *body, const char *choice);

/* The arrays of a statement: empty; with one more. */
void posts_begin(struct buf arrays[POST_ARRAY_COUNT]);
void post_add(const struct post *post, struct buf arrays[POST_ARRAY_COUNT]);

#endif
