/* SPDX-License-Identifier: ISC */
/* One open chat: its recent events by seq, kept only as long as some socket has not passed them, and the sockets that follow it, each
 * with a cursor. No event is copied per socket. A socket whose next event is not in the ring reads a page of the table (history.h);
 * meanwhile `hold` keeps in the ring what came after that page, so that page and ring meet without gap or overlap. */
#ifndef SWITCHBOARD_RELAY_ROOM_H
#define SWITCHBOARD_RELAY_ROOM_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/histogram.h"
#include "base/secret.h"
#include "relay/client.h"
#include "relay/event.h"

#include <stdbool.h>
#include <stdint.h>

/* What a socket is yet to be told beside events; rendered from the room's state when the socket is writable, so that a flurry
 * costs one frame. Bits of one kind stand side by side: party p's bit is `BASE << p`. */
#define DIRTY_TYPING 0x01u
#define DIRTY_GOT 0x08u
#define DIRTY_READ 0x40u
#define DIRTY_PRESENCE 0x200u
#define DIRTY_QUEUE 0x1000u
#define DIRTY_RESYNC 0x2000u
#define DIRTY_SYNCED 0x4000u
#define DIRTY_OF(base, party) ((base) << (party))

#define WAIT_MAX 160 /* bytes of JSON */

struct page {
	size_t count, next;
	struct event *events[];
};

struct sub {
	struct sub *prev, *next;               /* of the room */
	struct sub *client_prev, *client_next; /* of the client */
	struct client *client;
	struct room *room;
	uint64_t cursor;   /* the last seq sent */
	uint64_t hold;     /* the ring keeps everything above; = cursor while live */
	uint64_t target;   /* `synced` is due when the cursor has reached it */
	struct page *page; /* being sent */
	bool fetching;     /* a page is on its way */
	uint64_t ticket;   /* of the last page asked for (history.c) */
	bool leaving;      /* an operator who has lost the chat: gets what led to it, then goes */
	bool parted;       /* … and has got the event that says so: nothing after it is his */
	unsigned dirty;
};

/* What is known of one party here and on other relays. */
struct signal {
	struct room *room;
	enum party who;
	bool typing;
	bool remote;              /* present on some other relay, as far as heard */
	bool typing_here;         /* typing was last set from a socket here: other relays are to hear of it */
	bool typing_told;         /* what the other party was told last */
	bool typing_untold;       /* something came since, too soon to tell */
	struct deadline typing_deadline, pace_deadline;
	uint64_t got, read;
	uint64_t noted_got, noted_read; /* what the table is known to have */
	unsigned here;            /* sockets */
	uint64_t turned_ms;       /* when a socket or a hint last told of coming or going: the database learns it a moment later */
	uint64_t left_ms;         /* since when gone; 0: not known */
};

struct pending_ack {
	struct pending_ack *prev, *next;
	uint64_t seq;
	uint64_t client;
};

struct room {
	char chat[UUID_LEN + 1];
	UT_hash_handle hh;
	struct rooms *all;
	uint64_t newest;         /* the last seq that has passed through the ring */
	uint64_t wanted;         /* the highest seq known to exist */
	struct event **ring;     /* ring[(head + i) % size] has seq newest - count + 1 + i */
	size_t head, count, size;
	uint64_t end_bytes;
	struct pending_ack *acks; /* stored, but events before them are still to be fetched */
	struct sub *subs;
	unsigned holds;          /* fetches and hellos under way */
	bool fetching;           /* the tail is being fetched */
	bool look_again;         /* something was heard meanwhile that the answer under way may not hold */
	uint64_t wanted_then;    /* `wanted` when the tail was asked for */
	struct deadline look_deadline; /* the slow sweep: what a lost hint can cost */
	unsigned judging;        /* hellos of its customer under way */
	bool over;               /* ended for the customer: sockets close with 4410 after the last event */
	bool waiting;            /* in a queue */
	uint64_t fetch_round;    /* the last statement that asked for this chat (history.c) */
	struct signal signals[PARTY_COUNT];
	int64_t position; /* in the queue; 0 = not known */
	char wait[WAIT_MAX + 1]; /* what its customer is told of the wait, as JSON */
	struct room *gone_prev, *gone_next; /* the last customer socket has left: the database is to be told (customer.h) */
	bool gone_due;
	struct deadline marks_deadline; /* marks are to be noted by then (marks.h) */
};

