/* SPDX-License-Identifier: ISC */
#include "relay/marks.h"

#include "chat/statements.h"
#include "db/array.h"
#include "db/conn.h"
#include "relay/signals.h"

#include <stddef.h>
#include <uthash.h>

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

static void take(struct signal *signal, const PGresult *result, int row, const char *got, const char *read)
{
	uint64_t noted_got, noted_read;

	if (!result_str(result, row, got))
		return;
	noted_got = (uint64_t)result_int(result, row, got);
	noted_read = (uint64_t)result_int(result, row, read);
	if (noted_got > signal->noted_got)
		signal->noted_got = noted_got;
	if (noted_read > signal->noted_read)
		signal->noted_read = noted_read;
	signals_noted(signal->room, signal->who, noted_got, noted_read);
}

void marks_take(struct room *room, const PGresult *result, int row)
{
	take(&room->signals[PARTY_CUSTOMER], result, row, "customer_got", "customer_read");
	take(&room->signals[PARTY_OPERATOR], result, row, "operator_got", "operator_read");
}

/* ---- into the table ----------------------------------------------------------------------------------------- */

struct rows {
	struct buf chats, parties, got, read;
	size_t count;
};

static void rows_init(struct rows *rows)
{
	rows->count = 0;
	buf_init(&rows->chats, ROWS_MAX * (UUID_LEN + 4) + 16);
	buf_init(&rows->parties, ROWS_MAX * 16 + 16);
	buf_init(&rows->got, ROWS_MAX * 24 + 16);
	buf_init(&rows->read, ROWS_MAX * 24 + 16);
	array_begin(&rows->chats);
	array_begin(&rows->parties);
	array_begin(&rows->got);
	array_begin(&rows->read);
}

static void rows_fini(struct rows *rows)
{
	buf_fini(&rows->chats);
	buf_fini(&rows->parties);
	buf_fini(&rows->got);
	buf_fini(&rows->read);
}

static void rows_add(struct rows *rows, struct signal *signal)
{
	array_add_text(&rows->chats, signal->room->chat);
	array_add_text(&rows->parties, party_name(signal->who));
	array_add_int(&rows->got, (int64_t)signal->got);
	array_add_int(&rows->read, (int64_t)signal->read);
	signal->noted_got = signal->got;
	signal->noted_read = signal->read;
	rows->count++;
}

static void on_noted(void *arg, const PGresult *result, const struct problem *problem)
{
	struct marks *m = arg;

	(void)result; /* lost with the session: marks_again() */
	(void)problem;
	m->flying--;
}

static void rows_send(struct marks *m, struct rows *rows)
{
	array_end(&rows->chats);
	array_end(&rows->parties);
	array_end(&rows->got);
	array_end(&rows->read);
	if (rows->count > 0 && pipe_send(m->pipe, &STATEMENT_NOTE_MARKS,
			(const struct param[]){ PARAM_TEXT(rows->chats.data), PARAM_TEXT(rows->parties.data), PARAM_TEXT(rows->got.data), PARAM_TEXT(rows->read.data) },
			on_noted, m) == STATUS_OK) {
		m->flying++;
		m->statements++;
		m->rows += rows->count;
	}
	rows_fini(rows);
}

/* One statement at a time: marks never stand in a crowd before the messages. */
static bool note_some(struct marks *m, uint64_t now_ms)
{
	struct deadline *due;
	struct rows rows;

	if (!m->line.head || !pipe_is_up(m->pipe) || m->line.head->due_ms > now_ms)
		return false;
	rows_init(&rows);
	for (int n = 0; n < ROOMS_MAX && (due = deadline_due(&m->line, now_ms)) != NULL; n++) {
		struct room *room = DEADLINE_OWNER(due, struct room, marks_deadline);

		for (int p = PARTY_CUSTOMER; p < PARTY_COUNT; p++)
			if (is_unnoted(&room->signals[p]))
				rows_add(&rows, &room->signals[p]);
		room_release(room);
	}
	rows_send(m, &rows);
	return true;
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
