/* SPDX-License-Identifier: ISC */
#include "relay/room.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

bool signal_is_present(const struct signal *signal)
{
	return signal->here > 0 || signal->remote;
}

struct room *room_find(const struct rooms *all, const char *chat)
{
	struct room *room = NULL;

	HASH_FIND_STR(all->by_chat, chat, room);
	return room;
}

struct room *room_enter(struct rooms *all, const char *chat, uint64_t last_seq)
{
	struct room *room = room_find(all, chat);

	if (room) {
		room_hold(room);
		room_want(room, last_seq);
		return room;
	}
	room = alloc_zero(1, sizeof *room);
	assert(strlen(chat) == UUID_LEN);
	memcpy(room->chat, chat, UUID_LEN);
	room->all = all;
	room->newest = room->wanted = last_seq;
	room->holds = 1;
	for (int p = 0; p < PARTY_COUNT; p++)
		room->signals[p] = (struct signal){ .room = room, .who = (enum party)p };
	HASH_ADD_STR(all->by_chat, chat, room);
	deadline_arm(&all->look_line, &room->look_deadline, all->transport->now_ms());
	return room;
}

void room_hold(struct room *room)
{
	room->holds++;
}

static void ring_drop(struct room *room)
{
	event_free(&room->ring[room->head]);
	room->head = (room->head + 1) % room->size;
	room->count--;
}

static void room_free(struct room *room)
{
	struct pending_ack *ack, *next;

	deadline_clear(&room->look_deadline);
	for (int p = 0; p < PARTY_COUNT; p++) {
		deadline_clear(&room->signals[p].typing_deadline);
		deadline_clear(&room->signals[p].pace_deadline);
	}
	while (room->count > 0)
		ring_drop(room);
	free(room->ring);
	DL_FOREACH_SAFE(room->acks, ack, next)
		free(ack);
	HASH_DEL(room->all->by_chat, room);
	free(room);
}

static void room_unused(struct room *room)
{
	if (!room->subs && room->holds == 0)
		room_free(room);
}

void room_release(struct room *room)
{
	assert(room->holds > 0);
	room->holds--;
	room_unused(room);
}

/* ---- who follows it ------------------------------------------------------------------------------------------ */

struct sub *room_join(struct room *room, struct client *client, uint64_t cursor)
{
	struct sub *sub = alloc_zero(1, sizeof *sub);
	enum party other = party_other(client->party);
	const struct signal *signal = &room->signals[other];

	sub->client = client;
	sub->room = room;
	sub->cursor = sub->hold = cursor;
	sub->target = room->wanted;
	sub->dirty = DIRTY_SYNCED;
	if (client->party == PARTY_OPERATOR || signal_is_present(signal))
		sub->dirty |= DIRTY_OF(DIRTY_PRESENCE, other);
	if (signal->got > 0)
		sub->dirty |= DIRTY_OF(DIRTY_GOT, other);
	if (signal->read > 0)
		sub->dirty |= DIRTY_OF(DIRTY_READ, other);
	if (signal->typing)
		sub->dirty |= DIRTY_OF(DIRTY_TYPING, other);
	if (client->party == PARTY_CUSTOMER && room->position > 0)
		sub->dirty |= DIRTY_QUEUE;
	DL_APPEND(room->subs, sub);
	DL_APPEND2(client->subs, sub, client_prev, client_next);
	if (room->signals[client->party].here++ == 0)
		room->all->party_changed(room->all->arg, room, client->party);
	client_wake(client);
	return sub;
}

void sub_leave(struct sub **psub)
{
	struct sub *sub = *psub;
	struct room *room = sub->room;
	enum party party = sub->client->party;

	*psub = NULL;
	page_free(&sub->page);
	DL_DELETE(room->subs, sub);
	DL_DELETE2(sub->client->subs, sub, client_prev, client_next);
	free(sub);
	room_hold(room);
	if (--room->signals[party].here == 0)
		room->all->party_changed(room->all->arg, room, party);
	room_trim(room);
	room_release(room);
}

struct sub *client_sub(const struct client *client, const char *chat)
{
	struct sub *sub;

	DL_FOREACH2(client->subs, sub, client_next)
		if (strcmp(sub->room->chat, chat) == 0)
			return sub;
	return NULL;
}

void room_mark_dirty(struct room *room, enum party to, unsigned bits)
{
	struct sub *sub;

	DL_FOREACH(room->subs, sub) {
		if (sub->client->party != to || sub->leaving)
			continue;
		sub->dirty |= bits;
		client_wake(sub->client);
	}
}

/* ---- the ring ----------------------------------------------------------------------------------------------- */

struct event *room_event(const struct room *room, uint64_t seq)
{
	uint64_t first = room->newest - room->count + 1;