#define ROOM_LOOK_MS 20000 /* look_line.wait_ms */

struct rooms {
	struct room *by_chat;
	struct deadline_line look_line;
	const struct transport *transport;
	const struct limits *limits;
	struct histogram delivery; /* s from an event's coming into its room to its frame for a socket that follows live */
	/* Asks for the tail of a room or a page for a sub; set by history.c, in unit tests a recorder. */
	void (*fetch_tail)(void *arg, struct room *room);
	void (*fetch_page)(void *arg, struct sub *sub);
	/* The first socket of a party has come to this room, or the last one has gone. */
	void (*party_changed)(void *arg, struct room *room, enum party party);
	/* A socket here has got or read further. */
	void (*marks_changed)(void *arg, struct room *room);
	void *arg;
};

/* Is this party there, here or on some other relay? */
bool signal_is_present(const struct signal *signal);

struct room *room_find(const struct rooms *all, const char *chat);
/* The room of this chat, made when there is none, with one hold (room_release). `last_seq`: the table's, from the same answer. */
struct room *room_enter(struct rooms *all, const char *chat, uint64_t last_seq);
void room_hold(struct room *room);
void room_release(struct room *room); /* may free the room */

/* A socket follows the room from `cursor` on. */
struct sub *room_join(struct room *room, struct client *client, uint64_t cursor);
void sub_leave(struct sub **sub); /* may free the room */
struct sub *client_sub(const struct client *client, const char *chat); /* NULL: does not follow it */

/* The next event of the stream, in order; takes the reference. Sockets too far behind are closed with 4408. */
void room_append(struct room *room, struct event *event);
/* Events up to `seq` exist: those not here yet are fetched. */
void room_want(struct room *room, uint64_t seq);
/* There may be events after the newest: look. */
void room_look(struct room *room);
/* The tail that was asked for has been appended; `complete`: there was nothing more at that moment. */
void room_tail_done(struct room *room, bool complete);
/* The tail that was asked for goes on with a message whose answer is about to come: with that, by room_want(), the tail is asked for again, where
 * it was seen to reach beyond that message, up to `seen`, or may (not `complete`). */
void room_tail_waits(struct room *room, uint64_t seen, bool complete);
/* A stored message of `client` got this seq: the ack goes out in its place in the stream where the socket follows it live (false:
 * it does not, the caller sends the ack by itself). Call before the event is appended. */
bool room_ack_in_place(struct room *room, uint64_t seq, struct client *client);
/* A page of the table has come for a sub (takes the page and its references; NULL: nothing after the cursor). */
void sub_page(struct sub *sub, struct page *page);
void page_free(struct page **page);

void room_set_state(struct room *room, const char *state);
/* Bits for every socket of `to`. */
void room_mark_dirty(struct room *room, enum party to, unsigned bits);
void room_trim(struct room *room);

bool sub_is_live(const struct sub *sub);
/* Its next event has left the ring, or was never in it: it will ask for a page as soon as it may write. */
bool sub_is_out_of_ring(const struct sub *sub);
/* Events and bytes of the ring it has not passed. */
uint64_t sub_events_behind(const struct sub *sub);
uint64_t sub_bytes_behind(const struct sub *sub);
struct event *room_event(const struct room *room, uint64_t seq); /* NULL: not in the ring */
/* Closes or takes away a socket that has everything it was still to get. */
void sub_settle(struct sub *sub);
/* The next frame of this sub into `b`: page, ring, dirty states; false: nothing to send. May close the client (4410) or, when it
 * was leaving and has everything, free the sub. */
bool sub_next_frame(struct sub *sub, struct buf *b);
bool sub_has_frame(const struct sub *sub);

#endif
