/* SPDX-License-Identifier: ISC */
/* What anybody may know about a widget: its texts, its looks, its queues. */
#include "api/handlers.h"
#include "api/locale.h"
#include "chat/statements.h"

static void show_config(struct response *response, const char *body, const char *etag, const char *if_none_match)
{
	response_json(response, HTTP_OK, body);
	response->cache_control = "max-age=60";
	response_vary(response, "Accept-Language");
	response_etag(response, etag, if_none_match);
}

/* From the database, and onto the shelf under `key`. */
static enum status read_config(struct call *call, const char *locale, const char *key)
{
	const struct param params[] = { PARAM_TEXT(call->match.args[0]), PARAM_TEXT(locale), PARAM_TEXT(call->origin), PARAM_TEXT(call->api->url.relay_url) };
	struct shelf *shelf = &call->api->shelf;
	enum status status = shelf_listen(shelf, call->api->conn, &call->problem);
	const char *body, *etag;
	PGresult *result;

	if (status == STATUS_OK)
		status = call_run(call, &STATEMENT_WIDGET_CONFIG, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	body = result_str(result, 0, "body");
	etag = result_str(result, 0, "etag");
	(void)shelf_put(shelf, call->api->conn, key, body, etag, call->began_ms);
	show_config(&call->response, body, etag, call->request.if_none_match);
	PQclear(result);
	return STATUS_OK;
}

/* What the answer depends on, apart from the database. */
static void config_key(const struct call *call, const char *locale, struct buf *key)
{
	buf_init(key, SHELF_MAX_BYTES);
	buf_addf(key, "%s\n%s\n%s", call->match.args[0], locale ? locale : "", call->origin ? call->origin : "");
}

enum status widget_config(struct call *call)
{
	const char *locale = uri_param(&call->request.uri, "locale");
	const struct shelf_item *item;
	enum status status = STATUS_OK;
	struct buf key;

	if (locale && !locale_is_wellformed(locale))
		return call_fail(call, STATUS_INVALID, "locale");
	if (!locale)
		locale = locale_accepted(&call->request);
	config_key(call, locale, &key);
	item = shelf_find(&call->api->shelf, call->api->conn, key.data, call->began_ms);
	call->shelved = item != NULL;
	if (item)
		show_config(&call->response, shelf_body(item), shelf_etag(item), call->request.if_none_match);
	else
		status = read_config(call, locale, key.data);
	buf_fini(&key);
	return status;
}

enum status widget_status(struct call *call)
{
	const struct param params[] = { PARAM_TEXT(call->match.args[0]), PARAM_TEXT(call->origin) };
	enum status status = call_answer(call, &STATEMENT_WIDGET_STATUS, params, ARRAY_SIZE(params));

	if (status == STATUS_OK)
		call->response.cache_control = "max-age=5";
	return status;
}
