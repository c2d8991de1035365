/* SPDX-License-Identifier: ISC */
/* What is told beside events: typing, delivered and read marks (marks.h notes them), who is there. Coalesced by state: a room knows what holds now, sockets
 * are told when they can take it. Goes to the other party here and, as hints, on other relays. */
#ifndef SWITCHBOARD_RELAY_SIGNALS_H
#define SWITCHBOARD_RELAY_SIGNALS_H

#include "relay/hints.h"
#include "relay/room.h"

struct signals {
	struct hints *hints;
	struct rooms *rooms;
	const struct transport *transport;
	struct deadline_line typing_line, pace_line;
};

void signals_init(struct signals *s, struct rooms *rooms, struct hints *hints, const struct transport *transport);

/* From a socket here. */
void signals_typing(struct signals *s, struct room *room, enum party who, bool on);
void signals_mark(struct signals *s, struct room *room, enum party who, enum hint_type got_or_read, uint64_t seq);
/* The first socket of a party has come here or the last one has gone (struct rooms). */
void signals_party_changed(struct signals *s, struct room *room, enum party who);

/* From the table: how far a party has got and read. */
void signals_noted(struct room *room, enum party who, uint64_t got, uint64_t read);
/* What the database says of a party that has no socket here: gone for `away_s` seconds, negative: it is there. Sets right what a lost
 * hint or a dead relay has left, and knows of those who come without sockets. */
void signals_seen(struct signals *s, struct room *room, enum party who, int64_t away_s);

/* From another relay: typing, presence, got, read. */
void signals_hint(struct signals *s, const struct hint *hint);

/* Typing that was not renewed ends, what came too soon is told; call a few times a second. */
void signals_sweep(struct signals *s);

#endif
