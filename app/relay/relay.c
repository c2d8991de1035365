/* SPDX-License-Identifier: ISC */
#include "relay/relay.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/log.h"
#include "chat/metrics.h"
#include "chat/statements.h"
#include "relay/beat.h"
#include "relay/customer.h"
#include "relay/hello.h"
#include "relay/operator.h"
#include "relay/place.h"
#include "relay/report.h"
#include "relay/session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <utlist.h>

#define TICK_MS 200
#define LATE_MS 500       /* from one tick to the next: we were away */
#define PULSE_MS 10       /* a batch that was refused rests so long */
#define HINTS_MS 5        /* between two that tell other relays where to look */
#define HELLOS_FLYING 8   /* enough to keep the server busy, few enough that a message waits for some milliseconds only when thousands come back at once */

/* ---- hellos ------------------------------------------------------------------------------------------------- */

/* Whose hello waits for its turn before the database. */
struct waiting_hello {
	struct waiting_hello *prev, *next;
	uint64_t client;
};

static void hello_drop(struct relay *r, struct waiting_hello *w)
{
	DL_DELETE(r->hellos, w);
	free(w);
}

static void hellos_drop(struct relay *r)
{
	while (r->hellos)
		hello_drop(r, r->hellos);
}

/* false: not now */
static bool put_before_database(struct relay *r, struct client *client)
{
	if (client->hello->operator)
		return operator_hello(r, client);
	return customer_hello(r, client);
}

void relay_judge_next(struct relay *r)
{
	while (r->hellos && r->hellos_flying < HELLOS_FLYING && r->number[0] != '\0' && pipe_is_up(r->pipe)) {
		struct client *client = clients_find(&r->clients, r->hellos->client);

		if (client && client->state == CLIENT_JUDGED && !client->hello->asked && !put_before_database(r, client))
			return; /* the next answer or tick tries again */
		hello_drop(r, r->hellos);
	}
}

void relay_judge(struct relay *r, struct client *client)
{
	struct waiting_hello *w = alloc_zero(1, sizeof *w);

	w->client = client->id;
	DL_APPEND(r->hellos, w);
	relay_judge_next(r);
}

/* ---- the database ------------------------------------------------------------------------------------------- */

static void look_at_rooms(struct relay *r)
{
	struct room *room, *next;

	HASH_ITER(hh, r->rooms.by_chat, room, next)
		room_look(room);
}

/* The session stands, we are registered and listen: everything is looked at anew. */
static void on_ready(struct relay *r)
{
	struct client *client, *next_client;

	hellos_drop(r);
	HASH_ITER(hh, r->clients.by_id, client, next_client)
		if (client->state == CLIENT_JUDGED)
			relay_judge(r, client);
	look_at_rooms(r);
	marks_again(&r->marks);
	r->places_due = true;
	beat_sweep(r, true);
}

static void on_up(void *arg)
{
	beat_register(arg, on_ready);
}

static void on_down(void *arg)
{
	struct relay *r = arg;

	log_count(LOG_LEVEL_WARN, "database_down", "sockets", (long long)r->clients.count, NULL);
}

static void tell_presence(struct relay *r)
{
	struct room *room, *next;

	HASH_ITER(hh, r->rooms.by_chat, room, next)
		for (int p = PARTY_CUSTOMER; p < PARTY_COUNT; p++)
			if (room->signals[p].here > 0)
				hints_presence(&r->hints, room->chat, (enum party)p, true);
}

