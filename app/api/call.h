/* SPDX-License-Identifier: ISC */
/* One request on its way: what the process has, what came, what goes back. Handlers take a struct call, run a statement, and return a status; what a
 * failure looks like on the wire is decided in dispatch.c alone. */
#ifndef SWITCHBOARD_API_CALL_H
#define SWITCHBOARD_API_CALL_H

#include "api/assets.h"
#include "api/guard.h"
#include "api/shelf.h"
#include "api/tally.h"
#include "base/json.h"
#include "base/network.h"
#include "base/public_url.h"
#include "base/secret.h"
#include "base/status.h"
#include "db/conn.h"
#include "http/response.h"
#include "http/router.h"

#include <stdint.h>

#define RELAY_PROTOCOL "chat.v1"
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* One a process; a worker adds its connection and what it counts. */
struct api {
	const char *database;
	struct public_url url;
	struct secret_keys server_keys;
	const char *cookie_name;
	bool cookie_secure;
	struct assets assets;
	const char *socket_path;
	struct networks monitors;
	bool password_login;
	const char *sso_param; /* NULL = the web server logs nobody in */
	bool sso_totp;
	struct guard guard;
	int slow_statement_ms;
	struct conn *conn;
	struct tally tally;
	struct shelf shelf;
};

struct call {
	struct api *api;
	struct request request;
	struct response response;
	struct problem problem;
	struct route_match match;         /* route and what stood for {uuid}, {key} */
	const char *origin;               /* a foreign origin, which SQL must find in the site's list; NULL = ours or none */
	uint8_t credential[SECRET_BYTES]; /* hash of the chat token or of the session cookie, where the route asks for one */
	struct json_object *body;         /* owned; NULL until call_read() */
	int64_t began_ms;                 /* by CLOCK_MONOTONIC */
	bool shelved;                     /* the answer was on the shelf */
	char application[REQUEST_ID_MAX + 32];             /* what the database calls us meanwhile: our name and the request's id */
	struct param served[2];           /* of STATEMENT_SERVE */
};

/* Is an object that is stored as it comes (answers, context) short enough? None is. */
bool call_object_fits(struct json_object *object);

/* Reads the JSON body by a table. An empty body stands for {} where no field is required. */
enum status MUST_CHECK call_read(struct call *call, const struct json_field *fields, size_t count);

/* A query parameter that is a whole number in min..max; `fallback` when absent. STATUS_INVALID with the name as field. */
enum status MUST_CHECK call_query_int(struct call *call, const char *name, int64_t min, int64_t max, int64_t fallback, int64_t *ret_value);

/* The query parameter `locale`, the language that somebody reads; NULL when absent. STATUS_INVALID with it as field. Borrowed from the request. */
enum status MUST_CHECK call_query_locale(struct call *call, const char **ret_locale);

/* Runs a statement that gives one row; no row is STATUS_NOT_FOUND. Caller clears the result. `count` is held against the statement. */
enum status MUST_CHECK call_run(struct call *call, const struct statement *statement, const struct param *params, size_t count,
								PGresult **ret_result);

/* The same for a verb whose column `body` is the answer: 200 with it. */
enum status MUST_CHECK call_answer(struct call *call, const struct statement *statement, const struct param *params, size_t count);

/* Does it come from an address that may look inside? */
bool call_is_monitored(const struct call *call);

/* Where it comes from, for the security log. */
const char *call_address(const struct call *call);

/* Sets and returns the problem. */
enum status call_fail(struct call *call, enum status status, const char *field);

/* The three parameters that begin every customer verb: chat, credential, foreign origin. */
#define CUSTOMER_PARAMS(call) PARAM_TEXT((call)->match.args[0]), PARAM_BYTES((call)->credential, SECRET_BYTES), PARAM_TEXT((call)->origin)
/* The one that begins every operator verb. */
#define SESSION_PARAM(call) PARAM_BYTES((call)->credential, SECRET_BYTES)

#endif
