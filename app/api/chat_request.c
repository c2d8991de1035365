/* SPDX-License-Identifier: ISC */
/* POST chats: the chat request. It may come twice (a lost answer, a double click, two tabs): the request_key decides, and the second answer is the
 * first. So that no secret need be stored for that, the chat's token is a MAC over chat and request_key. The same with `resume`: a further token for the open chat of
 * the person whom the site vouches for. */
#include "api/canonical.h"
#include "api/handlers.h"
#include "api/identity.h"
#include "api/locale.h"
#include "chat/statements.h"

#include <stdio.h>
#include <string.h>

struct chat_request {
	const char *request_key, *widget, *queue, *name, *email, *locale, *page_url, *referrer, *identity, *resume, *invitation;
	struct json_object *answers, *context;
};

struct chat_secrets {
	char token[SECRET_TOKEN_LEN + 1];
	uint8_t token_hash[SECRET_BYTES];
};

static enum status read_request(struct call *call, struct chat_request *request)
{
	/* clang-format off: a table to be read */
	const struct json_field fields[] = {
		{ "request_key", JSON_UUID, true, 0, 0, &request->request_key }, { "widget", JSON_TOKEN, true, 0, 64, &request->widget },
		{ "queue", JSON_TOKEN, false, 0, 64, &request->queue },          { "name", JSON_NAME, false, 0, 100, &request->name },
		{ "email", JSON_EMAIL, false, 0, 254, &request->email },         { "locale", JSON_TOKEN, false, 0, LOCALE_MAX, &request->locale },
		{ "page_url", JSON_NAME, false, 0, 2000, &request->page_url },   { "referrer", JSON_NAME, false, 0, 2000, &request->referrer },
		{ "answers", JSON_OBJECT, false, 0, 0, &request->answers },      { "context", JSON_OBJECT, false, 0, 0, &request->context },
		{ "resume", JSON_UUID, false, 0, 0, &request->resume },          { "identity", JSON_TOKEN, false, 0, IDENTITY_FIELD_MAX, &request->identity },
		{ "invitation", JSON_TOKEN, false, 0, 64, &request->invitation },
	};
	/* clang-format on */
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	if (request->locale && !locale_is_wellformed(request->locale))
		return call_fail(call, STATUS_INVALID, "locale");
	if (!call_object_fits(request->answers))
		return call_fail(call, STATUS_INVALID, "answers");
	if (!call_object_fits(request->context))
		return call_fail(call, STATUS_INVALID, "context");
	return STATUS_OK;
}

static void derive_secrets(const uint8_t key[SECRET_BYTES], const char *chat, const char *request_key, struct chat_secrets *ret_secrets)
{
	uint8_t mac[SECRET_BYTES];
	char text[2 * UUID_LEN + 1];

	snprintf(text, sizeof text, "%s%s", chat, request_key);
	secret_hmac_sha256(key, SECRET_BYTES, text, strlen(text), mac);
	secret_base64url(mac, sizeof mac, ret_secrets->token);
	secret_sha256(ret_secrets->token, SECRET_TOKEN_LEN, ret_secrets->token_hash);
}

/* The token whose hash the database keeps: made with the current key, or with the one before. Of a key that is gone it cannot be made again. */
static enum status find_token(struct call *call, const PGresult *result, const char *request_key, struct chat_secrets *ret_secrets)
{
	const struct secret_keys *keys = &call->api->server_keys;
	const char *chat = result_str(result, 0, "chat"), *stored = result_str(result, 0, "token_hash");
	char hash[2 * SECRET_BYTES + 1];

	for (int i = 0; i < 1 + keys->has_previous; i++) {
		derive_secrets(i == 0 ? keys->current : keys->previous, chat, request_key, ret_secrets);
		for (size_t b = 0; b < SECRET_BYTES; b++)
			snprintf(hash + 2 * b, 3, "%02x", ret_secrets->token_hash[b]);
		if (secret_equal(hash, strlen(hash), stored, strlen(stored)))
			return STATUS_OK;
	}
	return call_fail(call, STATUS_CONFLICT, "request_key");
}

