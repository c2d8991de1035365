/* SPDX-License-Identifier: ISC */
#include "relay_stage.h"

#include "base/alloc.h"
#include "chat/metrics.h"
#include "db/array.h"
#include "relay/session.h"
#include "relay_suites.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOCKETS_MAX 32

struct stage stage;

static struct fake_socket *sockets[SOCKETS_MAX];
static size_t socket_count;
static struct {
	pipe_done_fn *done;
	void *arg;
} pending[STAGE_SESSIONS]; /* the statement under way of each session */

/* ---- sockets ------------------------------------------------------------------------------------------------ */

static void fake_want_write(void *socket)
{
	(void)socket;
}

static void fake_ping(void *socket)
{
	((struct fake_socket *)socket)->pings++;
}

static void fake_hold(void *socket, bool held)
{
	((struct fake_socket *)socket)->held = held;
}

static void fake_close(void *socket, int code)
{
	((struct fake_socket *)socket)->close_code = code;
}

static uint64_t fake_now_ms(void)
{
	return stage.now_ms;
}

static uint64_t fake_now_us(void)
{
	return stage.now_ms * 1000;
}

static const struct transport transport = { fake_want_write, fake_ping, fake_hold, fake_close, fake_now_ms, fake_now_us };

struct client *stage_client(enum party party)
{
	struct fake_socket *socket = alloc_zero(1, sizeof *socket);

	assert(socket_count < SOCKETS_MAX);
	sockets[socket_count++] = socket;
	socket->client = client_new(&stage.clients, socket, NULL);
	socket->client->party = party;
	client_welcome(socket->client);
	return socket->client;
}

struct fake_socket *socket_of(const struct client *client)
{
	return client->socket;
}

void stage_gone(struct client *client)
{
	struct fake_socket *socket = client->socket;

	session_end(client);
	client_free(&socket->client);
}

const char *stage_hear(struct client *client)
{
	struct fake_socket *socket = client->socket;
	struct buf out;

	socket->said[0] = '\0';
	buf_init(&out, sizeof socket->said);
	while (socket->close_code == 0 && session_next_frame(client, &out))
		buf_add_str(&out, " ");
	assert(out.len < sizeof socket->said);
	memcpy(socket->said, out.data, out.len + 1);
	buf_fini(&out);
	return socket->said;
}

/* ---- rooms -------------------------------------------------------------------------------------------------- */

static void fake_fetch_tail(void *arg, struct room *room)
{
	(void)arg;
	stage.tails_asked++;
	stage.tail_room = room;
}

static void fake_fetch_page(void *arg, struct sub *sub)
{
	(void)arg;
	stage.pages_asked++;
	stage.page_sub = sub;
}

static void fake_marks_changed(void *arg, struct room *room)
{
	(void)arg;
	(void)room;
	stage.marks_changed++;
}

static void fake_party_changed(void *arg, struct room *room, enum party party)
{
	(void)arg;
	signals_party_changed(&stage.signals, room, party);
}

struct event *stage_event(uint64_t seq)
{
	char body[32];

	(void)snprintf(body, sizeof body, "m%llu", (unsigned long long)seq);
	return event_new(&(struct event_row){ .chat = CHAT_A, .seq = seq, .kind = "message", .author_kind = "customer", .author_name = "", .body = body, .at = "T" });
}

struct page *stage_page(uint64_t first, uint64_t last)
{
	struct page *page = alloc_zero(1, sizeof *page + (last - first + 1) * sizeof page->events[0]);

	for (uint64_t seq = first; seq <= last; seq++)
		page->events[page->count++] = stage_event(seq);
	return page;
}

/* ---- the database: in place of db/pipe.c -------------------------------------------------------------------- */

bool pipe_is_up(const struct pipe *p)
{
	(void)p;
	return stage.database_up;
}

static uint32_t number_at(const char *data)
{
	uint32_t number;

	memcpy(&number, data, sizeof number);
	return ntohl(number);
}