static void on_hint(void *arg, const struct hint *hint)
{
	struct relay *r = arg;
	struct room *room;

	r->hints.received++;
	switch (hint->type) {
	case HINT_CHAT:
		room = room_find(&r->rooms, hint->chat);
		if (room)
			room_look(room);
		r->places_due = true;
		break;
	case HINT_OPERATOR:
		operator_refresh(r, hint->operator);
		r->places_due = true;
		break;
	case HINT_DESK:
		operator_tell(r, hint->operator);
		break;
	case HINT_SESSIONS:
		beat_sweep(r, true);
		break;
	case HINT_ACCESS:
		access_changed(&r->access, hint->chat);
		break;
	case HINT_BUS:
		bus_peer_gone(&r->bus, hint->seq);
		break;
	case HINT_RELAY:
		/* it has begun, or its words could not go out: what it stored and did not tell, or its life before did not, is looked for */
		hints_company(&r->hints);
		hints_doubt_bus(&r->hints);
		tell_presence(r);
		look_at_rooms(r);
		break;
	case HINT_TYPING:
	case HINT_PRESENCE:
	case HINT_GOT:
	case HINT_READ:
	default:
		hints_company(&r->hints);
		signals_hint(&r->signals, hint);
	}
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
	(void)channel;
	hints_read(payload, on_hint, arg);
}

static void on_bus_words(void *arg, const char *words)
{
	hints_read(words, on_hint, arg);
}

static void on_bus_works(void *arg)
{
	(void)arg;
	log_event(LOG_LEVEL_INFO, "bus_works", NULL);
}

/* Neither have the others heard all we said nor we what they did. */
static void on_bus_fails(void *arg, const char *reason)
{
	struct relay *r = arg;

	log_event(LOG_LEVEL_WARN, "bus_fails", "reason", reason, NULL);
	hints_bus_failed(&r->hints);
	look_at_rooms(r);
	operator_refresh(r, NULL);
	r->places_due = true;
}

static void on_bus_peer_lost(void *arg)
{
	struct relay *r = arg;

	hints_peer_lost(&r->hints);
}

static void on_hints_up(void *arg)
{
	struct relay *r = arg;

	hints_again(&r->hints);
}

static void on_places_up(void *arg)
{
	struct relay *r = arg;

	r->places_due = true;
}

static void ignore(void *arg)
{
	(void)arg;
}

static void ignore_notify(void *arg, const char *channel, const char *payload)
{
	(void)arg;
	(void)channel;
	(void)payload;
}

/* Longer without database than the grace time: the clients keep their outboxes and come again. */
static void check_grace(struct relay *r)
{
	uint64_t since_ms = pipe_down_since_ms(r->pipe);
	struct client *client, *next;

	if (since_ms == 0 || r->transport->now_ms() - since_ms < r->limits.database_grace_ms)
		return;
	HASH_ITER(hh, r->clients.by_id, client, next)
		if (client->state != CLIENT_NEW)
			client_close(client, CLOSE_NO_DATABASE);
}

/* ---- rooms -------------------------------------------------------------------------------------------------- */

static void fetch_tail(void *arg, struct room *room)
{
	struct relay *r = arg;

	history_fetch_tail(&r->history, room);
}

static void fetch_page(void *arg, struct sub *sub)
{
	struct relay *r = arg;

	history_fetch_page(&r->history, sub);
}

static void party_changed(void *arg, struct room *room, enum party party)
{
	struct relay *r = arg;

	signals_party_changed(&r->signals, room, party);
	if (party == PARTY_CUSTOMER && room->signals[party].here == 0)
		customer_left_room(r, room);
}

static void marks_risen(void *arg, struct room *room)
{
	struct relay *r = arg;

	marks_changed(&r->marks, room);
}

static void sweep_rooms(struct relay *r)
{
	struct deadline *due;

	while ((due = deadline_due(&r->rooms.look_line, r->transport->now_ms())) != NULL) {
		struct room *room = DEADLINE_OWNER(due, struct room, look_deadline);

		deadline_arm(&r->rooms.look_line, due, r->transport->now_ms());
		room_look(room);
	}
}

/* ---- the clock ---------------------------------------------------------------------------------------------- */

