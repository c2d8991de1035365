/* SPDX-License-Identifier: ISC */
/* How far each party has got and read a chat, into the table and out of it. Written seldom: what came in MARKS_WAIT_MS of a room is one
 * row of a statement that carries many rooms. A room lives on until the database knows; what a failed statement was to note comes with the next one. */
#ifndef SWITCHBOARD_RELAY_MARKS_H
#define SWITCHBOARD_RELAY_MARKS_H

#include "db/pipe.h"
#include "relay/deadline.h"
#include "relay/room.h"


#define MARKS_WAIT_MS 3000
#define MARKS_TRIES_MAX 20 /* statements that failed in a row: a minute. Then what they were to say is let go */

struct marks {
	struct pipe *pipe;
	struct rooms *rooms;
	const struct transport *transport;
	struct deadline_line line;
	unsigned flying;                  /* statements under way */
	unsigned failures;                /* in a row */
	unsigned long long statements, rows;
};

void marks_init(struct marks *m, struct pipe *pipe, struct rooms *rooms, const struct transport *transport);

/* A mark of this room has risen here: it is to be noted. */
void marks_changed(struct marks *m, struct room *room);
/* What the table says, as the columns customer_got, customer_read, operator_got, operator_read of this row (NULL: nothing). */
void marks_take(struct room *room, const PGresult *result, int row);

/* Notes what has waited long enough; call a few times a second. */
void marks_sweep(struct marks *m);
/* Notes all that waits (we are going down). */
void marks_flush(struct marks *m);
/* The database is back: what was under way may be lost. */
void marks_again(struct marks *m);
/* Nobody notes anything any more: lets the rooms go. */
void marks_drop(struct marks *m);

#endif
