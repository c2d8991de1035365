/* SPDX-License-Identifier: ISC */
/* What a hello said, kept from the frame until the database has judged it. */
#ifndef SWITCHBOARD_RELAY_HELLO_H
#define SWITCHBOARD_RELAY_HELLO_H

#include "base/secret.h"
#include "relay/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hello_cursor {
	char chat[UUID_LEN + 1];
	uint64_t seq;
};

struct hello {
	bool operator;               /* a bot is one, as far as the relay is concerned */
	bool bot;
	bool asked;                  /* the database is judging it */
	uint8_t secret[SECRET_BYTES]; /* hash of the token or ticket */
	char chat[UUID_LEN + 1];     /* customer */
	uint64_t last_seq;           /* customer */
	char epoch[UUID_LEN + 1];    /* "": not said; one that is too long equals none */
	size_t cursor_count;         /* operator */
	struct hello_cursor cursors[];
};

/* STATUS_UNAUTHORIZED: token or ticket cannot be one; STATUS_INVALID + field: the cursors. */
enum status MUST_CHECK hello_new(const struct frame *frame, struct hello **ret_hello, struct problem *problem);
void hello_free(struct hello **hello);

/* The cursor the hello names for a chat; 0 when none. */
uint64_t hello_cursor(const struct hello *hello, const char *chat);

/* Where to begin: `cursor`, or 0 with `*ret_resync` set when it belongs to another epoch or is above the table's last seq. */
uint64_t hello_start(const struct hello *hello, uint64_t cursor, const char *epoch, uint64_t last_seq, bool *ret_resync);

#endif
