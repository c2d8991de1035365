/* SPDX-License-Identifier: ISC */
#include "api/plain.h"

#include "api/handlers.h"
#include "api/locale.h"
#include "http/cookie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELD_S 86400 /* how long a browser that was closed finds its chat again, as with JavaScript */

const char *plain_str(struct json_object *object, const char *name)
{
	struct json_object *value = plain_member(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

struct json_object *plain_member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, name, &value) ? value : NULL;
}

bool plain_has(const struct plain *plain, const char *feature)
{
	struct json_object *value = plain_member(plain_member(plain->config, "features"), feature);

	return !value || json_object_get_boolean(value);
}

const char *plain_accent(const struct plain *plain)
{
	return plain_str(plain_member(plain->config, "theme"), "accent");
}

/* ---- cookies ------------------------------------------------------------------------------------------------- */

static const char *cookie_name(const struct plain *plain, const char *name, char *ret_name, size_t size)
{
	snprintf(ret_name, size, "%s%s", plain->call->api->cookie_secure ? "__Secure-" : "", name);
	return ret_name;
}

static void set_cookie(struct plain *plain, const char *name, const char *value, int age_s)
{
	struct call *call = plain->call;
	struct buf text, path;
	char full[32];

	buf_init(&text, 1024);
	buf_init(&path, 512);
	buf_addf(&path, "%s/plain/%s", call->api->url.prefix, plain->key);
	cookie_format_below(&text, cookie_name(plain, name, full, sizeof full), value, path.data, age_s, call->api->cookie_secure);
	response_header(&call->response, "Set-Cookie", text.data);
	buf_fini(&path);
	buf_fini(&text);
}

void plain_hold(struct plain *plain, const char *held)
{
	set_cookie(plain, "chat", held, HELD_S);
}

void plain_keep_seed(struct plain *plain)
{
	if (plain->new_seed)
		set_cookie(plain, "seed", plain->seed, 0);
}

/* One that is none of ours is none. */
static void take_cookies(struct plain *plain)
{
	const struct request *request = &plain->call->request;
	char name[32], held[PLAIN_COOKIE_MAX];

	if (!cookie_get(request->cookie, cookie_name(plain, "seed", name, sizeof name), plain->seed, sizeof plain->seed) || !secret_token_is_wellformed(plain->seed))
		plain->seed[0] = '\0';
	if (!cookie_get(request->cookie, cookie_name(plain, "chat", name, sizeof name), held, sizeof held) || strlen(held) != PLAIN_HELD_LEN ||
		held[UUID_LEN] != '.' || !secret_token_is_wellformed(held + UUID_LEN + 1))
		return;
	memcpy(plain->chat, held, UUID_LEN);
	plain->chat[UUID_LEN] = '\0';
	if (!uuid_is_canonical(plain->chat))
		return;
	memcpy(plain->held, held, sizeof plain->held);
	snprintf(plain->bearer, sizeof plain->bearer, "Bearer %s", plain->held + UUID_LEN + 1);
}

/* ---- asking the api ------------------------------------------------------------------------------------------ */

static enum status ask(struct plain *plain, enum status (*handler)(struct call *call), const char *subject, struct json_object *body, struct json_object **ret_answer)
{
	struct call *call = plain->call;
	enum status status = STATUS_OK;

	call->match.args[0] = subject;
	call->request.authorization = plain->held[0] ? plain->bearer : NULL;
	call->request.if_none_match = NULL;
	buf_reset(&call->request.body);
	json_object_put(call->body);
	call->body = NULL;
	if (body)
		buf_add_str(&call->request.body, json_plain(body));
	json_object_put(body);
	if (call->request.body.overflow)
		return call_fail(call, STATUS_TOO_LARGE, NULL);
	status = handler(call);
	call->match.args[0] = plain->key; /* nothing of ours outlives us */
	call->request.authorization = NULL;
	if (status == STATUS_OK && json_parse_deep(call->response.body.data, call->response.body.len, 16, ret_answer) != STATUS_OK)
		status = call_fail(call, STATUS_INTERNAL, NULL);
	response_reset(&call->response);
	return status;
}

enum status plain_ask(struct plain *plain, enum status (*handler)(struct call *call), struct json_object *body, struct json_object **ret_answer)
{
	return ask(plain, handler, plain->key, body, ret_answer);
}

enum status plain_ask_chat(struct plain *plain, enum status (*handler)(struct call *call), struct json_object *body, struct json_object **ret_answer)
{
	if (!plain->held[0]) {
		json_object_put(body);
		return call_fail(plain->call, STATUS_UNAUTHORIZED, NULL);
	}
	secret_sha256(plain->held + UUID_LEN + 1, SECRET_TOKEN_LEN, plain->call->credential);
	return ask(plain, handler, plain->chat, body, ret_answer);
}

void plain_forgive(struct plain *plain, struct problem *ret_problem)
{
	*ret_problem = plain->call->problem;
	plain->call->problem = (struct problem){ 0 };
}

/* ---- a request ----------------------------------------------------------------------------------------------- */

/* The texts are the widget's: an error from here on has a page in its language. */
static enum status load_config(struct plain *plain)
{
	enum status status = plain_ask(plain, widget_config, NULL, &plain->config);

	if (status == STATUS_OK)
		words_choose(&plain->call->api->assets, plain_str(plain->config, "locale"), plain_member(plain->config, "texts"), &plain->words);
	return status;
}

static enum status take_form(struct plain *plain)
{
	struct call *call = plain->call;
	enum status status = form_parse(call->request.body.data, call->request.body.len, &plain->form);

	if (status != STATUS_OK)
		return call_fail(call, status, NULL);
	return plain_form_is_ours(plain) ? STATUS_OK : call_fail(call, STATUS_FORBIDDEN, "form");
}

static enum status begin(struct call *call, struct plain *ret_plain)
{
	struct plain *plain = ret_plain;
	enum status status;

	*plain = (struct plain){ .call = call, .key = call->match.args[0], .if_none_match = call->request.if_none_match };
	plain->asked = uri_param(&call->request.uri, "locale");
	if (plain->asked && !locale_is_wellformed(plain->asked))
		return call_fail(call, STATUS_INVALID, "locale");
	take_cookies(plain);
	status = assets_refresh(&call->api->assets);
	if (status != STATUS_OK || !call->api->assets.words)
		return call_fail(call, STATUS_UNAVAILABLE, NULL);
	if (call->request.method == HTTP_POST)
		status = take_form(plain);
	if (status == STATUS_OK)
		status = load_config(plain);
	if (status == STATUS_OK && !plain->seed[0]) {
		secret_token(plain->seed);
		plain->new_seed = true;
	}
	return status;
}

enum status plain_serve(struct call *call, enum status (*act)(struct plain *plain))
{
	struct plain plain;
	enum status status = begin(call, &plain);

	if (status == STATUS_OK)
		status = act(&plain);
	json_object_put(plain.config);
	form_fini(&plain.form);
	return status;
}

enum status plain_go(struct plain *plain, const char *page)
{
	const struct public_url *url = &plain->call->api->url;
	struct buf to;

	buf_init(&to, 1024);
	buf_addf(&to, "%s%s/plain/%s%s%s%s", url->origin, url->prefix, plain->key, page, plain->asked ? "?locale=" : "", plain->asked ? plain->asked : "");
	response_header(&plain->call->response, "Location", to.data);
	buf_fini(&to);
	plain->call->response.code = HTTP_SEE_OTHER;
	return STATUS_OK;
}
