/* SPDX-License-Identifier: ISC */
/* Answers that a worker keeps, because they depend on nothing but configuration (sql/api/16_audit.sql lists its tables). Each change of that is notified on a
 * channel of its own, and an answer is given from the shelf only after a bare Sync with the database (conn_sync) has brought no such notification: so the first
 * request after the COMMIT of a change sees the change, whichever worker takes it, and no statement is run when there is none.
 *
 *   item = shelf_find(shelf, conn, key, now_ms);
 *   if (!item)
 *       shelf_listen(), read the database, item = shelf_put()
 *
 * A session that listens is woken by every notification in the database, so who has not been asked for a minute lets go of all and listens no longer. */
#ifndef SWITCHBOARD_API_SHELF_H
#define SWITCHBOARD_API_SHELF_H

#include "db/conn.h"

#include <stddef.h>
#include <stdint.h>

#define SHELF_MAX_ITEMS 64
#define SHELF_MAX_BYTES (1024 * 1024) /* of keys and answers; when either is reached all goes, and begins anew */
#define SHELF_KEEP_MS 60000           /* what browsers are told, too */

struct shelf_item; /* the shelf's own */

struct shelf {
	struct shelf_item *items;
	size_t bytes;
	unsigned generation; /* of the session that listens (conn_generation); 0: none does */
	int64_t filled_ms;   /* when the first of the items came; times are of CLOCK_MONOTONIC */
	int64_t asked_ms;
};

/* A request is coming: asks the database already whether what is here still holds. */
void shelf_prepare(const struct shelf *shelf, struct conn *conn);

/* NULL: it is not here, or may no longer hold. Borrowed until the next call with this shelf. */
const struct shelf_item *shelf_find(struct shelf *shelf, struct conn *conn, const char *key, int64_t now_ms);

/* Before the database is asked for what shall be kept: what changes from here on is heard of. */
enum status MUST_CHECK shelf_listen(struct shelf *shelf, struct conn *conn, struct problem *problem);

/* Keeps copies, unless the session has changed since shelf_listen(); then NULL. */
const struct shelf_item *shelf_put(struct shelf *shelf, struct conn *conn, const char *key, const char *body, const char *etag, int64_t now_ms);

const char *shelf_body(const struct shelf_item *item);
const char *shelf_etag(const struct shelf_item *item);

/* Between two requests. */
void shelf_tidy(struct shelf *shelf, struct conn *conn, int64_t now_ms);

void shelf_clear(struct shelf *shelf);

#endif
