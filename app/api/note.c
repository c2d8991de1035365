/* SPDX-License-Identifier: ISC */
/* POST widgets/{key}/notes: what a customer leaves when nobody is there. It may come twice, as a chat request may: the request_key decides. */
#include "api/canonical.h"
#include "api/handlers.h"
#include "api/identity.h"
#include "api/locale.h"
#include "chat/statements.h"


#define NOTE_BODY_MAX 4000

struct note {
	const char *request_key, *queue, *name, *email, *body, *locale, *page_url, *identity;
};

static enum status read_note(struct call *call, struct note *note)
{
	/* clang-format off: a table to be read */
	const struct json_field fields[] = {
		{ "request_key", JSON_UUID, true, 0, 0, &note->request_key },
		{ "queue", JSON_TOKEN, false, 0, 64, &note->queue },
		{ "name", JSON_NAME, false, 0, 100, &note->name },
		{ "email", JSON_EMAIL, true, 0, 254, &note->email },
		{ "body", JSON_BODY, true, 0, NOTE_BODY_MAX, &note->body },
		{ "locale", JSON_TOKEN, false, 0, LOCALE_MAX, &note->locale },
		{ "page_url", JSON_NAME, false, 0, 2000, &note->page_url },
		{ "identity", JSON_TOKEN, false, 0, IDENTITY_FIELD_MAX, &note->identity },
	};
	/* clang-format on */
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK && note->locale && !locale_is_wellformed(note->locale))
		status = call_fail(call, STATUS_INVALID, "locale");
	return status;
}

static enum status leave(struct call *call, const struct note *note, struct json_object *person)
{
	uint8_t key_hash[SECRET_BYTES], note_hash[SECRET_BYTES];
	PGresult *result;
	enum status status;

	json_object_object_del(call->body, "identity"); /* a new token each time */
	canonical_hash(call->body, note_hash);
	secret_sha256(note->request_key, UUID_LEN, key_hash);
	const struct param params[] = {
		PARAM_BYTES(key_hash, SECRET_BYTES),
		PARAM_BYTES(note_hash, SECRET_BYTES),
		PARAM_TEXT(call->match.args[0]),
		PARAM_TEXT(call->origin),
		PARAM_TEXT(note->queue),
		PARAM_TEXT(note->name),
		PARAM_TEXT(note->email),
		PARAM_TEXT(note->body),
		PARAM_TEXT(note->locale),
		PARAM_TEXT(note->page_url),
		PARAM_TEXT(call->request.remote_addr),
		PARAM_TEXT(json_plain(person)),
		PARAM_TEXT(guard_exempts(call) ? "true" : "false"),
	};

	status = call_run(call, &STATEMENT_LEAVE_NOTE, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	response_json(&call->response, HTTP_CREATED, result_str(result, 0, "body"));
	PQclear(result);
	return STATUS_OK;
}

enum status note_leave(struct call *call)
{
	struct json_object *person = NULL;
	struct note note = { 0 };
	enum status status = read_note(call, &note);

	if (status == STATUS_OK)
		status = guard_chat(call);
	if (status == STATUS_OK)
		status = identity_read(call, call->match.args[0], note.identity, &person);
	if (status == STATUS_OK)
		status = leave(call, &note, person);
	json_object_put(person);
	return status;
}