	if (seq < first || seq > room->newest)
		return NULL;
	return room->ring[(room->head + (seq - first)) % room->size];
}

static void ring_push(struct room *room, struct event *event)
{
	if (room->count == room->size) {
		size_t size = room->size ? room->size * 2 : 4;
		struct event **ring = alloc_zero(size, sizeof *ring);

		for (size_t i = 0; i < room->count; i++)
			ring[i] = room->ring[(room->head + i) % room->size];
		free(room->ring);
		room->ring = ring;
		room->size = size;
		room->head = 0;
	}
	event->start_bytes = room->end_bytes;
	room->end_bytes += event->full_len;
	room->ring[(room->head + room->count++) % room->size] = event;
	room->newest = event->seq;
	if (room->wanted < room->newest)
		room->wanted = room->newest;
}

void room_trim(struct room *room)
{
	uint64_t keep_after = room->newest;
	struct sub *sub;

	DL_FOREACH(room->subs, sub)
		if (sub->hold < keep_after && sub->client->state != CLIENT_CLOSING)
			keep_after = sub->hold;
	while (room->count > 0 && room->ring[room->head]->seq <= keep_after)
		ring_drop(room);
	if (room->count == 0 && room->size > 0) { /* a quiet room costs no ring */
		free(room->ring);
		room->ring = NULL;
		room->size = room->head = 0;
	}
}

static bool is_too_far_behind(const struct client *client)
{
	uint64_t events = 0, bytes = client->note_bytes;
	const struct sub *sub;

	DL_FOREACH2(client->subs, sub, client_next) {
		events += sub_events_behind(sub);
		bytes += sub_bytes_behind(sub);
	}
	return client_is_too_slow(client, events, bytes);
}

static void take_pending_ack(struct room *room, struct event *event)
{
	struct pending_ack *ack, *next;

	DL_FOREACH_SAFE(room->acks, ack, next) {
		if (ack->seq > event->seq)
			continue;
		if (ack->seq == event->seq)
			event->author = ack->client;
		DL_DELETE(room->acks, ack);
		free(ack);
	}
}

bool room_ack_in_place(struct room *room, uint64_t seq, struct client *client)
{
	const struct sub *sub = client_sub(client, room->chat);
	struct pending_ack *ack;
	struct event *event;

	/* what is no longer in the ring comes as a page of the table, which holds events only */
	if (!sub || !sub_is_live(sub) || sub_is_out_of_ring(sub) || sub->cursor >= seq)
		return false;
	event = room_event(room, seq);
	if (event) {
		event->author = client->id;
		return true;
	}
	ack = alloc_zero(1, sizeof *ack);
	ack->seq = seq;
	ack->client = client->id;
	DL_APPEND(room->acks, ack);
	return true;
}

void room_append(struct room *room, struct event *event)
{
	struct sub *sub;

	assert(event->seq == room->newest + 1);
	event->born_us = room->all->transport->now_us();
	take_pending_ack(room, event);
	ring_push(room, event);
	DL_FOREACH(room->subs, sub) {
		if (is_too_far_behind(sub->client)) {
			client_cull(sub->client, CULL_SLOW);
		} else if (!sub->page && !sub->fetching) {
			client_wake(sub->client);
		}
	}
	room_trim(room);
}

void room_want(struct room *room, uint64_t seq)
{
	if (seq > room->wanted)
		room->wanted = seq;
	if (room->wanted > room->newest && !room->fetching)
		room_look(room);
}

void room_look(struct room *room)
{
	if (room->fetching) {
		room->look_again = true;
		return;
	}
	room->fetching = true;
	room->look_again = false;
	room->wanted_then = room->wanted;
	deadline_arm(&room->all->look_line, &room->look_deadline, room->all->transport->now_ms());
	room->all->fetch_tail(room->all->arg, room);
}

void room_tail_done(struct room *room, bool complete)
{
	struct sub *sub, *next;

	room->fetching = false;
	if (!complete || room->look_again || (room->wanted > room->newest && room->wanted > room->wanted_then)) {
		room_look(room);
		return;
	}
	room->wanted = room->newest; /* who spoke of more was wrong: never ask for ever */
	room_hold(room);
	DL_FOREACH_SAFE(room->subs, sub, next)
		sub_settle(sub);
	room_release(room);
}

void room_tail_waits(struct room *room, uint64_t seen, bool complete)
{
	room->fetching = false;
	if (!complete || room->look_again)
		seen++;
	if (room->wanted < seen)
		room->wanted = seen;
}

void room_set_state(struct room *room, const char *state)
{
	room->over = strcmp(state, "wrap_up") == 0 || strcmp(state, "ended") == 0 || strcmp(state, "abandoned") == 0;
	room->waiting = strcmp(state, "queued") == 0 || strcmp(state, "offered") == 0;
	if (!room->waiting)
		room->position = 0;
}
