/* SPDX-License-Identifier: ISC */
/* One request as FastCGI hands it over: an environment of NAME=value strings and a body to be read. Route on REQUEST_URI only: SCRIPT_NAME and
 * PATH_INFO differ from web server to web server. Client headers arrive as HTTP_…; of everything else only what our own web server configuration
 * sets is believed. */
#ifndef SWITCHBOARD_HTTP_REQUEST_H
#define SWITCHBOARD_HTTP_REQUEST_H

#include "base/buf.h"
#include "base/status.h"
#include "http/uri.h"

#include <stdbool.h>
#include <stddef.h>

#define REQUEST_BODY_MAX 65536
#define REQUEST_ID_MAX 64

/* A bit each, so that a set of them is an Allow header. */
enum http_method { HTTP_OTHER = 0, HTTP_GET = 1, HTTP_HEAD = 2, HTTP_POST = 4, HTTP_PUT = 8, HTTP_DELETE = 16, HTTP_OPTIONS = 32 };

/* The strings are borrowed from the environment, NULL when absent, unless said otherwise. */
struct request {
	enum http_method method;
	struct uri uri;
	char id[REQUEST_ID_MAX + 1]; /* always set: the proxy's X-Request-Id where well-formed, else a new one */
	const char *remote_addr;     /* an IP address (IPv4 as such, also where it comes as ::ffff:a.b.c.d); NULL when the web server gave none (a unix socket) */
	const char *sent_at;     /* SWITCHBOARD_SENT_AT: when the web server began to look for a worker, seconds with milliseconds (nginx: $msec) */
	const char *authorization;
	const char *content_type;
	const char *content_length;
	const char *cookie;
	const char *origin; /* "" when the header came empty */
	const char *sec_fetch_site;
	const char *requested_with;
	const char *if_none_match;
	const char *accept;
	const char *accept_language;
	const char *user_agent;
	const char *twilio_signature, *hub_signature, *switchboard_signature; /* of webhooks */
	const char *user; /* whom the web server has authenticated, by the parameter `user_param` */
	const char *preflight_method; /* Access-Control-Request-Method */
	/* read by request_parse() alone */
	const char *method_name;
	const char *target;
	const char *proposed_id;
	struct buf body;
	/* kept from request to request: the name of the parameter that tells `user`; NULL = none is believed */
	const char *user_param;
};

/* Reads up to `len` bytes of the body; less means that there is no more. */
typedef size_t request_read_fn(void *stream, char *data, size_t len);

void request_init(struct request *request);
void request_fini(struct request *request);

/* May the parameter of this name say who the user is? Not what a client's header becomes (HTTP_…), nor a name that means something else. */
bool request_user_param_is_good(const char *name);

/* Forgets the last request and takes in the next. STATUS_BAD_REQUEST: a parameter that must be single occurs twice (FCGX_GetParam() would believe
 * the first, another program the last), a method-override header, no method or target, or what uri_parse() refuses; STATUS_NOT_FOUND: outside
 * `prefix`. `id` is set in any case. */
enum status MUST_CHECK request_parse(struct request *request, char *const *environment, const char *prefix);

/* true for "application/json", alone or with charset=utf-8 */
bool request_is_json(const struct request *request);

/* true for "application/x-www-form-urlencoded", with or without charset=utf-8 */
bool request_is_form(const struct request *request);

/* Reads the body, which must be as long as CONTENT_LENGTH says: STATUS_LENGTH_REQUIRED (absent), STATUS_TOO_LARGE (before anything is read),
 * STATUS_BAD_REQUEST (no number, or the body ends early). */
enum status MUST_CHECK request_read_body(struct request *request, request_read_fn *read, void *stream);

/* Has it no body, or one that was read whole? */
bool request_is_read(const struct request *request);

/* The token of "Authorization: Bearer TOKEN", borrowed; NULL where there is none. Its form is the caller's to judge. */
const char *request_bearer(const struct request *request);

const char *http_method_name(enum http_method method); /* "OTHER" for what we do not know */

#endif
