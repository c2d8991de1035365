/* SPDX-License-Identifier: ISC */
/* One connection: new → judged → ready → closing, its deadlines, strikes, rate, and the small queue of control frames (acks of
 * repeats, errors, offers, pongs). Events are never queued here: a socket has a cursor into each room (room.h). */
#ifndef SWITCHBOARD_RELAY_CLIENT_H
#define SWITCHBOARD_RELAY_CLIENT_H

#include "base/bucket.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/status.h"
#include "relay/deadline.h"
#include "relay/event.h"
#include "relay/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* Close codes: CONTRACT of chat.v1 */
enum close_code {
	CLOSE_GOING_AWAY = 1001,
	CLOSE_BINARY = 1003,
	CLOSE_NOT_UTF8 = 1007,
	CLOSE_POLICY = 1008,
	CLOSE_TOO_BIG = 1009,
	CLOSE_INTERNAL = 1011,
	CLOSE_OVERLOADED = 1013,
	CLOSE_NOT_UNDERSTOOD = 4400,
	CLOSE_UNAUTHORIZED = 4401,
	CLOSE_FORBIDDEN = 4403,
	CLOSE_UNKNOWN_CHAT = 4404,
	CLOSE_TOO_SLOW = 4408,
	CLOSE_REPLACED = 4409,
	CLOSE_CHAT_ENDED = 4410,
	CLOSE_RATE = 4429,
	CLOSE_NO_DATABASE = 4503
};

/* Closed with 4408, and why; the names are client_cull_names[]. */
enum cull { CULL_HELLO, CULL_MESSAGE, CULL_SILENT, CULL_STALLED, CULL_SLOW, CULL_COUNT };
extern const char *const client_cull_names[CULL_COUNT];

/* The close codes that are told apart when they are counted; the first is for sockets whose other side went. */
#define CLOSE_KINDS 17
extern const char *const client_close_names[CLOSE_KINDS];

enum client_state { CLIENT_NEW, CLIENT_JUDGED, CLIENT_READY, CLIENT_CLOSING };

struct hello;
struct seat;
struct sub;

/* What the modules need from the thing that holds the sockets (wire.c; in unit tests a recorder). `socket` is its own pointer. */
struct transport {
	void (*want_write)(void *socket);
	void (*ping)(void *socket); /* a WebSocket ping; its pong comes in as client_heard() */
	void (*hold)(void *socket, bool held); /* stop or go on reading */
	/* From anywhere; the socket closes with this code once the stack has unwound and then calls client_free(). */
	void (*close)(void *socket, int code);
	uint64_t (*now_ms)(void);
	uint64_t (*now_us)(void); /* the same clock */
};

struct note; /* a queued control frame */

struct client {
	uint64_t id;
	UT_hash_handle hh;
	struct clients *all;
	void *socket;
	enum client_state state;
	enum party party;
	char *origin;                     /* NULL: our own */
	char *tab;                        /* of the hello, or NULL */
	struct hello *hello;              /* while judged */
	struct seat *seat;                /* operators only (operator.h) */
	uint8_t credential[SECRET_BYTES]; /* hash of the chat token or of the session */
	struct sub *subs;                 /* rooms, linked by client_next */
	struct note *notes;               /* oldest first */
	size_t note_count, note_bytes;
	struct bucket rate, pings;
	unsigned rejections, strikes, unanswered;
	bool held;
	bool welcome;                     /* its hello was good */
	bool writing;                     /* asked for a writable callback, at writing_ms */
	uint64_t writing_ms;
	uint64_t pinged_ms;               /* since it was last heard; 0: not */
	int close_code;
	uint64_t heard_ms;
	struct deadline hello_deadline, message_deadline, silence_deadline, drain_deadline, close_deadline;
	struct deadline access_deadline;  /* access.h */
};

struct clients {
	struct client *by_id;
	size_t count;
	uint64_t last_id;
	const struct limits *limits;
	const struct transport *transport;
	struct deadline_line hello_line, message_line, silence_line, drain_line, close_line;
	struct buf scratch;
	size_t welcomed[PARTY_COUNT];     /* open ones whose hello was good */
	unsigned long long opened, rate_limited, strikes, resumed, resynced;
	unsigned long long culled[CULL_COUNT];
	unsigned long long closed[CLOSE_KINDS];
};

void clients_init(struct clients *all, const struct limits *limits, const struct transport *transport);
void clients_fini(struct clients *all); /* every client has been freed */
struct client *clients_find(struct clients *all, uint64_t id);
/* Closes what missed a deadline; call about once a second. */
void clients_sweep(struct clients *all);
/* We have just been away for so long (a starved machine): what came meanwhile is not read yet, so this time counts for nobody. */
void clients_forgive(struct clients *all, uint64_t lost_ms);

/* Counts that somebody follows a chat from this cursor on, which was his (resumed) or had to be given up (resync). */
void clients_took_up(struct clients *all, uint64_t cursor, bool resync);

struct client *client_new(struct clients *all, void *socket, const char *foreign_origin);
/* Called by the transport when the socket is gone; the rooms must have been left before (session.h). */
void client_free(struct client **client);

/* Anything at all came from the peer. */
void client_heard(struct client *c);
/* A message has begun and the rest of it is awaited, or it is complete. */
void client_reading(struct client *c, bool reading);

/* Queues the frame rendered into client_scratch(c). Past the limits the socket is closed with 4408. */
struct buf *client_scratch(struct client *c);
void client_send_scratch(struct client *c);
void client_send_error(struct client *c, const struct problem *problem, const char *cid, const char *offer);
/* As an error frame; the third one closes with 4400. */
void client_strike(struct client *c, const struct problem *problem, const char *cid);

/* What is queued still goes out, then the socket closes with `code`; a socket that takes nothing is closed some seconds later all
 * the same. With 4408 the queue is dropped, but the Close frame waits likewise for what the socket has been given already: closed while
 * the library still holds a part of a frame, it would not go out. The first call wins. */
void client_close(struct client *c, enum close_code code);

/* With 4408, and counted as such. */
void client_cull(struct client *c, enum cull why);
/* Its hello was good. */
void client_welcome(struct client *c);

/* There is something to send. */
void client_wake(struct client *c);
/* Is a socket with so much before it too slow? Not while it takes what it is given: one answer of the database may hold more than a
 * healthy socket can have been sent yet. */
bool client_is_too_slow(const struct client *c, uint64_t events, uint64_t bytes);

/* Takes the oldest queued frame into `b`; false when there is none. */
bool client_next_note(struct client *c, struct buf *b);

/* One message more or fewer under way to the database; too many: the socket is not read. */
void client_asked(struct client *c);
void client_answered(struct client *c);

/* A customer's message, judged by the token bucket. false: answered with `rate_limited` (and closed 4429 after too many). */
bool client_may_send(struct client *c, const char *cid);

#endif
