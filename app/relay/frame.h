/* SPDX-License-Identifier: ISC */
/* The frames a client may send: one table of type, who, when and fields. Nothing is looked up by a client's string but in it. */
#ifndef SWITCHBOARD_RELAY_FRAME_H
#define SWITCHBOARD_RELAY_FRAME_H

#include "base/json.h"
#include "relay/client.h"

#include <stdint.h>

enum frame_type {
	FRAME_HELLO_CUSTOMER,
	FRAME_HELLO_OPERATOR,
	FRAME_HELLO_BOT,
	FRAME_SEND,
	FRAME_NOTE,
	FRAME_GOT,
	FRAME_READ,
	FRAME_TYPING,
	FRAME_PING,
	FRAME_ACCEPT,
	FRAME_DECLINE,
	FRAME_TURN,
	FRAME_TRANSFER /* known as an operators' word; done over HTTP */
};

struct frame {
	enum frame_type type;
	struct json_object *root; /* owns the strings below; NULL where a field is absent */
	const char *chat, *cid, *body, *choice, *token, *ticket, *bot_token, *epoch, *tab, *offer, *reason;
	struct json_object *cursors, *turn;
	int64_t seq, last_seq, n;
	bool on;
};

/* Parses and checks one message of a client in this state and of this party. Failures: bad_json, unknown_type, bad_state (strikes),
 * forbidden, invalid + field. `ret_frame` is always to be given to frame_fini(); after a failure its cid is set where it was readable. */
enum status MUST_CHECK frame_parse(const char *text, size_t len, enum client_state state, enum party party, struct frame *ret_frame, struct problem *problem);
void frame_fini(struct frame *frame);

#endif
