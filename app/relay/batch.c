/* SPDX-License-Identifier: ISC */
#include "relay/batch.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/log.h"
#include "chat/metrics.h"
#include "chat/statements.h"
#include "db/conn.h"
#include "relay/post.h"
#include "relay/render.h"
#include "relay/verdict.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define ROWS_MAX 512
#define BODY_BYTES_MAX (1024 * 1024)      /* of one statement */
#define ARRAY_MAX_BYTES (4 * 1024 * 1024) /* the same with the lengths, and the largest single frame on top */
#define BUSY_LIMIT_MS 5000
#define TRIES_MAX 8
#define RETRY_MS 1000
#define ROWS_ENOUGH 16 /* a statement of so many is not waited for */
#define ROWS_MANY 48

void batch_init(struct batch *b, struct pipe *pipe, struct pipe *spare, struct clients *clients, struct rooms *rooms, struct hints *hints, const struct limits *limits)
{
	*b = (struct batch){
		.flights = { { .batch = b, .pipe = pipe }, { .batch = b, .pipe = spare } }, .clients = clients, .rooms = rooms, .hints = hints, .limits = limits, .rows_max = ROWS_MAX,
		.rows = { .buckets = &METRIC_ROWS }, .commit = { .buckets = &METRIC_SECONDS }, .lag = { .buckets = &METRIC_SECONDS },
	};
	for (int i = 0; i < POST_ARRAY_COUNT; i++)
		buf_init(&b->arrays[i], ARRAY_MAX_BYTES);
}

static void post_free(struct post **list, struct post *post)
{
	DL_DELETE(*list, post);
	free(post);
}

void batch_fini(struct batch *b)
{
	for (int i = 0; i < BATCH_FLIGHTS; i++)
		while (b->flights[i].posts)
			post_free(&b->flights[i].posts, b->flights[i].posts);
	while (b->waiting)
		post_free(&b->waiting, b->waiting);
	for (int i = 0; i < POST_ARRAY_COUNT; i++)
		buf_fini(&b->arrays[i]);
}

/* What operators send in their chats must get through when customers have filled the line. */
static bool has_room(const struct batch *b, enum party party, size_t size)
{
	size_t rows = b->limits->batch_rows, bytes = b->limits->batch_bytes;

	if (party == PARTY_OPERATOR) {
		rows += rows / 4;
		bytes += bytes / 4;
	}
	return b->waiting_count < rows && b->waiting_bytes + size <= bytes;
}

enum status batch_post(struct batch *b, struct client *author, const char *chat, const char *kind, const char *cid, const char *body,
					   const char *choice)
{
	size_t size = post_size(body, choice);
	struct post *post;

	if (!has_room(b, author->party, size))
		return STATUS_UNAVAILABLE;
	assert(uuid_is_canonical(chat) && uuid_is_canonical(cid));
	post = post_new(chat, kind, cid, body, choice);
	post->client = author->id;
	post->since_us = b->clients->transport->now_us();
	memcpy(post->credential, author->credential, SECRET_BYTES);
	DL_APPEND(b->waiting, post);
	b->waiting_count++;
	b->waiting_bytes += size;
	client_asked(author);
	return STATUS_OK;
}

/* ---- answers ------------------------------------------------------------------------------------------------ */

static enum status status_of_wire_name(const char *name)
{
	for (int s = STATUS_BAD_REQUEST; s < STATUS_COUNT; s++)
		if (strcmp(status_wire_name((enum status)s), name) == 0)
			return (enum status)s;
	log_event(LOG_LEVEL_ERROR, "unknown_row_status", "status", name, NULL);
	return STATUS_INTERNAL;
}

/* Its author has what the database said. */
static void answer(struct batch *b, struct post *post, struct client *author)
{
	if (author)
		client_answered(author);
	b->landed_count--;
	post_free(&b->landed, post);
}

static void answer_error(struct batch *b, struct post *post, enum status status, const char *field)
{
	struct client *author = clients_find(b->clients, post->client);
	struct problem problem = { 0 };

	b->refused++;
	(void)problem_set(&problem, status, field);
	if (status == STATUS_UNAVAILABLE)
		problem.retry_ms = RETRY_MS;
	if (author)
		client_send_error(author, &problem, post->cid, NULL);
	answer(b, post, author);
}

