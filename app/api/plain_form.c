/* SPDX-License-Identifier: ISC */
/* Forms of the page without JavaScript: what makes them ours, and what they say as the JSON that a script would have sent. */
#include "api/plain.h"
#include "base/alloc.h"
#include "http/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM_FIELD "form"   /* a MAC over the seed in the cookie: a page of somebody else has neither */
#define NONCE_FIELD "nonce" /* of this showing of the form */
#define ANSWERS "answers"
#define MAC_TEXT_MAX 160

/* ---- whose form it is ---------------------------------------------------------------------------------------- */

static void sign(const struct plain *plain, const uint8_t key[SECRET_BYTES], char ret_mark[SECRET_TOKEN_LEN + 1])
{
	uint8_t mac[SECRET_BYTES];
	char text[MAC_TEXT_MAX];

	snprintf(text, sizeof text, "form %s %s", plain->seed, plain->key);
	secret_hmac_sha256(key, SECRET_BYTES, text, strlen(text), mac);
	secret_base64url(mac, sizeof mac, ret_mark);
}

bool plain_form_is_ours(struct plain *plain)
{
	const struct secret_keys *keys = &plain->call->api->server_keys;
	const char *mark = form_value(&plain->form, FORM_FIELD);
	char good[SECRET_TOKEN_LEN + 1];

	for (int i = 0; mark && plain->seed[0] && i < 1 + keys->has_previous; i++) {
		sign(plain, i == 0 ? keys->current : keys->previous, good);
		if (secret_equal(good, SECRET_TOKEN_LEN, mark, strlen(mark)))
			return true;
	}
	return false;
}

void plain_add_hidden(struct plain *plain, const char *name, const char *value)
{
	struct buf *out = &plain->call->response.body;

	buf_addf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	html_add(out, value);
	buf_add_str(out, "\">\n");
}

void plain_open_form(struct plain *plain, const char *page, const char *target)
{
	struct buf *out = &plain->call->response.body;
	char mark[SECRET_TOKEN_LEN + 1], nonce[SECRET_TOKEN_LEN + 1];

	sign(plain, plain->call->api->server_keys.current, mark);
	secret_token(nonce);
	buf_add_str(out, "<form method=\"post\" accept-charset=\"utf-8\" action=\"");
	plain_add_url(plain, page);
	if (target)
		buf_addf(out, "\" target=\"%s", target);
	buf_add_str(out, "\">\n");
	plain_add_hidden(plain, FORM_FIELD, mark);
	plain_add_hidden(plain, NONCE_FIELD, nonce);
}

const char *plain_typed(const struct plain *plain, const char *name)
{
	const char *value = form_value(&plain->form, name);

	return value ? value : "";
}

/* ---- what it says -------------------------------------------------------------------------------------------- */

static bool names_have(const char *names, const char *name, size_t len)
{
	for (const char *at = names; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strcspn(at, " ") == len && strncmp(at, name, len) == 0)
			return true;
	return false;
}

/* One line is trimmed; lines are kept as they were typed. */
static struct json_object *text_of(const char *name, const char *value)
{
	size_t len = strlen(value);

	if (strcmp(name, "body") != 0 && strcmp(name, "comment") != 0) {
		len -= strspn(value, " \t\r\n");
		value += strspn(value, " \t\r\n");
		while (len > 0 && strchr(" \t\r\n", value[len - 1]))
			len--;
	}
	return len ? json_object_new_string_len(value, (int)len) : NULL;
}

static struct json_object *value_of(const char *name, const char *value)
{
	if (strcmp(name, "score") == 0 && value[0] >= '0' && value[0] <= '9' && value[1] == '\0')
		return json_object_new_int(value[0] - '0');
	return text_of(name, value);
}

static enum status read_field(struct plain *plain, const char *names, const struct signature_field *field, struct json_object *body, struct json_object *answers)
{
	static const char prefix[] = ANSWERS ".";
	const char *name = field->name;
	struct json_object *value;

	if (strcmp(name, FORM_FIELD) == 0 || strcmp(name, NONCE_FIELD) == 0)
		return STATUS_OK;
	if (strncmp(name, prefix, sizeof prefix - 1) == 0 && names_have(names, ANSWERS, sizeof ANSWERS - 1)) {
		body = answers;
		name += sizeof prefix - 1;
	} else if (!names_have(names, name, strlen(name)) || strcmp(name, ANSWERS) == 0) {
		return call_fail(plain->call, STATUS_INVALID, name);
	}
	value = value_of(name, field->value);
	if (value)
		json_object_object_add(body, name, value);
	return STATUS_OK;
}

static enum status read_all(struct plain *plain, const char *names, struct json_object **ret_body)
{
	struct json_object *body = json_object_new_object(), *answers = json_object_new_object();
	enum status status = STATUS_OK;

	alloc_check(body);
	alloc_check(answers);
	for (size_t i = 0; i < plain->form.count && status == STATUS_OK; i++)
		status = read_field(plain, names, &plain->form.fields[i], body, answers);
	if (status == STATUS_OK && json_object_object_length(answers) > 0)
		json_object_object_add(body, ANSWERS, json_object_get(answers));
	json_object_put(answers);
	if (status != STATUS_OK) {
		json_object_put(body);
		return status;
	}
	*ret_body = body;
	return STATUS_OK;
}

/* Who goes back and changes his words sends something else; who loads the page again sends the same. */
static enum status add_id(struct plain *plain, struct json_object *body, const char *name)
{
	const char *nonce = form_value(&plain->form, NONCE_FIELD), *text = json_plain(body);
	char id[UUID_LEN + 1];
	uint8_t b[SECRET_BYTES];

	if (!nonce || !secret_token_is_wellformed(nonce))
		return call_fail(plain->call, STATUS_INVALID, NONCE_FIELD);
	secret_hmac_sha256((const uint8_t *)nonce, SECRET_TOKEN_LEN, text, strlen(text), b);
	secret_uuid_of(b, id);
	plain_put(body, name, id);
	return STATUS_OK;
}

void plain_put(struct json_object *body, const char *name, const char *value)
{
	struct json_object *text = json_object_new_string(value);

	alloc_check(text);
	if (json_object_object_add(body, name, text) != 0)
		alloc_check(NULL);
}

enum status plain_read(struct plain *plain, const char *names, const char *id_name, struct json_object **ret_body)
{
	struct json_object *body = NULL;
	enum status status = read_all(plain, names, &body);

	if (status == STATUS_OK && id_name)
		status = add_id(plain, body, id_name);
	if (status == STATUS_OK)
		*ret_body = body;
	else
		json_object_put(body);
	return status;
}
