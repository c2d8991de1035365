/* SPDX-License-Identifier: ISC */
/* Words to the other relays: "look there". Gathered, each word once, and sent every 5 ms at most on a session of their own, never in the
 * transaction of a message (a NOTIFY serialises commits). A lost hint costs a moment: the tables say what is. While no other relay
 * lives, nothing is sent. Where there is a bus (bus.h), words go by it, and by the database to those it does not reach; while it reaches everybody, by it alone. */
#ifndef SWITCHBOARD_RELAY_HINTS_H
#define SWITCHBOARD_RELAY_HINTS_H

#include "base/buf.h"
#include "base/secret.h"
#include "db/pipe.h"
#include "relay/bus.h"
#include "relay/event.h"

#include <stdbool.h>
#include <stdint.h>

enum hint_type {
	HINT_CHAT,     /* c:<chat>                                   has new events */
	HINT_OPERATOR, /* o:<operator>                               offers or chats changed */
	HINT_SESSIONS, /* s:<operator>                               sessions changed: check now */
	HINT_TYPING,   /* t:<chat>:<customer|operator>:<0|1> */
	HINT_PRESENCE, /* p:<chat>:<customer|operator>:<0|1>         has sockets on the sending relay */
	HINT_GOT,      /* d:<chat>:<customer|operator>:g:<seq>       delivered up to */
	HINT_READ,     /* d:<chat>:<customer|operator>:r:<seq>       read up to */
	HINT_RELAY,    /* r:                                         a relay has come */
	HINT_DESK,     /* w:<operator>                               what he is has changed: tell his sockets to ask */
	HINT_ACCESS,   /* k:<chat>                                   its customer's token has changed: check now */
	HINT_BUS       /* n:<relay>:0                                the bus does not reach it any more */
};

#define HINT_OPERATOR_MAX 128

struct hint {
	enum hint_type type;
	char chat[UUID_LEN + 1];
	char operator[HINT_OPERATOR_MAX + 1];
	enum party who;
	bool on;
	uint64_t seq; /* or the relay of HINT_BUS */
};

/* Calls `each` for every word that is well-formed; others are nobody's. */
void hints_read(const char *payload, void (*each)(void *arg, const struct hint *hint), void *arg);

struct hint_word;

struct hints {
	struct pipe *pipe;
	struct bus *bus;
	char relay[16];           /* "" until registered: nothing is sent */
	struct hint_word *words;
	size_t bytes;             /* of the words that wait */
	bool alone;               /* the last statement reached nobody, and nobody else lives */
	bool bus_reaches_all;     /* the last statement found nobody whom the bus does not reach */
	unsigned long long asked, answered, doubted; /* statements; what those up to `doubted` answered of the bus is out of date */
	struct buf payload;
	unsigned long long sent, statements, received;
};

void hints_init(struct hints *h, struct pipe *pipe, struct bus *bus);
void hints_fini(struct hints *h);

void hints_chat(struct hints *h, const char *chat);
void hints_typing(struct hints *h, const char *chat, enum party who, bool on);
void hints_presence(struct hints *h, const char *chat, enum party who, bool on);
void hints_mark(struct hints *h, enum hint_type type, const char *chat, enum party who, uint64_t seq);
/* This relay is `number` now: says so to the others. */
void hints_hello(struct hints *h, const char *number);
/* The session for hints stands again. What was to be said meanwhile waits; what was under way may be lost, so that the others look at everything. */
void hints_again(struct hints *h);
/* Another relay lives: hints are worth sending. */
void hints_company(struct hints *h);

/* Whom the bus reaches may be others now: the next words ask. */
void hints_doubt_bus(struct hints *h);
/* The bus has failed: everybody hears of it by the database, and looks at everything. */
void hints_bus_failed(struct hints *h);
/* Somebody whom the bus reached is not reached any more: who is not, looks at everything. */
void hints_peer_lost(struct hints *h);

/* Sends what waits, when it can; call soon, and every 5 ms at most, while hints_waiting(). */
bool hints_waiting(const struct hints *h);
void hints_flush(struct hints *h);

#endif
