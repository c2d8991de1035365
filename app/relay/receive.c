/* SPDX-License-Identifier: ISC */
/* One message of a client: the frame's type decides which module it is for. */
#include "relay/bot.h"
#include "relay/desk.h"
#include "relay/frame.h"
#include "relay/hello.h"
#include "relay/operator.h"
#include "relay/relay.h"
#include "relay/render.h"

#include "base/alloc.h"


#define RETRY_MS 1000

static const struct rate ping_rate = { .count = 2, .per_s = 1, .burst = 10 };

static void answer_error(struct client *client, enum status status, const struct frame *frame)
{
	struct problem problem = { 0 };

	(void)problem_set(&problem, status, NULL);
	if (status == STATUS_UNAVAILABLE)
		problem.retry_ms = RETRY_MS;
	client_send_error(client, &problem, frame->cid, frame->offer);
}

/* The first frame: everything but a good hello closes with 4401. */
static void take_hello(struct relay *r, struct client *client, const struct frame *frame, size_t len, enum status status, struct problem *problem)
{
	struct hello *hello;

	if (status == STATUS_OK && frame->type == FRAME_HELLO_CUSTOMER && len > r->limits.hello_customer_bytes) {
		client_close(client, CLOSE_TOO_BIG);
		return;
	}
	if (status == STATUS_OK)
		status = hello_new(frame, &hello, problem);
	if (status != STATUS_OK) {
		if (status == STATUS_INVALID)
			client_send_error(client, problem, NULL, NULL);
		client_close(client, CLOSE_UNAUTHORIZED);
		return;
	}
	client->state = CLIENT_JUDGED;
	client->hello = hello;
	client->tab = frame->tab ? alloc_copy_str(frame->tab) : NULL;
	deadline_clear(&client->hello_deadline);
	relay_judge(r, client);
}

/* Of a chat that is not his a customer learns nothing; an operator is judged by the database. */
static void take_message(struct relay *r, struct client *client, const struct frame *frame, const char *kind)
{
	if (client->party == PARTY_CUSTOMER && !client_sub(client, frame->chat))
		answer_error(client, STATUS_NOT_FOUND, frame);
	else if (client_may_send(client, frame->cid) && batch_post(&r->batch, client, frame->chat, kind, frame->cid, frame->body, frame->choice) != STATUS_OK)
		answer_error(client, STATUS_UNAVAILABLE, frame);
}

static void take_signal(struct relay *r, struct client *client, const struct frame *frame)
{
	const struct sub *sub = client_sub(client, frame->chat);

	if (!sub)
		answer_error(client, STATUS_NOT_FOUND, frame);
	else if (frame->type == FRAME_TYPING && crowding_drops_typing(&r->crowding))
		return;
	else if (frame->type == FRAME_TYPING)
		signals_typing(&r->signals, sub->room, client->party, frame->on);
	else
		signals_mark(&r->signals, sub->room, client->party, frame->type == FRAME_GOT ? HINT_GOT : HINT_READ, (uint64_t)frame->seq);
}

static void take_ping(struct relay *r, struct client *client, const struct frame *frame)
{
	uint32_t wait_ms;

	if (!bucket_take(&client->pings, &ping_rate, r->transport->now_us(), &wait_ms)) {
		client_close(client, CLOSE_POLICY);
		return;
	}
	render_pong(client_scratch(client), frame->n);
	client_send_scratch(client);
}

static void take_frame(struct relay *r, struct client *client, const struct frame *frame)
{
	switch (frame->type) {
	case FRAME_SEND:
		if (client->seat && client->seat->bot)
			bot_send(r, client, frame);
		else
			take_message(r, client, frame, "message");
		break;
	case FRAME_NOTE:
		take_message(r, client, frame, "note");
		break;
	case FRAME_GOT:
	case FRAME_READ:
	case FRAME_TYPING:
		take_signal(r, client, frame);
		break;
	case FRAME_PING:
		take_ping(r, client, frame);
		break;
	case FRAME_ACCEPT:
		desk_accept(r, client, frame->offer);
		break;
	case FRAME_DECLINE:
		desk_decline(r, client, frame->offer, frame->reason);
		break;
	case FRAME_TURN:
		if (client->seat && client->seat->bot)
			bot_turn(r, client, frame);
		else
			answer_error(client, STATUS_FORBIDDEN, frame);
		break;
	case FRAME_HELLO_CUSTOMER: /* these four never get here: frame_parse() */
	case FRAME_HELLO_OPERATOR:
	case FRAME_HELLO_BOT:
	case FRAME_TRANSFER:
	default:
		break;
	}
}

static bool is_strike(enum status status)
{
	return status == STATUS_BAD_JSON || status == STATUS_UNKNOWN_TYPE || status == STATUS_BAD_STATE;
}

void relay_receive(struct relay *r, struct client *client, const char *text, size_t len)
{
	struct problem problem = { 0 };
	struct frame frame;
	enum status status;

	client_heard(client);
	if (client->state == CLIENT_CLOSING)
		return;
	status = frame_parse(text, len, client->state, client->party, &frame, &problem);
	if (client->state == CLIENT_NEW)
		take_hello(r, client, &frame, len, status, &problem);
	else if (status == STATUS_OK)
		take_frame(r, client, &frame);
	else if (is_strike(status))
		client_strike(client, &problem, frame.cid);
	else
		client_send_error(client, &problem, frame.cid, NULL);
	frame_fini(&frame);
}
