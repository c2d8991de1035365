/* SPDX-License-Identifier: ISC */
#include "relay/render.h"
#include "relay/room.h"

#include <assert.h>
#include <stdlib.h>
#include <utlist.h>

void page_free(struct page **page)
{
	struct page *p = *page;

	*page = NULL;
	if (!p)
		return;
	for (size_t i = p->next; i < p->count; i++)
		event_free(&p->events[i]);
	free(p);
}

bool sub_is_live(const struct sub *sub)
{
	return !sub->page && !sub->fetching;
}

uint64_t sub_events_behind(const struct sub *sub)
{
	return sub->room->newest > sub->hold ? sub->room->newest - sub->hold : 0;
}

uint64_t sub_bytes_behind(const struct sub *sub)
{
	const struct event *event = room_event(sub->room, sub->hold + 1);

	return event ? sub->room->end_bytes - event->start_bytes : 0;
}

/* What is not in the ring is read from the table; the ring keeps what comes after the newest of now. */
static void fetch(struct sub *sub)
{
	sub->hold = sub->room->newest;
	sub->fetching = true;
	sub->room->all->fetch_page(sub->room->all->arg, sub);
}

bool sub_is_out_of_ring(const struct sub *sub)
{
	return sub->cursor < sub->room->newest && !room_event(sub->room, sub->cursor + 1);
}

void sub_page(struct sub *sub, struct page *page)
{
	assert(sub->fetching && !sub->page);
	sub->fetching = false;
	if (page) {
		sub->page = page;
	} else if (sub->cursor < sub->hold) {
		sub->cursor = sub->hold; /* the table has nothing there: never ask twice */
	}
	if (sub->cursor > sub->hold)
		sub->hold = sub->cursor;
	client_wake(sub->client);
}

static void advance(struct sub *sub, uint64_t seq)
{
	sub->cursor = seq;
	if (sub->page || sub->fetching)
		return;
	if (sub->cursor >= sub->hold)
		sub->hold = sub->cursor;
	else
		fetch(sub);
	room_trim(sub->room);
}

static void deliver(struct sub *sub, const struct event *event, bool live, struct buf *b)
{
	size_t len;
	const char *text = event_text(event, sub->client->party, &len);

	if (live)
		histogram_note_us(&sub->room->all->delivery, event->born_us, sub->room->all->transport->now_us());
	if (live && event->author == sub->client->id)
		render_ack(b, event->cid, sub->room->chat, event->seq, NULL);
	else
		buf_add(b, text, len);
	sub->parted = sub->leaving && event->parting;
}

static bool next_of_page(struct sub *sub, struct buf *b)
{
	bool sent = false;

	while (sub->page && !sent) {
		struct event *event = sub->page->events[sub->page->next++];
		uint64_t seq = event->seq;

		sent = seq > sub->cursor; /* else the ring was faster than the page */
		if (sent)
			deliver(sub, event, false, b);
		event_free(&event);
		if (sub->page->next == sub->page->count)
			page_free(&sub->page);
		advance(sub, sent ? seq : sub->cursor);
	}
	return sent;
}

static bool next_of_ring(struct sub *sub, struct buf *b)
{
	const struct event *event;

	if (!sub_is_live(sub))
		return false;
	if (sub_is_out_of_ring(sub)) {
		fetch(sub);
		return false;
	}
	event = room_event(sub->room, sub->cursor + 1);
	if (!event)
		return false;
	deliver(sub, event, true, b);
	advance(sub, event->seq);
	return true;
}

static bool is_synced(const struct sub *sub)
{
	return sub_is_live(sub) && sub->cursor >= sub->target;
}

static bool take_bit(struct sub *sub, unsigned bit)
{
	if (!(sub->dirty & bit))
		return false;
	sub->dirty &= ~bit;
	return true;
}

static bool next_of_signals(struct sub *sub, struct buf *b)
{
	const struct room *room = sub->room;
	enum party who = party_other(sub->client->party);
	const struct signal *signal = &room->signals[who];

	if (take_bit(sub, DIRTY_OF(DIRTY_PRESENCE, who))) {
		render_presence(b, room->chat, who, signal_is_present(signal), signal->left_ms == 0 ? -1 : (int64_t)(room->all->transport->now_ms() - signal->left_ms) / 1000);
	} else if (take_bit(sub, DIRTY_QUEUE)) {
		if (room->position == 0)
			return next_of_signals(sub, b);
		render_queue(b, room->chat, room->position, room->wait);
	} else if (take_bit(sub, DIRTY_OF(DIRTY_GOT, who))) {
		render_mark(b, "got", room->chat, who, signal->got);
	} else if (take_bit(sub, DIRTY_OF(DIRTY_READ, who))) {
		render_mark(b, "read", room->chat, who, signal->read);
	} else if (take_bit(sub, DIRTY_OF(DIRTY_TYPING, who))) {
		render_typing(b, room->chat, who, signal->typing);
	} else {
		sub->dirty &= DIRTY_SYNCED; /* nothing else concerns this party */
		return false;
	}
	return true;
}

void sub_settle(struct sub *sub)
{
	const struct room *room = sub->room;
	bool has_all = sub_is_live(sub) && sub->cursor >= room->newest && sub->cursor >= room->wanted && !room->fetching;

	if (sub->leaving && (has_all || sub->parted)) {
		sub_leave(&sub);
		return;
	}
	if (has_all && room->over && sub->client->party == PARTY_CUSTOMER && sub->client->state == CLIENT_READY)
		client_close(sub->client, CLOSE_CHAT_ENDED);
}

bool sub_has_frame(const struct sub *sub)
{
	if (sub->page || (sub->dirty & ~DIRTY_SYNCED))
		return true;
	if (!sub_is_live(sub))
		return false;
	return sub->cursor < sub->room->newest || (sub->dirty && is_synced(sub));
}

bool sub_next_frame(struct sub *sub, struct buf *b)
{
	bool sent;

	if (take_bit(sub, DIRTY_RESYNC)) {
		render_resync(b, sub->room->chat);
		return true;
	}
	if (is_synced(sub) && take_bit(sub, DIRTY_SYNCED)) {
		render_synced(b, sub->room, sub->cursor);
		return true;
	}
	sent = next_of_page(sub, b) || next_of_ring(sub, b) || next_of_signals(sub, b);
	sub_settle(sub);
	return sent;
}
