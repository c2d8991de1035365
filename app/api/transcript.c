/* SPDX-License-Identifier: ISC */
/* GET chats/{id}/transcript: the conversation to keep, as JSON from the database, or made of it as plain text or as one HTML page. */
#include "api/handlers.h"
#include "chat/statements.h"
#include "http/html.h"

#include <stdio.h>
#include <string.h>

/* One line of the conversation, borrowed from the event. */
struct line {
	char at[24]; /* "2026-11-22 18:01:02" */
	const char *name;
	const char *text;
	bool spoken; /* somebody said it; else it happened */
};

/* What happened, where the database has no sentence for it. NULL = not worth a line. */
static const struct {
	const char *kind;
	const char *sentence;
} sentences[] = {
	{ "queued", "Waiting for a person" },
	{ "assigned", NULL },
	{ "joined", "joined the chat" },
	{ "left", "left the chat" },
	{ "transferred", "The chat was passed on" },
	{ "transfer_failed", NULL },
	{ "requeued", "Waiting for another person" },
	{ "reminder", NULL },
	{ "ended", "The chat ended" },
	{ "rated", "rated the chat" },
	{ "redacted", NULL },
};

static const char *member(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) && json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static const char *author_name(struct json_object *event)
{
	static const char *const anonymous[][2] = { { "customer", "Customer" }, { "operator", "Operator" }, { "bot", "Bot" } };
	struct json_object *author;
	const char *name, *kind;
	size_t i;

	if (!json_object_object_get_ex(event, "author", &author))
		return NULL;
	name = member(author, "name");
	kind = member(author, "kind");
	if (name && *name)
		return name;
	for (i = 0; kind && i < ARRAY_SIZE(anonymous); i++)
		if (strcmp(anonymous[i][0], kind) == 0)
			return anonymous[i][1];
	return NULL;
}

/* Somebody's words that were taken away? */
static bool is_removed(struct json_object *event)
{
	struct json_object *data;

	return json_object_object_get_ex(event, "data", &data) && member(data, "removed");
}

/* False for an event that gives no line. */
static bool read_line(struct json_object *event, struct line *ret_line)
{
	const char *kind = member(event, "kind"), *at = member(event, "at");
	struct line line = { .name = author_name(event), .text = member(event, "body") };
	size_t i;

	if (!kind || !at)
		return false;
	line.spoken = strcmp(kind, "message") == 0 || strcmp(kind, "bot_message") == 0;
	for (i = 0; !line.text && !line.spoken && i < ARRAY_SIZE(sentences); i++)
		if (strcmp(sentences[i].kind, kind) == 0)
			line.text = sentences[i].sentence;
	if (!line.text && line.spoken && is_removed(event))
		line.text = "[message removed]";
	if (!line.text)
		return false;
	snprintf(line.at, sizeof line.at, "%.10s %.8s", at, strlen(at) > 11 ? at + 11 : "");
	*ret_line = line;
	return true;
}

/* Bytes of what ends a line at `c`: U+2028 and U+2029 do, too. 0 = nothing does. */
static size_t line_end(const char *c)
{
	if (*c == '\n')
		return 1;
	return strncmp(c, "\xe2\x80\xa8", 3) == 0 || strncmp(c, "\xe2\x80\xa9", 3) == 0 ? 3 : 0;
}

/* Further lines of one message are indented, so that nobody can write a line that looks like somebody else's. */
static void add_indented(struct buf *out, const char *text)
{
	size_t len, end;

	for (;;) {
		for (len = 0; text[len] && !line_end(text + len);)
			len++;
		end = text[len] ? line_end(text + len) : 0;
		buf_add(out, text, len);
		buf_add_str(out, "\n");
		if (end == 0)
			return;
		buf_add_str(out, "                         ");
		text += len + end;
	}
}

static void add_text_line(struct buf *out, const struct line *line)
{
	buf_addf(out, "%s UTC  %s%s%s", line->at, line->spoken ? "" : "* ", line->name ? line->name : "", line->spoken ? ": " : line->name ? " " : "");
	add_indented(out, line->text);
}

