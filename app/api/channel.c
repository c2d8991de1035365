/* SPDX-License-Identifier: ISC */
/* Webhooks of channels: the signature first, then one statement that takes everything the request holds, or nothing. What the providers' words mean is decided in
 * sql/api/53_channels.sql. A provider sends again what was not answered 200, so whatever is understood and of no use is answered 200 too. */
#include "api/handlers.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/signature.h"
#include "chat/statements.h"
#include "http/form.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 16 /* of what Meta and others nest */
#define EMPTY_TWIML "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"
#define CHALLENGE_MAX 256

/* What an account's webhooks are held against. */
struct terms {
	PGresult *result; /* owns the strings */
	struct signature_keys keys;
	const char *verify[SIGNATURE_SECRETS];
	int64_t now_s, tolerance_s;
};

static enum status load_terms(struct call *call, const char *channel, struct terms *ret)
{
	const struct param params[] = { PARAM_TEXT(channel), PARAM_TEXT(call->match.args[0]) };
	enum status status = call_run(call, &STATEMENT_CHANNEL_TERMS, params, ARRAY_SIZE(params), &ret->result);

	if (status != STATUS_OK)
		return status;
	ret->keys.secrets[0] = result_str(ret->result, 0, "secret_1");
	ret->keys.secrets[1] = result_str(ret->result, 0, "secret_2");
	ret->verify[0] = result_str(ret->result, 0, "verify_1");
	ret->verify[1] = result_str(ret->result, 0, "verify_2");
	ret->now_s = result_int(ret->result, 0, "now_s");
	ret->tolerance_s = result_int(ret->result, 0, "tolerance_s");
	return STATUS_OK;
}

/* The sender learns nothing but that it was refused. */
static enum status refuse(struct call *call, const char *fault)
{
	log_event(LOG_LEVEL_WARN, "webhook refused", "account", call->match.args[0], "reason", fault, NULL);
	return call_fail(call, STATUS_FORBIDDEN, NULL);
}

static void answer_text(struct call *call, const char *type, const char *text)
{
	call->response.code = HTTP_OK;
	call->response.content_type = type;
	buf_reset(&call->response.body);
	buf_add_str(&call->response.body, text);
}

/* Where this webhook is reached from outside, without its query. */
static void own_url(struct call *call, const char *channel, char *ret_url, size_t size)
{
	snprintf(ret_url, size, "%s%s/api/v1/channels/%s/%s", call->api->url.origin, call->api->url.prefix, channel, call->match.args[0]);
}

/* Signed by one of the account's secrets: takes it. The answer of the verb stands for those who read it. */
static enum status take(struct call *call, const char *channel, struct json_object *payload, size_t slot)
{
	const char *item = uri_param(&call->request.uri, "item");
	char url[3 * PUBLIC_URL_MAX], digits[8];
	enum status status = guard_account(call, call->match.args[0]);

	if (status != STATUS_OK)
		return status;
	own_url(call, channel, url, sizeof url);
	snprintf(digits, sizeof digits, "%zu", slot + 1);
	const struct param params[] = { PARAM_TEXT(channel), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(json_plain(payload)),
									PARAM_TEXT(uuid_is_canonical(item) ? item : NULL), PARAM_TEXT(digits), PARAM_TEXT(url) };

	return call_answer(call, &STATEMENT_CHANNEL_TAKE, params, ARRAY_SIZE(params));
}

/* ---- SMS ---------------------------------------------------------------------------------------------------- */

/* All of the form as an object of strings, owned by the caller. */
static struct json_object *form_json(const struct form *form)
{
	struct json_object *object = json_object_new_object();

	alloc_check(object);
	for (size_t i = 0; i < form->count; i++) {
		struct json_object *value = json_object_new_string(form->fields[i].value);

		alloc_check(value);
		json_object_object_add(object, form->fields[i].name, value);
	}
	return object;
}

/* The form, or what stands for it, once it is read; owned by the caller. */
static enum status read_sms(struct call *call, struct form *form, struct json_object **ret_payload)
{
	const struct buf *body = &call->request.body;

	if (request_is_json(&call->request))
		return json_parse_deep(body->data, body->len, DEPTH_MAX, ret_payload) == STATUS_OK ? STATUS_OK : call_fail(call, STATUS_BAD_REQUEST, NULL);
	if (!request_is_form(&call->request))
		return call_fail(call, STATUS_UNSUPPORTED_MEDIA, NULL);
	if (form_parse(body->data, body->len, form) != STATUS_OK)
		return call_fail(call, STATUS_BAD_REQUEST, NULL);
	*ret_payload = form_json(form);
	return STATUS_OK;
}