/* A relay that was away is not to take its own silence for that of everybody else. */
static void notice_absence(struct relay *r)
{
	uint64_t now_ms = r->transport->now_ms();
	uint64_t gap_ms = now_ms - r->tick_ms;

	r->tick_ms = now_ms;
	if (gap_ms < LATE_MS)
		return;
	log_count(LOG_LEVEL_WARN, "was_away", "ms", (long long)gap_ms, NULL);
	clients_forgive(&r->clients, gap_ms);
	bus_forgive(&r->bus, gap_ms);
}

static void on_tick(uv_timer_t *timer)
{
	struct relay *r = timer->data;

	notice_absence(r);
	clients_sweep(&r->clients);
	relay_judge_next(r);
	signals_sweep(&r->signals);
	marks_sweep(&r->marks);
	sweep_rooms(r);
	customer_sweep(r);
	operator_sweep(r);
	place_sweep(r);
	beat_sweep(r, false);
	bus_tick(&r->bus);
	access_sweep(&r->access);
	crowding_look(&r->crowding);
	report_sweep(r);
	check_grace(r);
}

static void on_pulse(uv_timer_t *timer)
{
	struct relay *r = timer->data;

	r->pulse_ms = r->transport->now_ms();
	hints_flush(&r->hints);
	if (batch_is_resting(&r->batch))
		batch_pulse(&r->batch);
}

static void on_gathered(uv_timer_t *timer)
{
	struct relay *r = timer->data;

	batch_gathered(&r->batch);
}

/* After a quiet moment hints go at once, and later ones with the next pulse; a batch that rests does so for a whole one. */
static uint64_t pulse_in_ms(const struct relay *r)
{
	uint64_t since_ms = r->transport->now_ms() - r->pulse_ms;

	if (batch_is_resting(&r->batch))
		return PULSE_MS;
	return since_ms < HINTS_MS ? HINTS_MS - since_ms : 0;
}

void relay_settle(struct relay *r)
{
	batch_run(&r->batch);
	if (r->flush)
		r->flush(r->flush_arg);
	history_run(&r->history); /* last: who has been sent a page may need the next one */
	if ((hints_waiting(&r->hints) || batch_is_resting(&r->batch)) && !uv_is_active((uv_handle_t *)&r->pulse))
		uv_timer_start(&r->pulse, on_pulse, pulse_in_ms(r), 0);
	if (batch_is_gathering(&r->batch) && !uv_is_active((uv_handle_t *)&r->gather))
		uv_timer_start(&r->gather, on_gathered, r->limits.batch_gather_ms, 0);
}

static void on_settle(uv_prepare_t *prepare)
{
	relay_settle(prepare->data);
}

/* ---- clients ------------------------------------------------------------------------------------------------ */

struct client *relay_open(struct relay *r, void *socket, const char *foreign_origin)
{
	return client_new(&r->clients, socket, foreign_origin);
}

void relay_gone(struct relay *r, struct client **client)
{
	session_end(*client);
	operator_gone(r, *client);
	client_free(client);
}

/* ---- life --------------------------------------------------------------------------------------------------- */

static char *make_name(const struct options *options)
{
	const char *name = option_str(options, "relay_name");
	char host[128] = "";
	char text[512];

	if (name)
		return alloc_copy_str(name);
	(void)gethostname(host, sizeof host - 1);
	(void)snprintf(text, sizeof text, "%s:%s", host, option_str(options, "relay_socket"));
	return alloc_copy_str(text);
}

