/* SPDX-License-Identifier: ISC */
#include "relay/marks.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"
#include "relay/signals.h"

#include <stddef.h>
#include <stdlib.h>

#define ROOMS_MAX 200 /* of one statement */
#define ROWS_MAX (ROOMS_MAX * 2)

void marks_init(struct marks *m, struct pipe *pipe, struct rooms *rooms, const struct transport *transport)
{
	*m = (struct marks){ .pipe = pipe, .rooms = rooms, .transport = transport, .line = { .wait_ms = MARKS_WAIT_MS } };
}

static bool is_unnoted(const struct signal *signal)
{
	return signal->got > signal->noted_got || signal->read > signal->noted_read;
}

void marks_changed(struct marks *m, struct room *room)
{
	if (room->marks_deadline.line)
		return;
	room_hold(room);
	deadline_arm(&m->line, &room->marks_deadline, m->transport->now_ms());
}

static void noted(struct signal *signal, uint64_t got, uint64_t read)
{
	if (got > signal->noted_got)
		signal->noted_got = got;
	if (read > signal->noted_read)
		signal->noted_read = read;
}

static void take(struct signal *signal, const PGresult *result, int row, const char *got, const char *read)
{
	uint64_t noted_got, noted_read;

	if (!result_str(result, row, got))
		return;
	noted_got = (uint64_t)result_int(result, row, got);
	noted_read = (uint64_t)result_int(result, row, read);
	noted(signal, noted_got, noted_read);
	signals_noted(signal->room, signal->who, noted_got, noted_read);
}

void marks_take(struct room *room, const PGresult *result, int row)
{
	take(&room->signals[PARTY_CUSTOMER], result, row, "customer_got", "customer_read");
	take(&room->signals[PARTY_OPERATOR], result, row, "operator_got", "operator_read");
}

/* ---- into the table ----------------------------------------------------------------------------------------- */

/* What one statement says. Its rooms are held until it is answered: only then does the table have it. */
struct noting {
	struct marks *marks;
	size_t count;
	struct {
		struct room *room;
		enum party who;
		uint64_t got, read;
	} rows[ROWS_MAX];
};

static void noting_add(struct noting *n, struct signal *signal)
{
	room_hold(signal->room);
	n->rows[n->count].room = signal->room;
	n->rows[n->count].who = signal->who;
	n->rows[n->count].got = signal->got;
	n->rows[n->count].read = signal->read;
	n->count++;
}

/* Answered. What could not be noted comes again when its time has come anew, unless nobody can note anything for so long that something must be wrong
 * with it: its sockets tell it again when they come back. */
static void noting_end(struct noting *n, bool stored)
{
	struct marks *m = n->marks;
	bool again = !stored && m->failures < MARKS_TRIES_MAX;

	for (size_t i = 0; i < n->count; i++) {
		struct room *room = n->rows[i].room;

		if (again)
			marks_changed(m, room);
		else
			noted(&room->signals[n->rows[i].who], n->rows[i].got, n->rows[i].read);
		room_release(room);
	}
	free(n);
}

static void on_noted(void *arg, const PGresult *result, const struct problem *problem)
{
	struct noting *n = arg;
	struct marks *m = n->marks;

	(void)problem; /* the pipe has logged it */
	m->flying--;
	m->failures = result ? 0 : m->failures + 1;
	noting_end(n, result != NULL);
}

/* false: not now */
static bool noting_send(struct noting *n)
{
	struct marks *m = n->marks;
	struct buf chats, parties, got, read;
	bool sent;

	buf_init(&chats, ROWS_MAX * (UUID_LEN + 4) + 16);
	buf_init(&parties, ROWS_MAX * 16 + 16);
	buf_init(&got, ROWS_MAX * 24 + 16);
	buf_init(&read, ROWS_MAX * 24 + 16);
	array_begin(&chats);
	array_begin(&parties);
	array_begin(&got);
	array_begin(&read);
	for (size_t i = 0; i < n->count; i++) {
		array_add_text(&chats, n->rows[i].room->chat);
		array_add_text(&parties, party_name(n->rows[i].who));
		array_add_int(&got, (int64_t)n->rows[i].got);
		array_add_int(&read, (int64_t)n->rows[i].read);
	}
	array_end(&chats);
	array_end(&parties);
	array_end(&got);
	array_end(&read);
	sent = pipe_send(m->pipe, &STATEMENT_NOTE_MARKS,
			(const struct param[]){ PARAM_TEXT(chats.data), PARAM_TEXT(parties.data), PARAM_TEXT(got.data), PARAM_TEXT(read.data) }, on_noted, n) == STATUS_OK;
	buf_fini(&chats);
	buf_fini(&parties);
	buf_fini(&got);
	buf_fini(&read);
	return sent;
}

/* One statement at a time: marks never stand in a crowd before the messages. false: nothing was due, or could be sent. */
static bool note_some(struct marks *m, uint64_t now_ms)
{
	struct deadline *due;
	struct noting *n;
	bool idle;

	if (!m->line.head || !pipe_is_up(m->pipe) || m->line.head->due_ms > now_ms)
		return false;
	n = alloc_zero(1, sizeof *n);
	n->marks = m;
	for (int rooms = 0; rooms < ROOMS_MAX && (due = deadline_due(&m->line, now_ms)) != NULL; rooms++) {
		struct room *room = DEADLINE_OWNER(due, struct room, marks_deadline);

		for (int p = PARTY_CUSTOMER; p < PARTY_COUNT; p++)
			if (is_unnoted(&room->signals[p]))
				noting_add(n, &room->signals[p]);
		room_release(room);
	}
	idle = n->count == 0; /* all of it has been noted meanwhile: the line is shorter now */
	if (!idle && noting_send(n)) {
		m->flying++;
		m->statements++;
		m->rows += n->count;
		return true;
	}
	noting_end(n, false);
	return idle;
}

void marks_sweep(struct marks *m)
{
	if (m->flying == 0)
		(void)note_some(m, m->transport->now_ms());
}

void marks_flush(struct marks *m)
{
	while (note_some(m, UINT64_MAX))
		continue;
}

void marks_again(struct marks *m)
{
	struct room *room, *next;

	HASH_ITER(hh, m->rooms->by_chat, room, next) {
		for (int p = PARTY_CUSTOMER; p < PARTY_COUNT; p++)
			room->signals[p].noted_got = room->signals[p].noted_read = 0;
		if (is_unnoted(&room->signals[PARTY_CUSTOMER]) || is_unnoted(&room->signals[PARTY_OPERATOR]))
			marks_changed(m, room);
	}
}

void marks_drop(struct marks *m)
{
	struct deadline *due;

	while ((due = deadline_due(&m->line, UINT64_MAX)) != NULL)
		room_release(DEADLINE_OWNER(due, struct room, marks_deadline));
}
