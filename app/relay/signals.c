/* SPDX-License-Identifier: ISC */
#include "relay/signals.h"

#define TYPING_MS 6000     /* without renewal */
#define TYPING_PACE_MS 1000
#define SEEN_AFTER_MS 1500 /* the database's word of who is there may be older than what a socket or a hint told just now */

void signals_init(struct signals *s, struct rooms *rooms, struct hints *hints, const struct transport *transport)
{
	*s = (struct signals){ .rooms = rooms, .hints = hints, .transport = transport };
	s->typing_line.wait_ms = TYPING_MS;
	s->pace_line.wait_ms = TYPING_PACE_MS;
}

static void tell(struct room *room, enum party who, unsigned base)
{
	room_mark_dirty(room, party_other(who), DIRTY_OF(base, who));
}

static void tell_typing(struct signals *s, struct signal *signal)
{
	signal->typing_told = signal->typing;
	signal->typing_untold = false;
	deadline_arm(&s->pace_line, &signal->pace_deadline, s->transport->now_ms());
	tell(signal->room, signal->who, DIRTY_TYPING);
	if (signal->typing_here)
		hints_typing(s->hints, signal->room->chat, signal->who, signal->typing);
}

/* Once a second at most, whatever comes: what was not told then is told when the second is over, as it stands by then. */
static void set_typing(struct signals *s, struct room *room, enum party who, bool on, bool here)
{
	struct signal *signal = &room->signals[who];
	uint64_t now_ms = s->transport->now_ms();

	signal->typing = on;
	signal->typing_here = here;
	if (on)
		deadline_arm(&s->typing_line, &signal->typing_deadline, now_ms);
	else
		deadline_clear(&signal->typing_deadline);
	if (signal->pace_deadline.line && signal->pace_deadline.due_ms > now_ms)
		signal->typing_untold = true;
	else if (on || signal->typing_told)
		tell_typing(s, signal);
}

void signals_typing(struct signals *s, struct room *room, enum party who, bool on)
{
	set_typing(s, room, who, on, true);
}

static bool set_mark(struct room *room, enum party who, enum hint_type got_or_read, uint64_t seq)
{
	struct signal *signal = &room->signals[who];
	uint64_t *mark = got_or_read == HINT_GOT ? &signal->got : &signal->read;

	if (seq > room->newest)
		seq = room->newest; /* nobody has got what is not there */
	if (seq <= *mark)
		return false;
	*mark = seq;
	tell(room, who, got_or_read == HINT_GOT ? DIRTY_GOT : DIRTY_READ);
	return true;
}

void signals_mark(struct signals *s, struct room *room, enum party who, enum hint_type got_or_read, uint64_t seq)
{
	if (!set_mark(room, who, got_or_read, seq))
		return;
	hints_mark(s->hints, got_or_read, room->chat, who, seq);
	s->rooms->marks_changed(s->rooms->arg, room);
}

void signals_noted(struct room *room, enum party who, uint64_t got, uint64_t read)
{
	(void)set_mark(room, who, HINT_GOT, got);
	(void)set_mark(room, who, HINT_READ, read);
}

static void turned(struct signals *s, struct signal *signal, uint64_t away_ms)
{
	signal->turned_ms = s->transport->now_ms();
	signal->left_ms = signal_is_present(signal) ? 0 : signal->turned_ms > away_ms ? signal->turned_ms - away_ms : 1;
}

void signals_party_changed(struct signals *s, struct room *room, enum party who)
{
	struct signal *signal = &room->signals[who];

	turned(s, signal, 0);
	if (signal->here == 0 && signal->typing)
		set_typing(s, room, who, false, signal->typing_here);
	tell(room, who, DIRTY_PRESENCE);
	hints_presence(s->hints, room->chat, who, signal->here > 0);
}

static void set_remote(struct signals *s, struct room *room, enum party who, bool on, uint64_t away_ms)
{
	struct signal *signal = &room->signals[who];
	enum party other = party_other(who);

	if (signal->remote == on)
		return;
	signal->remote = on;
	turned(s, signal, away_ms);
	tell(room, who, DIRTY_PRESENCE);
	if (on && room->signals[other].here > 0)
		hints_presence(s->hints, room->chat, other, true); /* the newcomer's relay does not know yet */
}

void signals_seen(struct signals *s, struct room *room, enum party who, int64_t away_s)
{
	struct signal *signal = &room->signals[who];
	uint64_t away_ms = away_s > 0 ? (uint64_t)away_s * 1000 : 0;

	if (signal->here > 0 || (signal->turned_ms > 0 && s->transport->now_ms() - signal->turned_ms < SEEN_AFTER_MS))
		return;
	if (signal->remote != (away_s < 0)) {
		set_remote(s, room, who, away_s < 0, away_ms);
	} else if (away_s >= 0 && signal->left_ms == 0) {
		turned(s, signal, away_ms);
		tell(room, who, DIRTY_PRESENCE);
	}
}

static void take_presence(struct signals *s, struct room *room, const struct hint *hint)
{
	set_remote(s, room, hint->who, hint->on, 0);
	if (!hint->on && room->signals[hint->who].here > 0)
		hints_presence(s->hints, room->chat, hint->who, true); /* gone from that relay, not from this one */
}

void signals_hint(struct signals *s, const struct hint *hint)
{
	struct room *room = room_find(s->rooms, hint->chat);

	if (!room)
		return;
	if (hint->type == HINT_TYPING)
		set_typing(s, room, hint->who, hint->on, false);
	else if (hint->type == HINT_PRESENCE)
		take_presence(s, room, hint);
	else
		(void)set_mark(room, hint->who, hint->type, hint->seq);
}

void signals_sweep(struct signals *s)
{
	uint64_t now_ms = s->transport->now_ms();
	struct deadline *due;

	while ((due = deadline_due(&s->typing_line, now_ms)) != NULL) {
		struct signal *signal = DEADLINE_OWNER(due, struct signal, typing_deadline);

		set_typing(s, signal->room, signal->who, false, false); /* every relay counts for itself */
	}
	while ((due = deadline_due(&s->pace_line, now_ms)) != NULL) {
		struct signal *signal = DEADLINE_OWNER(due, struct signal, pace_deadline);

		if (signal->typing_untold && (signal->typing || signal->typing_told))
			tell_typing(s, signal);
	}
}