static void add_html_line(struct buf *out, const struct line *line)
{
	buf_addf(out, "<li%s><time datetime=\"%.10sT%sZ\">%s</time> ", line->spoken ? "" : " class=\"event\"", line->at, line->at + 11, line->at);
	if (line->name) {
		buf_add_str(out, "<b><bdi>");
		html_add(out, line->name);
		buf_add_str(out, "</bdi></b> ");
	}
	buf_add_str(out, "<pre dir=\"auto\">");
	html_add(out, line->text);
	buf_add_str(out, "</pre></li>\n");
}

static void add_lines(struct buf *out, struct json_object *root, void (*add)(struct buf *out, const struct line *line))
{
	struct json_object *events;
	struct line line;
	size_t i;

	if (!json_object_object_get_ex(root, "events", &events))
		return;
	for (i = 0; i < json_object_array_length(events); i++)
		if (read_line(json_object_array_get_idx(events, i), &line))
			add(out, &line);
}

static void render_text(struct call *call, struct json_object *root)
{
	struct buf *out = &call->response.body;

	call->response.content_type = "text/plain; charset=utf-8";
	buf_addf(out, "Chat %s\n\n", call->match.args[0]);
	add_lines(out, root, add_text_line);
}

static void render_html(struct call *call, struct json_object *root)
{
	struct buf *out = &call->response.body;

	call->response.content_type = "text/html; charset=utf-8";
	response_header(&call->response, "Content-Security-Policy",
					"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox");
	buf_addf(out,
			 "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
			 "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Chat %s</title>\n</head>\n<body>\n<h1>Chat %s</h1>\n<p>All times are "
			 "UTC.</p>\n<ol>\n",
			 call->match.args[0], call->match.args[0]);
	add_lines(out, root, add_html_line);
	buf_add_str(out, "</ol>\n</body>\n</html>\n");
}

static enum status render(struct call *call, const char *json, const char *format)
{
	char disposition[96];
	struct json_object *root;

	if (strcmp(format, "json") == 0) {
		response_json(&call->response, HTTP_OK, json);
	} else if (strlen(json) > JSON_MAX_BYTES) {
		return call_fail(call, STATUS_TOO_LARGE, "format");
	} else {
		if (json_parse(json, strlen(json), &root) != STATUS_OK)
			return call_fail(call, STATUS_INTERNAL, NULL);
		call->response.code = HTTP_OK;
		(strcmp(format, "txt") == 0 ? render_text : render_html)(call, root);
		json_object_put(root);
	}
	snprintf(disposition, sizeof disposition, "attachment; filename=\"chat-%s.%s\"", call->match.args[0], format);
	response_header(&call->response, "Content-Disposition", disposition);
	return STATUS_OK;
}

enum status customer_transcript(struct call *call)
{
	const char *format = uri_param(&call->request.uri, "format");
	const struct param params[] = { CUSTOMER_PARAMS(call) };
	PGresult *result;
	enum status status;

	if (!format)
		format = "json";
	if (strcmp(format, "txt") != 0 && strcmp(format, "json") != 0 && strcmp(format, "html") != 0)
		return call_fail(call, STATUS_INVALID, "format");
	status = call_run(call, &STATEMENT_TRANSCRIPT, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	status = render(call, result_str(result, 0, "body"), format);
	PQclear(result);
	return status;
}

/* By mail instead, to the address of the chat. */
enum status customer_mail_transcript(struct call *call)
{
	const char *email = NULL;
	const struct json_field fields[] = { { "email", JSON_EMAIL, false, 0, 254, &email } };
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK)
		status = guard_chat(call);
	if (status != STATUS_OK)
		return status;
	const struct param params[] = { CUSTOMER_PARAMS(call), PARAM_TEXT(email) };

	return call_answer(call, &STATEMENT_MAIL_TRANSCRIPT, params, ARRAY_SIZE(params));
}
