/* SPDX-License-Identifier: ISC */
/* One answer, built in memory and sent whole, so that an error found late never follows half a success. Whatever the handler forgets is safe:
 * no-store, nosniff, no CORS. */
#ifndef SWITCHBOARD_HTTP_RESPONSE_H
#define SWITCHBOARD_HTTP_RESPONSE_H

#include "base/buf.h"
#include "base/status.h"


#define RESPONSE_BODY_MAX (64 * 1024 * 1024)
#define RESPONSE_ETAG_MAX 80

enum http_code { HTTP_OK = 200, HTTP_CREATED = 201, HTTP_NO_CONTENT = 204, HTTP_SEE_OTHER = 303, HTTP_NOT_MODIFIED = 304 };

struct response {
	int code;
	const char *content_type; /* constants or borrowed until response_format() */
	const char *cache_control;
	char etag[RESPONSE_ETAG_MAX]; /* with its quotes; "" = none */
	struct buf vary;
	struct buf headers; /* further lines, each ending in CRLF */
	struct buf body;
};

void response_init(struct response *r);
void response_fini(struct response *r);
void response_reset(struct response *r); /* an empty 204, and the memory of an unusually large body given back */

void response_json(struct response *r, enum http_code code, const char *json); /* copied */

/* One more header. A value with a control character never leaves: the line is left out and logged. */
void response_header(struct response *r, const char *name, const char *value);
void response_vary(struct response *r, const char *name);

/* The origin, checked by the caller, may read this answer. Never with credentials. */
void response_allow_origin(struct response *r, const char *origin);

/* Sets the tag (`etag` without quotes, from a hash or a counter) and, where `if_none_match` names it, turns the answer into a 304. Call after the
 * body is set. */
void response_etag(struct response *r, const char *etag, const char *if_none_match);

/* Throws away body, tag and further headers and says what went wrong: {"error":{"code","message","request_id","field"?,"retry_ms"?,…extra}}, with
 * Retry-After where trying again makes sense. */
void response_problem(struct response *r, const struct problem *problem, const char *request_id);

/* The whole answer as a FastCGI response: "Status: 200\r\n" and so on. */
void response_format(const struct response *r, const char *request_id, struct buf *out);

#endif
