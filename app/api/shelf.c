/* SPDX-License-Identifier: ISC */
#include "api/shelf.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "chat/statements.h"

#include <stdlib.h>
#include <string.h>

struct shelf_item {
	UT_hash_handle hh;
	char *key, *body, *etag;
};

static void item_free(struct shelf_item *item)
{
	free(item->key);
	free(item->body);
	free(item->etag);
	free(item);
}

void shelf_clear(struct shelf *shelf)
{
	struct shelf_item *item, *next;

	HASH_ITER (hh, shelf->items, item, next) {
		HASH_DEL(shelf->items, item);
		item_free(item);
	}
	shelf->bytes = 0;
}

void shelf_prepare(const struct shelf *shelf, struct conn *conn)
{
	if (shelf->items)
		conn_sync_begin(conn);
}

static bool holds(const struct shelf *shelf, struct conn *conn, int64_t now_ms)
{
	bool notified;

	return now_ms - shelf->filled_ms < SHELF_KEEP_MS && conn_generation(conn) == shelf->generation && conn_sync(conn, &notified) == STATUS_OK && !notified;
}

const struct shelf_item *shelf_find(struct shelf *shelf, struct conn *conn, const char *key, int64_t now_ms)
{
	struct shelf_item *item;

	shelf->asked_ms = now_ms;
	HASH_FIND_STR(shelf->items, key, item);
	if (!item || holds(shelf, conn, now_ms))
		return item;
	shelf_clear(shelf);
	return NULL;
}

static enum status say(struct conn *conn, const struct statement *statement, struct problem *problem)
{
	PGresult *result;
	enum status status = conn_exec(conn, statement, NULL, &result, problem);

	if (status == STATUS_OK)
		PQclear(result);
	return status;
}

enum status shelf_listen(struct shelf *shelf, struct conn *conn, struct problem *problem)
{
	enum status status;

	if (shelf->generation != 0 && shelf->generation == conn_generation(conn))
		return STATUS_OK;
	shelf_clear(shelf);
	status = say(conn, &STATEMENT_LISTEN_CONFIGURATION, problem);
	shelf->generation = status == STATUS_OK ? conn_generation(conn) : 0;
	return status;
}

const struct shelf_item *shelf_put(struct shelf *shelf, struct conn *conn, const char *key, const char *body, const char *etag, int64_t now_ms)
{
	size_t bytes = strlen(key) + strlen(body) + strlen(etag);
	struct shelf_item *item;

	if (shelf->generation != conn_generation(conn) || bytes > SHELF_MAX_BYTES)
		return NULL;
	if (HASH_COUNT(shelf->items) >= SHELF_MAX_ITEMS || shelf->bytes + bytes > SHELF_MAX_BYTES)
		shelf_clear(shelf);
	if (!shelf->items)
		shelf->filled_ms = now_ms;
	item = alloc_zero(1, sizeof *item);
	item->key = alloc_copy_str(key);
	item->body = alloc_copy_str(body);
	item->etag = alloc_copy_str(etag);
	HASH_ADD_KEYPTR(hh, shelf->items, item->key, strlen(item->key), item);
	shelf->bytes += bytes;
	return item;
}

const char *shelf_body(const struct shelf_item *item)
{
	return item->body;
}

const char *shelf_etag(const struct shelf_item *item)
{
	return item->etag;
}

void shelf_tidy(struct shelf *shelf, struct conn *conn, int64_t now_ms)
{
	struct problem problem = { 0 };
	bool notified;

	if (shelf->generation == 0 || now_ms - shelf->asked_ms < SHELF_KEEP_MS)
		return;
	shelf_clear(shelf);
	/* what it has heard meanwhile is dropped; a session that is lost listens no longer either */
	if (shelf->generation == conn_generation(conn) && conn_sync(conn, &notified) == STATUS_OK)
		(void)!say(conn, &STATEMENT_UNLISTEN_CONFIGURATION, &problem);
	shelf->generation = 0;
}