static void init_database(struct relay *r, const char *conninfo, unsigned slow_ms)
{
	const struct pipe_events events = { .up = on_up, .down = on_down, .notify = on_notify, .arg = r };
	const struct pipe_events place_events = { .up = on_places_up, .down = ignore, .notify = ignore_notify, .arg = r };
	const struct pipe_events post_events = { .up = ignore, .down = ignore, .notify = ignore_notify, .arg = r };
	const struct pipe_events hint_events = { .up = on_hints_up, .down = ignore, .notify = ignore_notify, .arg = r };

	pipe_new(r->loop, conninfo, "switchboard-relay", statements_relay, statements_relay_count, &events, &r->pipe);
	pipe_new(r->loop, conninfo, "switchboard-relay-messages", statements_relay_messages, statements_relay_messages_count, &post_events, &r->post_pipe);
	pipe_new(r->loop, conninfo, "switchboard-relay-places", statements_relay_places, statements_relay_places_count, &place_events, &r->place_pipe);
	pipe_new(r->loop, conninfo, "switchboard-relay-hints", statements_relay_aside, statements_relay_aside_count, &hint_events, &r->hint_pipe);
	pipe_slow(r->pipe, slow_ms);
	pipe_slow(r->place_pipe, slow_ms);
	pipe_slow(r->post_pipe, slow_ms);
	pipe_slow(r->hint_pipe, slow_ms);
}

static void init_clock(struct relay *r)
{
	uv_timer_init(r->loop, &r->tick);
	uv_timer_init(r->loop, &r->pulse);
	uv_timer_init(r->loop, &r->gather);
	uv_prepare_init(r->loop, &r->settle);
	r->tick.data = r->pulse.data = r->gather.data = r->settle.data = r;
	r->tick_ms = r->transport->now_ms();
	uv_timer_start(&r->tick, on_tick, TICK_MS, TICK_MS);
	uv_prepare_start(&r->settle, on_settle);
}

void relay_init(struct relay *r, uv_loop_t *loop, const struct options *options, const struct public_url *url, const struct transport *transport)
{
	const struct bus_events bus_events = { .heard = on_bus_words, .works = on_bus_works, .fails = on_bus_fails, .peer_lost = on_bus_peer_lost, .arg = r };

	*r = (struct relay){ .loop = loop, .transport = transport, .name = make_name(options) };
	limits_read(options, &r->limits);
	clients_init(&r->clients, &r->limits, transport);
	r->rooms = (struct rooms){
		.limits = &r->limits, .transport = transport, .look_line = { .wait_ms = ROOM_LOOK_MS }, .delivery = { .buckets = &METRIC_SECONDS },
		.fetch_tail = fetch_tail, .fetch_page = fetch_page, .party_changed = party_changed, .marks_changed = marks_risen, .arg = r,
	};
	admission_init(&r->admission, url);
	init_database(r, option_str(options, "database"), (unsigned)option_int(options, "slow_statement_ms"));
	history_init(&r->history, r->pipe, &r->clients, &r->batch);
	bus_init(&r->bus, &bus_events, transport);
	hints_init(&r->hints, r->hint_pipe, &r->bus);
	access_init(&r->access, r->hint_pipe, &r->clients, &r->rooms, &r->limits);
	batch_init(&r->batch, r->post_pipe, r->pipe, &r->clients, &r->rooms, &r->hints, &r->limits);
	signals_init(&r->signals, &r->rooms, &r->hints, transport);
	marks_init(&r->marks, r->pipe, &r->rooms, transport);
	init_clock(r);
}

void relay_close(struct relay *r)
{
	hints_flush(&r->hints);
	bus_close(&r->bus);
	hellos_drop(r);
	pipe_free(&r->place_pipe);
	pipe_free(&r->hint_pipe);
	pipe_free(&r->post_pipe);
	pipe_free(&r->pipe);
	uv_close((uv_handle_t *)&r->tick, NULL);
	uv_close((uv_handle_t *)&r->pulse, NULL);
	uv_close((uv_handle_t *)&r->gather, NULL);
	uv_close((uv_handle_t *)&r->settle, NULL);
}

void relay_fini(struct relay *r)
{
	marks_drop(&r->marks);
	customer_drop_gone(r);
	operator_drop_gone(r);
	crowding_fini(&r->crowding);
	batch_fini(&r->batch);
	hints_fini(&r->hints);
	history_fini(&r->history);
	admission_fini(&r->admission);
	clients_fini(&r->clients);
	assert(!r->rooms.by_chat && !r->seats);
	free(r->name);
}