static const char *judge_sms(struct call *call, const struct terms *terms, struct form *form, size_t *ret_slot)
{
	const struct buf *body = &call->request.body;
	char url[PUBLIC_URL_MAX + URI_MAX + 32];

	if (request_is_json(&call->request) && !signature_body_is(uri_param(&call->request.uri, "bodySHA256"), body->data, body->len))
		return "bodySHA256 is not of this body";
	snprintf(url, sizeof url, "%s%s", call->api->url.origin, call->request.target);
	return signature_twilio(&terms->keys, url, form->fields, form->count, call->request.twilio_signature, ret_slot);
}

enum status channel_sms(struct call *call)
{
	struct form form = { .text = NULL };
	struct terms terms = { .result = NULL };
	struct json_object *payload = NULL;
	const char *fault;
	size_t slot = 0;
	enum status status = read_sms(call, &form, &payload);

	if (status != STATUS_OK)
		goto out;
	status = load_terms(call, "sms", &terms);
	if (status != STATUS_OK)
		goto out;
	fault = judge_sms(call, &terms, &form, &slot);
	status = fault ? refuse(call, fault) : take(call, "sms", payload, slot);
	if (status == STATUS_OK)
		answer_text(call, "text/xml; charset=utf-8", EMPTY_TWIML);
out:
	json_object_put(payload);
	PQclear(terms.result);
	form_fini(&form);
	return status;
}

/* ---- JSON: Messenger, generic ------------------------------------------------------------------------------- */

static const char *judge_json(struct call *call, const char *channel, const struct terms *terms, size_t *ret_slot)
{
	const struct buf *body = &call->request.body;

	if (strcmp(channel, "messenger") == 0)
		return signature_hub(&terms->keys, body->data, body->len, call->request.hub_signature, ret_slot);
	return signature_timed(&terms->keys, body->data, body->len, call->request.switchboard_signature, terms->now_s, terms->tolerance_s, ret_slot);
}

/* The signature is of the bytes: nothing of them is read before. */
static enum status take_json(struct call *call, const char *channel)
{
	const struct buf *body = &call->request.body;
	struct terms terms = { .result = NULL };
	struct json_object *payload = NULL;
	const char *fault;
	size_t slot = 0;
	enum status status;

	if (!request_is_json(&call->request))
		return call_fail(call, STATUS_UNSUPPORTED_MEDIA, NULL);
	status = load_terms(call, channel, &terms);
	if (status != STATUS_OK)
		goto out;
	fault = judge_json(call, channel, &terms, &slot);
	if (fault)
		status = refuse(call, fault);
	else if (json_parse_deep(body->data, body->len, DEPTH_MAX, &payload) != STATUS_OK)
		status = call_fail(call, STATUS_BAD_REQUEST, NULL);
	else
		status = take(call, channel, payload, slot);
out:
	json_object_put(payload);
	PQclear(terms.result);
	return status;
}

enum status channel_messenger(struct call *call)
{
	enum status status = take_json(call, "messenger");

	if (status == STATUS_OK)
		answer_text(call, "text/plain; charset=utf-8", "EVENT_RECEIVED");
	return status;
}

enum status channel_generic(struct call *call)
{
	return take_json(call, "generic");
}

static bool is_challenge(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f)
			return false;
	return len > 0 && len <= CHALLENGE_MAX;
}

/* Meta asks whether this is the place that its page's owner meant. */
enum status channel_subscribe(struct call *call)
{
	const char *mode = uri_param(&call->request.uri, "hub.mode"), *token = uri_param(&call->request.uri, "hub.verify_token"),
			   *challenge = uri_param(&call->request.uri, "hub.challenge");
	struct terms terms = { .result = NULL };
	enum status status;
	bool good = false;

	if (!mode || strcmp(mode, "subscribe") != 0 || !token || !is_challenge(challenge))
		return call_fail(call, STATUS_BAD_REQUEST, NULL);
	status = load_terms(call, "messenger", &terms);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < SIGNATURE_SECRETS; i++)
		if (terms.verify[i] && secret_equal(terms.verify[i], strlen(terms.verify[i]), token, strlen(token)))
			good = true;
	PQclear(terms.result);
	if (!good)
		return refuse(call, "the verify token is none of the account's");
	answer_text(call, "text/plain; charset=utf-8", challenge);
	return STATUS_OK;
}