static void add_element(struct buf *literal, uint32_t type, const unsigned char *data, size_t len)
{
	char text[256];
	size_t at = 0;

	if (type == ARRAY_TEXT) {
		(void)snprintf(text, sizeof text, "%.*s", (int)len, (const char *)data);
		array_add_text(literal, text);
	} else if (type == ARRAY_UUID) {
		for (size_t i = 0; i < len; i++)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", data[i]);
		array_add_text(literal, text);
	} else {
		array_add_bytes(literal, data, len);
	}
}

/* An array in binary as the literal it is. */
static void show_array(const char *data, size_t size, char *ret_text, size_t text_size)
{
	uint32_t count = number_at(data + 12), type = number_at(data + 8);
	size_t at = 20;
	struct buf literal;

	buf_init(&literal, text_size - 1);
	array_begin(&literal);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t len = number_at(data + at);

		at += 4;
		if (len == UINT32_MAX) {
			array_add_text(&literal, NULL);
			continue;
		}
		add_element(&literal, type, (const unsigned char *)data + at, len);
		at += len;
	}
	array_end(&literal);
	CU_ASSERT_EQUAL(at, size);
	(void)snprintf(ret_text, text_size, "%s", literal.data);
	buf_fini(&literal);
}

/* A session of the stage by its number, from 1 on; 0 is the one that everybody has who asks for none. */
struct pipe *stage_session(unsigned number)
{
	return (struct pipe *)(void *)&pending[number];
}

static unsigned session_number(const struct pipe *p)
{
	for (unsigned i = 1; i < STAGE_SESSIONS; i++)
		if (p == stage_session(i))
			return i;
	return 0;
}

size_t pipe_in_flight(const struct pipe *p)
{
	return pending[session_number(p)].done ? 1 : 0;
}

enum status pipe_send(struct pipe *p, const struct statement *statement, const struct param *params, pipe_done_fn *done, void *arg)
{
	unsigned session = session_number(p);

	if (!stage.database_up)
		return STATUS_UNAVAILABLE;
	assert(!pending[session].done);
	stage.statements++;
	stage.statement = statement;
	for (int i = 0; i < statement->params && i < 8; i++)
		if (params[i].format == 1)
			show_array(params[i].value, (size_t)params[i].length, stage.params[i], sizeof stage.params[i]);
		else
			(void)snprintf(stage.params[i], sizeof stage.params[i], "%s", params[i].value ? params[i].value : "-");
	stage.session = session;
	pending[session].done = done;
	pending[session].arg = arg;
	return STATUS_OK;
}

static void finish(const PGresult *result, const struct problem *problem)
{
	pipe_done_fn *done = pending[stage.session].done;

	assert(done);
	pending[stage.session].done = NULL;
	done(pending[stage.session].arg, result, problem);
}

void stage_answer(const char *const *columns, int column_count, const char *const *cells, int rows)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc *attributes = alloc_zero((size_t)column_count, sizeof *attributes);
	const struct problem none = { 0 };

	for (int c = 0; c < column_count; c++) {
		attributes[c].name = alloc_copy_str(columns[c]);
		attributes[c].typlen = -1;
	}
	if (!PQsetResultAttrs(result, column_count, attributes))
		abort();
	for (int i = 0; i < rows * column_count; i++) {
		char *cell = alloc_copy_str(cells[i]);
		bool null = strcmp(cell, "-") == 0;

		if (!PQsetvalue(result, i / column_count, i % column_count, null ? NULL : cell, null ? -1 : (int)strlen(cell)))
			abort();
		free(cell);
	}
	finish(result, &none);
	PQclear(result);
	for (int c = 0; c < column_count; c++)
		free(attributes[c].name);
	free(attributes);
}

void stage_done(void)
{
	stage_answer(NULL, 0, NULL, 0);
}

void stage_fail(enum status status)
{
	struct problem problem = { .status = status };

	finish(NULL, &problem);
}

