/* SPDX-License-Identifier: ISC */
#include "relay/client.h"

#include "base/alloc.h"
#include "base/log.h"
#include "relay/render.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define NOTES_MAX 512
#define STRIKES_MAX 3
#define CLOSE_WAIT_MS 5000
#define STALL_MS 1000     /* without having taken anything */
#define BURST_FACTOR 8    /* past so many times the limits not even a quick socket is waited for */
#define FRAME_MAX_BYTES (128 * 1024)
#define NAME_SIZE 24

const char *const client_cull_names[CULL_COUNT] = { "hello", "message", "silent", "stalled", "slow" };

static const int close_codes[CLOSE_KINDS] = {
	0, CLOSE_GOING_AWAY, CLOSE_BINARY, CLOSE_NOT_UTF8, CLOSE_POLICY, CLOSE_TOO_BIG, CLOSE_INTERNAL, CLOSE_OVERLOADED, CLOSE_NOT_UNDERSTOOD, CLOSE_UNAUTHORIZED,
	CLOSE_FORBIDDEN, CLOSE_UNKNOWN_CHAT, CLOSE_TOO_SLOW, CLOSE_REPLACED, CLOSE_CHAT_ENDED, CLOSE_RATE, CLOSE_NO_DATABASE,
};
const char *const client_close_names[CLOSE_KINDS] = {
	"peer", "1001", "1003", "1007", "1008", "1009", "1011", "1013", "4400", "4401", "4403", "4404", "4408", "4409", "4410", "4429", "4503",
};

struct note {
	struct note *prev, *next;
	size_t len;
	char text[];
};

void clients_init(struct clients *all, const struct limits *limits, const struct transport *transport)
{
	*all = (struct clients){ .limits = limits, .transport = transport };
	all->hello_line.wait_ms = limits->hello_ms;
	all->message_line.wait_ms = limits->message_ms;
	all->silence_line.wait_ms = limits->heartbeat_ms / 2;
	all->drain_line.wait_ms = limits->drain_ms;
	all->close_line.wait_ms = CLOSE_WAIT_MS;
	buf_init(&all->scratch, FRAME_MAX_BYTES);
}

void clients_fini(struct clients *all)
{
	assert(all->count == 0);
	buf_fini(&all->scratch);
}

struct client *clients_find(struct clients *all, uint64_t id)
{
	struct client *c = NULL;

	HASH_FIND(hh, all->by_id, &id, sizeof id, c);
	return c;
}

static void cut(struct client *c, int code)
{
	deadline_clear(&c->close_deadline);
	c->all->transport->close(c->socket, code);
}

static void sweep_line(struct clients *all, struct deadline_line *line, size_t offset, enum cull why)
{
	uint64_t now_ms = all->transport->now_ms();
	struct deadline *due;

	while ((due = deadline_due(line, now_ms)) != NULL) {
		struct client *c = (struct client *)(void *)((char *)due - offset);

		client_cull(c, why);
	}
}

/* Silent for a heartbeat: pinged; nothing for another one since: closed. Never closed without having been asked. */
static void sweep_silent(struct clients *all)
{
	uint64_t now_ms = all->transport->now_ms();
	struct deadline *due;

	while ((due = deadline_due(&all->silence_line, now_ms)) != NULL) {
		struct client *c = DEADLINE_OWNER(due, struct client, silence_deadline);

		if (c->held)
			client_heard(c); /* a socket we do not read is silent by our doing */
		if (c->pinged_ms > 0 && now_ms - c->pinged_ms >= all->limits->heartbeat_ms) {
			client_cull(c, CULL_SILENT);
			continue;
		}
		deadline_arm(&all->silence_line, &c->silence_deadline, now_ms);
		if (now_ms - c->heard_ms < all->limits->heartbeat_ms || c->pinged_ms > 0)
			continue;
		c->pinged_ms = now_ms;
		all->transport->ping(c->socket);
	}
}

static void later(uint64_t *at_ms, uint64_t lost_ms, uint64_t now_ms)
{
	if (*at_ms > 0)
		*at_ms = *at_ms + lost_ms < now_ms ? *at_ms + lost_ms : now_ms;
}