/* The database's answer with the token in front. */
static void answer(struct call *call, const char *token, const char *body)
{
	struct response *response = &call->response;

	response_json(response, HTTP_CREATED, "{\"token\":");
	buf_add_json_str(&response->body, token, strlen(token));
	buf_add_str(&response->body, ",");
	buf_add_str(&response->body, body + 1);
}

/* Who has a chat already shows its token. One that is no token says nothing: it may be of another life. */
static bool read_held(const struct call *call, uint8_t ret_hash[SECRET_BYTES])
{
	const char *token = request_bearer(&call->request);

	if (!token || !secret_token_is_wellformed(token))
		return false;
	secret_sha256(token, SECRET_TOKEN_LEN, ret_hash);
	return true;
}

/* What makes a repeat of a request the same request: for who has a signed identity, whom it names and not the token, which is a new one each time. */
static void hash_request(struct call *call, struct json_object *person, uint8_t ret_hash[SECRET_BYTES])
{
	struct json_object *sub;

	json_object_object_del(call->body, "identity");
	if (person && json_object_object_get_ex(person, "sub", &sub))
		json_object_object_add(call->body, "identity", json_object_get(sub));
	canonical_hash(call->body, ret_hash);
}

static enum status open_chat(struct call *call, const struct chat_request *request, struct json_object *person)
{
	uint8_t key_hash[SECRET_BYTES], body_hash[SECRET_BYTES], held_hash[SECRET_BYTES], invitation_hash[SECRET_BYTES];
	const struct statement *statement = request->invitation ? &STATEMENT_OPEN_INVITED : &STATEMENT_OPEN_CHAT;
	bool held = read_held(call, held_hash);
	char proposed[UUID_LEN + 1];
	struct chat_secrets secrets;
	PGresult *result;
	enum status status;

	hash_request(call, person, body_hash);
	secret_sha256(request->request_key, UUID_LEN, key_hash);
	if (request->resume)
		memcpy(proposed, request->resume, sizeof proposed);
	else
		secret_uuid(proposed);
	if (request->invitation)
		secret_sha256(request->invitation, strlen(request->invitation), invitation_hash);
	derive_secrets(call->api->server_keys.current, proposed, request->request_key, &secrets);
	const struct param params[] = {
		PARAM_TEXT(proposed),
		PARAM_BYTES(secrets.token_hash, SECRET_BYTES),
		PARAM_BYTES(key_hash, SECRET_BYTES),
		PARAM_BYTES(body_hash, SECRET_BYTES),
		PARAM_TEXT(request->widget),
		PARAM_TEXT(call->origin),
		PARAM_TEXT(request->queue),
		PARAM_TEXT(request->name),
		PARAM_TEXT(request->email),
		PARAM_TEXT(request->locale),
		PARAM_TEXT(request->page_url),
		PARAM_TEXT(request->referrer),
		PARAM_TEXT(json_plain(request->answers)),
		PARAM_TEXT(json_plain(request->context)),
		PARAM_TEXT(call->request.remote_addr),
		PARAM_TEXT(call->api->url.relay_url),
		PARAM_TEXT(json_plain(person)),
		PARAM_TEXT(request->resume ? "true" : "false"),
		PARAM_BYTES(held ? held_hash : NULL, SECRET_BYTES),
		PARAM_TEXT(guard_exempts(call) ? "true" : "false"),
		PARAM_TEXT(guard_asks_often(call) ? "true" : "false"),
		PARAM_BYTES(invitation_hash, SECRET_BYTES), /* only of one that has it */
	};

	status = call_run(call, statement, params, ARRAY_SIZE(params) - !request->invitation, &result);
	if (status != STATUS_OK)
		return status;
	status = find_token(call, result, request->request_key, &secrets);
	if (status == STATUS_OK)
		answer(call, secrets.token, result_str(result, 0, "body"));
	PQclear(result);
	return status;
}

enum status chat_request(struct call *call)
{
	struct chat_request request = { 0 };
	struct json_object *person = NULL;
	enum status status = read_request(call, &request);

	if (status == STATUS_OK)
		status = guard_chat(call);
	if (status == STATUS_OK)
		status = identity_read(call, request.widget, request.identity, &person);
	if (status == STATUS_OK)
		status = open_chat(call, &request, person);
	json_object_put(person);
	return status;
}