static void send_ack(struct client *author, const struct post *post, uint64_t seq, const char *body)
{
	render_ack(client_scratch(author), post->cid, post->chat, seq, body);
	client_send_scratch(author);
}

/* What is stored of the author's own words where it is not what he sent; else NULL. */
static const char *altered_body(const struct post *post, const struct verdict *a)
{
	const char *body = post->body ? verdict_str(a, a->body) : NULL;

	return body && strcmp(body, post->body) != 0 ? body : NULL;
}

static struct event *event_of_post(const struct post *post, const struct verdict *a, uint64_t seq)
{
	const char *body = verdict_str(a, a->body);

	return event_new(&(struct event_row){
		.chat = post->chat,
		.seq = seq,
		.kind = post->note ? "note" : "message",
		.author_kind = verdict_str(a, a->author_kind),
		.author_name = verdict_str(a, a->author_name),
		.body = body ? body : post->body,
		.data = verdict_str(a, a->data),
		.at = verdict_str(a, a->at),
		.cid = post->cid,
		.operators_only = post->note,
	});
}

static void answer_stored(struct batch *b, struct post *post, const struct verdict *a)
{
	struct client *author = clients_find(b->clients, post->client);
	uint64_t seq = verdict_number(a, a->seq);
	struct room *room = room_find(b->rooms, post->chat);
	const char *altered = altered_body(post, a);

	if (*PQgetvalue(a->result, a->row, a->repeat) == 't') {
		b->repeated++;
		if (author)
			send_ack(author, post, seq, altered);
	} else {
		b->stored++;
		histogram_note_us(&b->lag, post->since_us, b->answered_us);
		if (author && (altered || !(room && room_ack_in_place(room, seq, author))))
			send_ack(author, post, seq, altered); /* who is told other words than his gets the event, too */
		if (room && seq == room->newest + 1)
			room_append(room, event_of_post(post, a, seq));
		else if (room)
			room_want(room, seq);
		hints_chat(b->hints, post->chat);
	}
	answer(b, post, author);
}

/* Back to the front of the line, in order: somebody else writes to that chat at this moment. */
static void keep_busy(struct batch *b, struct post *post, struct post **kept)
{
	if (b->clients->transport->now_us() - post->since_us > BUSY_LIMIT_MS * 1000) {
		answer_error(b, post, STATUS_UNAVAILABLE, NULL);
		return;
	}
	DL_DELETE(b->landed, post);
	b->landed_count--;
	DL_APPEND(*kept, post);
	b->waiting_count++;
	b->waiting_bytes += post->size;
}

static void take_row(struct batch *b, struct post *post, const struct verdict *a, struct post **kept)
{
	const char *status = verdict_str(a, a->status);

	if (strcmp(status, "ok") == 0)
		answer_stored(b, post, a);
	else if (strcmp(status, "busy") == 0)
		keep_busy(b, post, kept);
	else
		answer_error(b, post, status_of_wire_name(status), verdict_str(a, a->field));
}

/* What the chat holds beside these messages (a bot's answer, somebody else's message) is fetched, and what waited for them (room_tail_waits()). */
static void want_the_rest(struct batch *b, const char *chat, uint64_t last_seq)
{
	struct room *room = last_seq > 0 ? room_find(b->rooms, chat) : NULL;

	if (room && (last_seq > room->newest || room->wanted > room->newest))
		room_want(room, last_seq);
}

/* The rows of one chat come in the order of its posts, those of another before, behind or between them. false: they are not what was asked for. */
static bool index_rows(const struct verdict *answers, struct batch *b, struct post **posts, struct post **ret_by_row)
{
	struct verdict a = *answers;
	struct post *post;
	size_t n = 0;

	DL_FOREACH(b->landed, post)
	posts[n++] = post;
	for (a.row = 0; a.row < (int)n; a.row++) {
		uint64_t ord = verdict_number(&a, a.ord);

		if (ord < 1 || ord > n || !posts[ord - 1] || !verdict_str(&a, a.status))
			return false;
		ret_by_row[a.row] = posts[ord - 1];
		posts[ord - 1] = NULL;
	}
	return true;
}

