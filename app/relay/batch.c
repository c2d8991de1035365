/* SPDX-License-Identifier: ISC */
#include "relay/batch.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/log.h"
#include "chat/metrics.h"
#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"
#include "relay/render.h"

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

struct post {
	struct post *prev, *next;
	uint64_t client;
	uint64_t since_us;
	unsigned tries;
	size_t size;
	bool note;
	char chat[UUID_LEN + 1];
	char cid[UUID_LEN + 1];
	uint8_t credential[SECRET_BYTES];
	const char *body;   /* NULL or into text */
	const char *choice; /* NULL or into text */
	char text[];
};

void batch_init(struct batch *b, struct pipe *pipe, struct clients *clients, struct rooms *rooms, struct hints *hints, const struct limits *limits)
{
	*b = (struct batch){
		.pipe = pipe, .clients = clients, .rooms = rooms, .hints = hints, .limits = limits, .rows_max = ROWS_MAX,
		.rows = { .buckets = &METRIC_ROWS }, .commit = { .buckets = &METRIC_SECONDS }, .lag = { .buckets = &METRIC_SECONDS },
	};
	for (int i = 0; i < BATCH_ARRAY_COUNT; i++)
		buf_init(&b->arrays[i], ARRAY_MAX_BYTES);
}

static void post_free(struct post **list, struct post *post)
{
	DL_DELETE(*list, post);
	free(post);
}