void clients_forgive(struct clients *all, uint64_t lost_ms)
{
	struct deadline_line *lines[] = { &all->hello_line, &all->message_line, &all->silence_line, &all->drain_line, &all->close_line };
	uint64_t now_ms = all->transport->now_ms();
	struct client *c, *next;
	struct deadline *deadline;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		DL_FOREACH(lines[i]->head, deadline)
			deadline->due_ms += lost_ms;
	HASH_ITER(hh, all->by_id, c, next) {
		later(&c->heard_ms, lost_ms, now_ms);
		later(&c->pinged_ms, lost_ms, now_ms);
		later(&c->writing_ms, lost_ms, now_ms);
	}
}

void clients_sweep(struct clients *all)
{
	struct deadline *due;

	sweep_line(all, &all->hello_line, offsetof(struct client, hello_deadline), CULL_HELLO);
	sweep_line(all, &all->message_line, offsetof(struct client, message_deadline), CULL_MESSAGE);
	sweep_line(all, &all->drain_line, offsetof(struct client, drain_deadline), CULL_STALLED);
	sweep_silent(all);
	while ((due = deadline_due(&all->close_line, all->transport->now_ms())) != NULL) {
		struct client *c = DEADLINE_OWNER(due, struct client, close_deadline);

		cut(c, c->close_code);
	}
}

void clients_took_up(struct clients *all, uint64_t cursor, bool resync)
{
	all->resumed += cursor > 0 && !resync;
	all->resynced += resync;
}

struct client *client_new(struct clients *all, void *socket, const char *foreign_origin)
{
	struct client *c = alloc_zero(1, sizeof *c);
	uint64_t now_ms = all->transport->now_ms();

	c->origin = foreign_origin ? alloc_copy_str(foreign_origin) : NULL;
	c->id = ++all->last_id;
	c->all = all;
	c->socket = socket;
	c->heard_ms = now_ms;
	HASH_ADD(hh, all->by_id, id, sizeof c->id, c);
	all->count++;
	all->opened++;
	deadline_arm(&all->hello_line, &c->hello_deadline, now_ms);
	deadline_arm(&all->silence_line, &c->silence_deadline, now_ms);
	return c;
}

static void drop_notes(struct client *c)
{
	struct note *note, *next;

	DL_FOREACH_SAFE(c->notes, note, next)
		free(note);
	c->notes = NULL;
	c->note_count = c->note_bytes = 0;
}

static void clear_deadlines(struct client *c)
{
	deadline_clear(&c->hello_deadline);
	deadline_clear(&c->message_deadline);
	deadline_clear(&c->silence_deadline);
	deadline_clear(&c->drain_deadline);
	deadline_clear(&c->access_deadline);
}

static void count_close(struct client *c)
{
	size_t kind = CLOSE_KINDS;

	while (--kind > 0 && close_codes[kind] != c->close_code)
		continue;
	c->all->closed[kind]++;
	if (c->welcome)
		c->all->welcomed[c->party]--;
}

void client_free(struct client **client)
{
	struct client *c = *client;

	*client = NULL;
	assert(!c->subs && !c->hello && !c->seat);
	count_close(c);
	drop_notes(c);
	clear_deadlines(c);
	deadline_clear(&c->close_deadline);
	HASH_DEL(c->all->by_id, c);
	c->all->count--;
	free(c->origin);
	free(c->tab);
	free(c);
}

void client_heard(struct client *c)
{
	c->heard_ms = c->all->transport->now_ms();
	c->pinged_ms = 0;
}