/* The wanted is wanted when all rows are in their rooms: most of it was here then. */
static void take_rows(struct batch *b, struct verdict *a, struct post **by_row)
{
	int rows = PQntuples(a->result);
	char(*chats)[UUID_LEN + 1] = alloc_zero((size_t)rows, sizeof *chats);
	struct post *kept = NULL;

	for (a->row = 0; a->row < rows; a->row++) {
		memcpy(chats[a->row], by_row[a->row]->chat, sizeof *chats);
		take_row(b, by_row[a->row], a, &kept);
	}
	for (a->row = 0; a->row < rows; a->row++)
		want_the_rest(b, chats[a->row], verdict_number(a, a->last_seq));
	free(chats);
	b->resting = b->resting || kept;
	DL_CONCAT(kept, b->waiting);
	b->waiting = kept;
}

/* ---- failures ----------------------------------------------------------------------------------------------- */

/* To the front of the line again, in order. */
static void stand_again(struct batch *b, struct post **posts, size_t *count)
{
	struct post *post;

	DL_FOREACH(*posts, post)
	{
		b->waiting_count++;
		b->waiting_bytes += post->size;
	}
	DL_CONCAT(*posts, b->waiting);
	b->waiting = *posts;
	*posts = NULL;
	*count = 0;
}

/* The whole statement failed and stored nothing, or its session died. Smaller statements find the row that is at fault. */
static void take_failure(struct batch *b, const struct pipe *pipe, const struct problem *problem)
{
	struct post *first = b->landed;

	if (pipe_is_up(pipe)) {
		first->tries++;
		b->rows_max = b->landed_count > 1 ? b->landed_count / 2 : 1;
		if (b->landed_count == 1 && (problem->status != STATUS_UNAVAILABLE || first->tries >= TRIES_MAX))
			answer_error(b, first, problem->status == STATUS_INTERNAL ? STATUS_UNAVAILABLE : problem->status, problem->field);
		b->resting = problem->status == STATUS_UNAVAILABLE;
	}
	stand_again(b, &b->landed, &b->landed_count);
}

/* false: the answer is none to what was asked. With enough in line the server gets it before this answer is told to anybody, so that both have work at a time;
 * unless rows are to come again, which those behind them must not overtake. Few in line wait until all that can be read now has been. */
static bool take_answer(struct batch *b, const PGresult *result)
{
	struct verdict a = verdict_begin(result);
	struct post **posts = alloc_zero(2 * b->landed_count, sizeof *posts);
	struct post **by_row = posts + b->landed_count;
	bool ok = PQntuples(result) == (int)b->landed_count && index_rows(&a, b, posts, by_row);

	if (ok) {
		b->rows_max = b->rows_max * 2 > ROWS_MAX ? ROWS_MAX : b->rows_max * 2;
		b->gathering = PQntuples(result) < ROWS_ENOUGH && b->limits->batch_gather_ms > 0;
		if (b->waiting_count >= ROWS_ENOUGH && !verdict_any_is_busy(&a))
			batch_run(b);
		take_rows(b, &a, by_row);
	}
	free(posts);
	return ok;
}

