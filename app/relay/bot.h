/* SPDX-License-Identifier: ISC */
/* External bots that are connected: what they say goes in turns, each judged and stored in one transaction (sql/api/41_external_bot.sql), which refuses those of a chat that is
 * not the bot's any more. Their chats come to them as an operator's do (desk.h). */
#ifndef SWITCHBOARD_RELAY_BOT_H
#define SWITCHBOARD_RELAY_BOT_H

#include "relay/frame.h"
#include "relay/relay.h"

/* The frame's `turn`: answered with an ack or an error, and with both where it could not hand over. */
void bot_turn(struct relay *r, struct client *client, const struct frame *frame);
/* `send`: a turn of one message. */
void bot_send(struct relay *r, struct client *client, const struct frame *frame);

#endif
