/* SPDX-License-Identifier: ISC */
/* A request as a web server passes it on: lines NAME=value, an empty line, the body. Headers, cookies, origin, bearer token, language, query, length. */
#include "http/request.h"

#include "api/locale.h"
#include "fuzz.h"
#include "http/cookie.h"
#include "base/network.h"
#include "http/origin.h"

#include <string.h>

#define LINES_MAX 64

struct body {
	const uint8_t *data;
	size_t size;
};

static size_t read_body(void *stream, char *into, size_t len)
{
	struct body *body = stream;
	size_t taken = body->size < len ? body->size : len;

	taken = taken > 7 ? 7 : taken; /* in pieces, as it comes */
	if (taken > 0)
		memcpy(into, body->data, taken);
	body->data += taken;
	body->size -= taken;
	return taken;
}

static void look_at(struct request *request, struct body *body)
{
	char cookie[64];
	const char *foreign = NULL;
	const char *bearer = request_bearer(request);
	const char *locale = locale_accepted(request);
	struct networks networks;

	fuzz_holds(!bearer || !strpbrk(bearer, "\r\n"));
	fuzz_holds(!locale || strlen(locale) > 0);
	if (cookie_get(request->cookie, "__Host-sid", cookie, sizeof cookie))
		fuzz_holds(strlen(cookie) < sizeof cookie);
	if (origin_check(request, "https://chat.example", &foreign) == STATUS_OK && foreign)
		fuzz_holds(origin_is_wellformed(foreign) && strlen(foreign) <= ORIGIN_MAX && !strpbrk(foreign, " ;,'\"\r\n"));
	fuzz_holds(networks_parse("127.0.0.0/8 ::1 2001:db8::/32", &networks) == STATUS_OK);
	(void)networks_contain(&networks, request->remote_addr);
	(void)request_is_json(request);
	if (request_read_body(request, read_body, body) == STATUS_OK)
		fuzz_holds(request->body.len <= REQUEST_BODY_MAX && !request->body.overflow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *environment[LINES_MAX + 1] = { NULL };
	size_t count = 0;
	struct request request;
	struct body body;

	while (size > 0 && data[0] != '\n' && count < LINES_MAX)
		environment[count++] = fuzz_take(&data, &size, '\n');
	if (size > 0 && data[0] == '\n') {
		data++;
		size--;
	}
	body = (struct body){ data, size };
	request_init(&request);
	if (request_parse(&request, environment, "/chat") == STATUS_OK)
		look_at(&request, &body);
	fuzz_holds(request.id[0] != '\0' && strlen(request.id) <= REQUEST_ID_MAX && !strpbrk(request.id, " \"\\\r\n"));
	request_fini(&request);
	while (count > 0)
		free(environment[--count]);
	return 0;
}