void client_reading(struct client *c, bool reading)
{
	if (!reading)
		deadline_clear(&c->message_deadline);
	else if (!c->message_deadline.line && c->state != CLIENT_CLOSING)
		deadline_arm(&c->all->message_line, &c->message_deadline, c->all->transport->now_ms());
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

void client_wake(struct client *c)
{
	if (c->writing)
		return;
	c->writing = true;
	c->writing_ms = c->all->transport->now_ms();
	if (!c->drain_deadline.line && c->state != CLIENT_CLOSING)
		deadline_arm(&c->all->drain_line, &c->drain_deadline, c->all->transport->now_ms());
	c->all->transport->want_write(c->socket);
}

bool client_is_too_slow(const struct client *c, uint64_t events, uint64_t bytes)
{
	const struct limits *limits = c->all->limits;

	if (events <= limits->out_events && bytes <= limits->out_bytes)
		return false;
	if (events > limits->out_events * BURST_FACTOR || bytes > limits->out_bytes * BURST_FACTOR)
		return true;
	return c->writing && c->all->transport->now_ms() - c->writing_ms > STALL_MS;
}

struct buf *client_scratch(struct client *c)
{
	buf_reset(&c->all->scratch);
	return &c->all->scratch;
}

void client_send_scratch(struct client *c)
{
	struct buf *b = &c->all->scratch;
	struct note *note;

	assert(!b->overflow);
	if (c->state == CLIENT_CLOSING)
		return;
	if (c->note_count >= NOTES_MAX || c->note_bytes + b->len > c->all->limits->out_bytes) {
		client_cull(c, CULL_SLOW);
		return;
	}
	note = alloc_zero(1, sizeof *note + b->len);
	note->len = b->len;
	memcpy(note->text, b->data, b->len);
	DL_APPEND(c->notes, note);
	c->note_count++;
	c->note_bytes += note->len;
	client_wake(c);
}

bool client_next_note(struct client *c, struct buf *b)
{
	struct note *note = c->notes;

	if (!note)
		return false;
	DL_DELETE(c->notes, note);
	c->note_count--;
	c->note_bytes -= note->len;
	buf_add(b, note->text, note->len);
	free(note);
	return true;
}

/* Which socket it is, for a line of the log. */
static const char *name_of(const struct client *c, char ret_name[NAME_SIZE])
{
	(void)snprintf(ret_name, NAME_SIZE, "%" PRIu64, c->id);
	return ret_name;
}

/* What is our fault is logged with what its frame is known by: by its cid a message is found in chat.message too. */
void client_send_error(struct client *c, const struct problem *problem, const char *cid, const char *offer)
{
	char name[NAME_SIZE];

	if (problem->status == STATUS_INTERNAL)
		log_event(LOG_LEVEL_ERROR, "frame failed", "socket", name_of(c, name), "cid", cid, "offer", offer, NULL);
	render_error(client_scratch(c), problem, cid, offer);
	client_send_scratch(c);
}

void client_strike(struct client *c, const struct problem *problem, const char *cid)
{
	c->all->strikes++;
	client_send_error(c, problem, cid, NULL);
	if (++c->strikes >= STRIKES_MAX)
		client_close(c, CLOSE_NOT_UNDERSTOOD);
}

void client_close(struct client *c, enum close_code code)
{
	char name[NAME_SIZE];

	if (c->state == CLIENT_CLOSING)
		return;
	log_count(LOG_LEVEL_DEBUG, "closing", "code", (long long)code, "socket", name_of(c, name), NULL);
	c->state = CLIENT_CLOSING;
	c->close_code = code;
	clear_deadlines(c);
	if (code == CLOSE_TOO_SLOW)
		drop_notes(c);
	if (c->notes || c->writing) {
		deadline_arm(&c->all->close_line, &c->close_deadline, c->all->transport->now_ms());
		client_wake(c);
	} else {
		cut(c, code);
	}
}

void client_cull(struct client *c, enum cull why)
{
	c->all->culled[why] += c->state != CLIENT_CLOSING;
	client_close(c, CLOSE_TOO_SLOW);
}

void client_welcome(struct client *c)
{
	c->state = CLIENT_READY;
	c->welcome = true;
	c->all->welcomed[c->party]++;
}

/* ---- what it may ------------------------------------------------------------------------------------------- */

static void set_held(struct client *c, bool held)
{
	if (c->held == held)
		return;
	c->held = held;
	client_heard(c); /* the time it was not read does not count */
	c->all->transport->hold(c->socket, held);
}

void client_asked(struct client *c)
{
	if (++c->unanswered >= c->all->limits->unanswered)
		set_held(c, true);
}

void client_answered(struct client *c)
{
	assert(c->unanswered > 0);
	if (--c->unanswered <= c->all->limits->unanswered / 2)
		set_held(c, false);
}

bool client_may_send(struct client *c, const char *cid)
{
	const struct limits *limits = c->all->limits;
	uint64_t now_us = c->all->transport->now_us();
	struct problem problem = { 0 };
	uint32_t wait_ms;

	if (c->party != PARTY_CUSTOMER)
		return true;
	if (bucket_is_full(&c->rate, now_us))
		c->rejections = 0;
	if (bucket_take(&c->rate, &limits->messages, now_us, &wait_ms))
		return true;
	(void)problem_set(&problem, STATUS_RATE_LIMITED, NULL);
	problem.retry_ms = (int)wait_ms;
	c->all->rate_limited++;
	client_send_error(c, &problem, cid, NULL);
	if (++c->rejections >= limits->rejections)
		client_close(c, CLOSE_RATE);
	return false;
}