void batch_fini(struct batch *b)
{
	while (b->flying)
		post_free(&b->flying, b->flying);
	while (b->waiting)
		post_free(&b->waiting, b->waiting);
	for (int i = 0; i < BATCH_ARRAY_COUNT; i++)
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
	size_t body_size = body ? strlen(body) + 1 : 0;
	size_t choice_size = choice ? strlen(choice) + 1 : 0;
	size_t size = sizeof(struct post) + body_size + choice_size;
	struct post *post;

	if (!has_room(b, author->party, size))
		return STATUS_UNAVAILABLE;
	assert(uuid_is_canonical(chat) && uuid_is_canonical(cid));
	post = alloc_zero(1, size);
	post->client = author->id;
	post->since_us = b->clients->transport->now_us();
	post->size = size;
	post->note = strcmp(kind, "note") == 0;
	memcpy(post->chat, chat, UUID_LEN);
	memcpy(post->cid, cid, UUID_LEN);
	memcpy(post->credential, author->credential, SECRET_BYTES);
	if (body)
		post->body = memcpy(post->text, body, body_size);
	if (choice)
		post->choice = memcpy(post->text + body_size, choice, choice_size);
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

/* What the database says of one post: a row, its columns found once a statement. */
struct answer {
	const PGresult *result;
	int ord, status, field, seq, last_seq, at, author_kind, author_name, body, data, repeat; /* columns */
	int row;
};

static struct answer answer_begin(const PGresult *result)
{
	return (struct answer){
		.result = result,
		.ord = PQfnumber(result, "ord"),
		.status = PQfnumber(result, "status"),
		.field = PQfnumber(result, "field"),
		.seq = PQfnumber(result, "seq"),
		.last_seq = PQfnumber(result, "last_seq"),
		.at = PQfnumber(result, "at"),
		.author_kind = PQfnumber(result, "author_kind"),
		.author_name = PQfnumber(result, "author_name"),
		.body = PQfnumber(result, "body"),
		.data = PQfnumber(result, "data"),
		.repeat = PQfnumber(result, "repeat"),
	};
}

/* NULL for SQL NULL */
static const char *answer_str(const struct answer *a, int column)
{
	return PQgetisnull(a->result, a->row, column) ? NULL : PQgetvalue(a->result, a->row, column);
}

static uint64_t answer_number(const struct answer *a, int column)
{
	const char *text = answer_str(a, column);

	return text ? strtoull(text, NULL, 10) : 0;
}

/* What is stored of the author's own words where it is not what he sent; else NULL. */
static const char *altered_body(const struct post *post, const struct answer *a)
{
	const char *body = post->body ? answer_str(a, a->body) : NULL;

	return body && strcmp(body, post->body) != 0 ? body : NULL;
}

static struct event *event_of_post(const struct post *post, const struct answer *a, uint64_t seq)
{
	const char *body = answer_str(a, a->body);

	return event_new(&(struct event_row){
		.chat = post->chat,
		.seq = seq,
		.kind = post->note ? "note" : "message",
		.author_kind = answer_str(a, a->author_kind),
		.author_name = answer_str(a, a->author_name),
		.body = body ? body : post->body,
		.data = answer_str(a, a->data),
		.at = answer_str(a, a->at),
		.cid = post->cid,
		.operators_only = post->note,
	});
}

static void answer_stored(struct batch *b, struct post *post, const struct answer *a)
{
	struct client *author = clients_find(b->clients, post->client);
	uint64_t seq = answer_number(a, a->seq);
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

static void take_row(struct batch *b, struct post *post, const struct answer *a, struct post **kept)
{
	const char *status = answer_str(a, a->status);

	if (strcmp(status, "ok") == 0)
		answer_stored(b, post, a);
	else if (strcmp(status, "busy") == 0)
		keep_busy(b, post, kept);
	else
		answer_error(b, post, status_of_wire_name(status), answer_str(a, a->field));
}

/* What the chat holds beside these messages (a bot's answer, somebody else's message) is fetched. */
static void want_the_rest(struct batch *b, const char *chat, uint64_t last_seq)
{
	struct room *room = last_seq > 0 ? room_find(b->rooms, chat) : NULL;

	if (room && last_seq > room->newest)
		room_want(room, last_seq);
}

/* The rows of one chat come in the order of its posts, those of another before, behind or between them. false: they are not what was asked for. */
static bool index_rows(const struct answer *answers, struct batch *b, struct post **posts, struct post **ret_by_row)
{
	struct answer a = *answers;
	struct post *post;
	size_t n = 0;

	DL_FOREACH(b->landed, post)
	posts[n++] = post;
	for (a.row = 0; a.row < (int)n; a.row++) {
		uint64_t ord = answer_number(&a, a.ord);

		if (ord < 1 || ord > n || !posts[ord - 1] || !answer_str(&a, a.status))
			return false;
		ret_by_row[a.row] = posts[ord - 1];
		posts[ord - 1] = NULL;
	}
	return true;
}

static bool any_is_busy(const struct answer *answers)
{
	struct answer a = *answers;

	for (a.row = 0; a.row < PQntuples(a.result); a.row++)
		if (strcmp(answer_str(&a, a.status), "busy") == 0)
			return true;
	return false;
}

/* The wanted is wanted when all rows are in their rooms: most of it was here then. */
static void take_rows(struct batch *b, struct answer *a, struct post **by_row)
{
	int rows = PQntuples(a->result);
	char(*chats)[UUID_LEN + 1] = alloc_zero((size_t)rows, sizeof *chats);
	struct post *kept = NULL;

	for (a->row = 0; a->row < rows; a->row++) {
		memcpy(chats[a->row], by_row[a->row]->chat, sizeof *chats);
		take_row(b, by_row[a->row], a, &kept);
	}
	for (a->row = 0; a->row < rows; a->row++)
		want_the_rest(b, chats[a->row], answer_number(a, a->last_seq));
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
static void take_failure(struct batch *b, const struct problem *problem)
{
	struct post *first = b->landed;

	if (pipe_is_up(b->pipe)) {
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
	struct answer a = answer_begin(result);
	struct post **posts = alloc_zero(2 * b->landed_count, sizeof *posts);
	struct post **by_row = posts + b->landed_count;
	bool ok = PQntuples(result) == (int)b->landed_count && index_rows(&a, b, posts, by_row);

	if (ok) {
		b->rows_max = b->rows_max * 2 > ROWS_MAX ? ROWS_MAX : b->rows_max * 2;
		b->gathering = PQntuples(result) < ROWS_ENOUGH && b->limits->batch_gather_ms > 0;
		if (b->waiting_count >= ROWS_ENOUGH && !any_is_busy(&a))
			batch_run(b);
		take_rows(b, &a, by_row);
	}
	free(posts);
	return ok;
}

static void on_posted(void *arg, const PGresult *result, const struct problem *problem)
{
	struct batch *b = arg;
	struct problem broken = { 0 };

	b->answered_us = b->clients->transport->now_us();
	b->landed = b->flying;
	b->landed_count = b->flying_count;
	b->flying = NULL;
	b->flying_count = 0;
	if (result)
		histogram_note_us(&b->commit, b->sent_us, b->answered_us);
	if (!result) {
		take_failure(b, problem);
	} else if (!take_answer(b, result)) {
		(void)problem_set(&broken, STATUS_INTERNAL, NULL);
		log_event(LOG_LEVEL_ERROR, "batch_rows_missing", NULL);
		take_failure(b, &broken);
	}
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

static void add_text(struct buf *array, const char *text)
{
	array_binary_add(array, text, text ? strlen(text) : 0);
}

static void add_post(struct buf *arrays, const struct post *post)
{
	array_binary_add(&arrays[BATCH_CREDENTIALS], post->credential, sizeof post->credential);
	array_binary_add_uuid(&arrays[BATCH_CHATS], post->chat);
	add_text(&arrays[BATCH_KINDS], post->note ? "note" : "message");
	array_binary_add_uuid(&arrays[BATCH_CIDS], post->cid);
	add_text(&arrays[BATCH_BODIES], post->body);
	add_text(&arrays[BATCH_CHOICES], post->choice);
}

static void take_off(struct batch *b)
{
	static const enum array_type types[BATCH_ARRAY_COUNT] = {
		[BATCH_CREDENTIALS] = ARRAY_BYTEA, [BATCH_CHATS] = ARRAY_UUID, [BATCH_KINDS] = ARRAY_TEXT,
		[BATCH_CIDS] = ARRAY_UUID, [BATCH_BODIES] = ARRAY_TEXT, [BATCH_CHOICES] = ARRAY_TEXT,
	};
	struct post *post, *next;
	size_t bytes = 0;

	for (int i = 0; i < BATCH_ARRAY_COUNT; i++)
		array_binary_begin(&b->arrays[i], types[i]);
	DL_FOREACH_SAFE(b->waiting, post, next)
	{
		if (b->flying_count == b->rows_max || (bytes > 0 && bytes + post->size > BODY_BYTES_MAX))
			break;
		bytes += post->size;
		add_post(b->arrays, post);
		DL_DELETE(b->waiting, post);
		DL_APPEND(b->flying, post);
		b->flying_count++;
		b->waiting_count--;
		b->waiting_bytes -= post->size;
	}
	for (int i = 0; i < BATCH_ARRAY_COUNT; i++)
		assert(!b->arrays[i].overflow);
}

void batch_run(struct batch *b)
{
	struct param params[BATCH_ARRAY_COUNT];

	if (b->flying || !b->waiting || b->resting || (b->gathering && b->waiting_count < ROWS_ENOUGH) || !pipe_is_up(b->pipe))
		return;
	b->gathering = false;
	take_off(b);
	b->statements++;
	histogram_note(&b->rows, (double)b->flying_count);
	b->sent_us = b->clients->transport->now_us();
	for (int i = 0; i < BATCH_ARRAY_COUNT; i++)
		params[i] = PARAM_BYTES(b->arrays[i].data, b->arrays[i].len);
	if (pipe_send(b->pipe, b->flying_count < ROWS_MANY ? &STATEMENT_POST_MESSAGES : &STATEMENT_POST_MANY, params, on_posted, b) != STATUS_OK) {
		stand_again(b, &b->flying, &b->flying_count);
		b->resting = true;
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
	return !b->waiting && !b->flying;
}