static void on_posted(void *arg, const PGresult *result, const struct problem *problem)
{
	struct flight *flight = arg;
	struct batch *b = flight->batch;
	struct problem broken = { 0 };

	b->answered_us = b->clients->transport->now_us();
	b->landed = flight->posts;
	b->landed_count = flight->count;
	b->flying_count -= flight->count;
	flight->posts = NULL;
	flight->count = 0;
	if (result)
		histogram_note_us(&b->commit, flight->sent_us, b->answered_us);
	if (!result) {
		take_failure(b, flight->pipe, problem);
	} else if (!take_answer(b, result)) {
		(void)problem_set(&broken, STATUS_INTERNAL, NULL);
		log_event(LOG_LEVEL_ERROR, "batch_rows_missing", NULL);
		take_failure(b, flight->pipe, &broken);
	}
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

/* The messages of a chat keep their order: while some of them fly the others wait. Few fly beside another statement. */
static bool flies_elsewhere(const struct batch *b, const struct flight *flight, const char *chat)
{
	const struct post *post;

	for (int i = 0; i < BATCH_FLIGHTS; i++) {
		if (&b->flights[i] == flight)
			continue;
		DL_FOREACH(b->flights[i].posts, post)
			if (memcmp(post->chat, chat, UUID_LEN) == 0)
				return true;
	}
	return false;
}

static void take_off(struct batch *b, struct flight *flight)
{
	struct post *post, *next;
	size_t bytes = 0;

	posts_begin(b->arrays);
	DL_FOREACH_SAFE(b->waiting, post, next)
	{
		if (flight->count == b->rows_max || (bytes > 0 && bytes + post->size > BODY_BYTES_MAX))
			break;
		if (flies_elsewhere(b, flight, post->chat))
			continue;
		bytes += post->size;
		post_add(post, b->arrays);
		DL_DELETE(b->waiting, post);
		DL_APPEND(flight->posts, post);
		flight->count++;
		b->flying_count++;
		b->waiting_count--;
		b->waiting_bytes -= post->size;
	}
	for (int i = 0; i < POST_ARRAY_COUNT; i++)
		assert(!b->arrays[i].overflow);
}

/* Where the next statement goes. Two small ones are on their way faster than one after the other; where enough has come for a large one nothing is gained by a second,
 * nor while a row that is at fault is looked for. The second session is there for other things, and has to be idle. */
static struct flight *next_flight(struct batch *b)
{
	struct flight *first = &b->flights[0], *spare = &b->flights[1];

	if (b->flying_count >= ROWS_ENOUGH || (b->flying_count > 0 && b->rows_max < ROWS_MAX))
		return NULL;
	if (!first->posts && pipe_is_up(first->pipe))
		return first;
	return !spare->posts && spare->pipe && pipe_is_up(spare->pipe) && pipe_in_flight(spare->pipe) == 0 ? spare : NULL;
}

static const struct statement *statement_for(size_t rows)
{
	return rows < ROWS_MANY ? &STATEMENT_POST_MESSAGES : &STATEMENT_POST_MANY;
}

/* false: nothing has left */
static bool send_flight(struct batch *b, struct flight *flight)
{
	struct param params[POST_ARRAY_COUNT];

	take_off(b, flight);
	if (!flight->posts)
		return false;
	b->statements++;
	histogram_note(&b->rows, (double)flight->count);
	flight->sent_us = b->clients->transport->now_us();
	for (int i = 0; i < POST_ARRAY_COUNT; i++)
		params[i] = PARAM_BYTES(b->arrays[i].data, b->arrays[i].len);
	if (pipe_send(flight->pipe, statement_for(flight->count), params, on_posted, flight) == STATUS_OK)
		return true;
	b->flying_count -= flight->count;
	stand_again(b, &flight->posts, &flight->count);
	b->resting = true;
	return false;
}

void batch_run(struct batch *b)
{
	struct flight *flight;

	while (b->waiting && !b->resting && (!b->gathering || b->waiting_count >= ROWS_ENOUGH) && (flight = next_flight(b)) != NULL) {
		b->gathering = false;
		if (!send_flight(b, flight))
			break;
	}
}

void batch_pulse(struct batch *b)
{
	b->resting = false;
	batch_run(b);
}

bool batch_is_resting(const struct batch *b)
{
	return b->resting;
}

void batch_gathered(struct batch *b)
{
	b->gathering = false;
	batch_run(b);
}

bool batch_is_gathering(const struct batch *b)
{
	return b->gathering;
}

bool batch_is_empty(const struct batch *b)
{
	return !b->waiting && b->flying_count == 0;
}

bool batch_flies(const struct batch *b, const char *chat, const char *cid)
{
	const struct post *post;

	for (int i = 0; i < BATCH_FLIGHTS; i++)
		DL_FOREACH(b->flights[i].posts, post)
			if (strcmp(post->cid, cid) == 0 && strcmp(post->chat, chat) == 0)
				return true;
	return false;
}

bool batch_is_cut_off(const struct batch *b)
{
	for (int i = 0; i < BATCH_FLIGHTS; i++)
		if (b->flights[i].pipe && pipe_is_up(b->flights[i].pipe))
			return false;
	return true;
}
