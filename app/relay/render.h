/* SPDX-License-Identifier: ISC */
/* The text of every frame the relay sends but `event` (event.h): each appends one whole JSON object to the buffer. */
#ifndef SWITCHBOARD_RELAY_RENDER_H
#define SWITCHBOARD_RELAY_RENDER_H

#include "base/buf.h"
#include "base/status.h"
#include "relay/event.h"
#include "relay/room.h"

#include <stdbool.h>
#include <stdint.h>

void render_ready(struct buf *b, const char *epoch, unsigned heartbeat_s);
/* `body` is what was stored where that is not what was sent; else NULL. */
void render_ack(struct buf *b, const char *cid, const char *chat, uint64_t seq, const char *body);
/* `cid` and `offer` say what the error is about; NULL = nothing in particular. */
void render_error(struct buf *b, const struct problem *problem, const char *cid, const char *offer);
void render_pong(struct buf *b, int64_t n);
void render_reconnect(struct buf *b, unsigned after_ms);
/* With how far each party has got and read it. */
void render_synced(struct buf *b, const struct room *room, uint64_t seq);
void render_resync(struct buf *b, const char *chat);
void render_desk(struct buf *b);
/* `wait` is absent (null) when low_s is negative. */
void render_queue(struct buf *b, const char *chat, int64_t position, const char *wait);
void render_typing(struct buf *b, const char *chat, enum party who, bool on);
void render_mark(struct buf *b, const char *type, const char *chat, enum party who, uint64_t seq); /* got, read */
/* Offline for `away_s` seconds; negative: not known. */
void render_presence(struct buf *b, const char *chat, enum party who, bool online, int64_t away_s);
/* `members` is the JSON object the database made of the offer. */
void render_offer(struct buf *b, const char *members);
/* What a bot is told of a chat that is its from now on: the members of the object the database made of it. */
void render_chat(struct buf *b, const char *members);
void render_offer_gone(struct buf *b, const char *offer, const char *reason);
void render_accepted(struct buf *b, const char *offer, const char *members);

#endif
