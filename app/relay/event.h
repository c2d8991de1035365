/* SPDX-License-Identifier: ISC */
/* One stored event as the frames that carry it. In a room's ring it is rendered once, however many sockets see it; a page of history has its own. */
#ifndef SWITCHBOARD_RELAY_EVENT_H
#define SWITCHBOARD_RELAY_EVENT_H

#include "base/buf.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum party { PARTY_UNKNOWN, PARTY_CUSTOMER, PARTY_OPERATOR };

#define PARTY_COUNT 3

const char *party_name(enum party party);
enum party party_other(enum party party);
/* "customer" or "operator"; anything else is PARTY_UNKNOWN */
enum party party_from_name(const char *name, size_t len);

/* What a row says; strings are borrowed, NULL where the row has NULL. `data` is JSON text of the database. */
struct event_row {
	const char *chat;
	uint64_t seq;
	const char *kind;
	const char *author_kind;
	const char *author_name;
	const char *body;
	const char *data;
	const char *at;
	const char *cid;
	bool operators_only; /* customers get the bare {chat, seq, kind, at} */
};

struct event {
	uint64_t seq;
	uint64_t author;       /* the client here that sent it: it gets the ack in the event's place; 0 = none */
	uint64_t born_us;      /* when it came into its room */
	uint64_t start_bytes;  /* where it begins in its room's stream, in bytes ever appended */
	bool parting;          /* the operator who had the chat has it no longer: left, transferred, requeued, ended */
	char cid[UUID_LEN + 1];
	size_t full_len;
	size_t bare_len;       /* 0: customers see the full text too */
	char text[];           /* full, then bare */
};

struct event *event_new(const struct event_row *row);
void event_free(struct event **event);

/* The frame this party gets. */
const char *event_text(const struct event *event, enum party party, size_t *ret_len);

#endif