/* ---- the bus, and in place of carrier_nats.c its carrier ----------------------------------------------------- */

static void on_words(void *arg, const char *words)
{
	(void)arg;
	(void)snprintf(stage.bus_heard, sizeof stage.bus_heard, "%s", words);
}

static void on_works(void *arg)
{
	(void)arg;
	stage.bus_worked++;
}

static void on_fails(void *arg, const char *reason)
{
	(void)arg;
	(void)reason;
	stage.bus_failed++;
	hints_bus_failed(&stage.hints);
}

static void on_peer_lost(void *arg)
{
	(void)arg;
	stage.bus_peers_lost++;
	hints_peer_lost(&stage.hints);
}

bool carrier_send(struct carrier *c, const char *payload, size_t len)
{
	(void)c;
	if (stage.carrier_full)
		return false;
	(void)snprintf(stage.carrier_said, sizeof stage.carrier_said, "%.*s", (int)len, payload);
	stage.carrier_count++;
	return true;
}

enum status carrier_new(uv_loop_t *loop, const struct options *options, const struct carrier_events *events, struct carrier **ret_carrier)
{
	(void)loop;
	(void)options;
	(void)events;
	*ret_carrier = NULL;
	return STATUS_OK;
}

void carrier_subject(struct carrier *c, const char *subject)
{
	(void)c;
	(void)subject;
}

void carrier_free(struct carrier **carrier)
{
	(void)carrier;
}

void stage_comes(const char *payload)
{
	bus_carrier_events.came(&stage.bus, payload);
}

/* ---- up and down -------------------------------------------------------------------------------------------- */

void relay_stage_begin(void)
{
	stage = (struct stage){ .now_ms = 1000000, .database_up = true };
	stage.limits = (struct limits){
		.hello_ms = 5000, .message_ms = 10000, .heartbeat_ms = 25000, .drain_ms = 20000, .database_grace_ms = 30000, .heartbeat_s = 25,
		.frame_bytes = 65536, .fragments = 64, .hello_customer_bytes = 1024, .hello_operator_bytes = 8192, .messages = { .count = 5, .per_s = 1, .burst = 10 },
		.rejections = 30, .out_bytes = 262144, .out_events = 200, .unanswered = 4, .batch_rows = 100, .batch_bytes = 1048576,
		.token_check_ms = 20000,
	};
	clients_init(&stage.clients, &stage.limits, &transport);
	stage.rooms = (struct rooms){
		.limits = &stage.limits, .transport = &transport, .look_line = { .wait_ms = ROOM_LOOK_MS }, .delivery = { .buckets = &METRIC_SECONDS },
		.fetch_tail = fake_fetch_tail, .fetch_page = fake_fetch_page, .party_changed = fake_party_changed, .marks_changed = fake_marks_changed,
	};
	bus_init(&stage.bus, &(struct bus_events){ .heard = on_words, .works = on_works, .fails = on_fails, .peer_lost = on_peer_lost }, &transport);
	hints_init(&stage.hints, NULL, &stage.bus);
	signals_init(&stage.signals, &stage.rooms, &stage.hints, &transport);
	access_init(&stage.access, NULL, &stage.clients, &stage.rooms, &stage.limits);
	batch_init(&stage.batch, NULL, NULL, &stage.clients, &stage.rooms, &stage.hints, &stage.limits);
}

void relay_stage_end(void)
{
	for (size_t i = 0; i < socket_count; i++) {
		if (sockets[i]->client)
			stage_gone(sockets[i]->client);
		free(sockets[i]);
	}
	socket_count = 0;
	memset(pending, 0, sizeof pending);
	batch_fini(&stage.batch);
	bus_close(&stage.bus);
	hints_fini(&stage.hints);
	clients_fini(&stage.clients);
	CU_ASSERT_PTR_NULL(stage.rooms.by_chat); /* no room outlives its sockets */
}
