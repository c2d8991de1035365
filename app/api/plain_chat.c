/* SPDX-License-Identifier: ISC */
/* The running chat: one page to write in, and in a frame of it the conversation, which asks for itself again every few seconds. So nothing of what somebody is typing is
 * lost to a refresh, and who asks counts as being there, as with the api's own fallback. Where nothing new is to be seen the answer is 304. */
#include "api/handlers.h"
#include "api/plain.h"
#include "http/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OUT(plain) (&(plain)->call->response.body)
#define REFRESH_S "5" /* well within the 20 s for which a question is taken for a sign of life */

static bool is_over(struct json_object *chat)
{
	const char *state = plain_str(chat, "state");

	return state && (strcmp(state, "ended") == 0 || strcmp(state, "abandoned") == 0);
}

static const char *status_text(struct json_object *chat)
{
	static const char *const known[][2] = { { "bot", "status.bot" }, { "active", "status.active" }, { "ended", "status.ended" }, { "abandoned", "status.ended" } };
	const char *state = plain_str(chat, "state");
	struct json_object *live = plain_member(chat, "operator_live");

	if (state && strcmp(state, "active") == 0 && live && !json_object_get_boolean(live))
		return "status.away";
	for (size_t i = 0; state && i < ARRAY_SIZE(known); i++)
		if (strcmp(state, known[i][0]) == 0)
			return known[i][1];
	return "status.queued";
}

static void add_frame(struct plain *plain, const char *page)
{
	buf_add_str(OUT(plain), "<iframe title=\"");
	plain_say(plain, "messages", NULL);
	buf_add_str(OUT(plain), "\" src=\"");
	plain_add_url(plain, page);
	buf_add_str(OUT(plain), "\">");
	plain_link(plain, page, "link", "messages", NULL);
	buf_add_str(OUT(plain), "</iframe>\n");
}

/* `problem` NULL: nothing went wrong; else what was typed stands there again. */
static enum status show_chat(struct plain *plain, const struct problem *problem)
{
	plain_open_page(plain, problem ? (enum http_code)status_http_code(problem->status) : HTTP_OK, "title", "page chat");
	plain_head(plain, "title", NULL);
	add_frame(plain, "/messages");
	if (problem) {
		buf_add_str(OUT(plain), "<div class=\"problem\" role=\"alert\" id=\"problem\"><p dir=\"auto\">");
		plain_problem_text(plain, problem);
		buf_add_str(OUT(plain), "</p></div>\n");
	}
	plain_open_form(plain, "/message", NULL);
	plain_body_field(plain, words_text(&plain->words, "message_label"), problem ? plain_typed(plain, "body") : "", "rows=\"3\" autofocus", NULL);
	plain_button(plain, "button primary", "send");
	buf_add_str(OUT(plain), "</form>\n<nav class=\"ways\">");
	if (plain_has(plain, "transcript"))
		plain_link(plain, "/transcript?format=txt", "link", "transcript", NULL);
	plain_link(plain, "/end", "link danger", "end", NULL);
	buf_add_str(OUT(plain), "</nav>\n");
	plain_close_page(plain);
	return STATUS_OK;
}

/* After the chat: the conversation as it was, the rating, the transcript, another chat. */
static enum status show_ended(struct plain *plain)
{
	struct plain_thread thread = { 0 };
	enum status status = plain_read_thread(plain, &thread, false);

	if (status != STATUS_OK)
		return status;
	plain_open_page(plain, HTTP_OK, "ended.title", "page chat");
	plain_head(plain, "title", "status.ended");
	add_frame(plain, "/messages?hold=1");
	plain_add_end(plain, plain_is_rated(thread.events), NULL);
	plain_close_page(plain);
	json_object_put(thread.events);
	return STATUS_OK;
}

static enum status show_either(struct plain *plain)
{
	struct json_object *answer = NULL;
	enum status status = plain_ask_chat(plain, customer_chat, NULL, &answer);

	if (status == STATUS_OK)
		status = is_over(plain_member(answer, "chat")) ? show_ended(plain) : show_chat(plain, NULL);
	json_object_put(answer);
	return status;
}

enum status plain_chat(struct call *call)
{
	return plain_serve(call, show_either);
}

/* ---- what is said ---------------------------------------------------------------------------------------------- */

/* Nothing said is nothing to send. */
static bool says_something(struct json_object *body)
{
	const char *text = plain_str(body, "body");

	return plain_str(body, "choice") || (text && text[strspn(text, " \t\r\n")] != '\0');
}

static enum status say(struct plain *plain)
{
	struct json_object *body = NULL, *answer = NULL;
	enum status status = plain_read(plain, "body choice", "cid", &body);

	if (status != STATUS_OK || !says_something(body)) {
		json_object_put(body);
		return status;
	}
	status = plain_ask_chat(plain, customer_message, body, &answer);
	json_object_put(answer);
	return status;
}

/* What was written is not lost with a refusal that can be mended or waited for. */
static bool may_be_said_again(enum status status)
{
	return status == STATUS_INVALID || status == STATUS_RATE_LIMITED || status == STATUS_UNAVAILABLE || status == STATUS_TOO_LARGE || status == STATUS_CONFLICT;
}

static enum status take_message(struct plain *plain)
{
	struct problem problem;
	enum status status = say(plain);

	if (status == STATUS_OK || status == STATUS_GONE) {
		plain_forgive(plain, &problem);
		return plain_go(plain, "/chat");
	}
	if (!may_be_said_again(status))
		return status;
	plain_forgive(plain, &problem);
	return show_chat(plain, &problem);
}

enum status plain_message(struct call *call)
{
	return plain_serve(call, take_message);
}

/* ---- the conversation ------------------------------------------------------------------------------------------ */

static void add_state(struct plain *plain, struct json_object *chat)
{
	const char *operator = plain_str(chat, "operator");

	buf_add_str(OUT(plain), "<header><p class=\"with\">");
	if (operator) {
		buf_add_str(OUT(plain), "<strong><bdi>");
		html_add(OUT(plain), operator);
		buf_add_str(OUT(plain), "</bdi></strong> ");
	}
	buf_add_str(OUT(plain), "<span dir=\"auto\">");
	plain_say(plain, status_text(chat), NULL);
	buf_add_str(OUT(plain), "</span></p></header>\n");
}

/* What can be done in the conversation, always as the chat stands now. */
static void add_foot(struct plain *plain, struct json_object *chat, bool held)
{
	const char *state = plain_str(chat, "state");
	bool over = is_over(chat);

	if (state && strcmp(state, "queued") == 0)
		plain_place(plain, chat);
	if (state && strcmp(state, "bot") == 0) {
		plain_open_form(plain, "/message", "_parent");
		buf_add_str(OUT(plain), "<button class=\"button person\" type=\"submit\" name=\"choice\" value=\"person\">");
		plain_say(plain, "person", NULL);
		buf_add_str(OUT(plain), "</button></form>\n");
	}
	if (!over)
		plain_line(plain, "note", held ? "plain.paused" : "plain.updates");
	buf_add_str(OUT(plain), "<p class=\"ways\">");
	if (over && !held)
		plain_link(plain, "/chat", "button primary", "plain.continue", "_parent");
	else if (!over)
		plain_link(plain, held ? "/messages" : "/messages?hold=1", "link", held ? "plain.resume" : "plain.pause", NULL);
	buf_add_str(OUT(plain), "</p>\n");
}

/* All that is to be seen, in short. */
static void tag(struct plain *plain, struct json_object *chat, int64_t last_seq, char ret_tag[2 * UUID_BYTES + 1])
{
	uint8_t hash[SECRET_BYTES];
	const char *accent = plain_accent(plain);
	struct buf text;

	buf_init(&text, 65536);
	buf_addf(&text, "%" PRId64 " %s %s %s %s ", last_seq, plain->words.language, plain->call->api->assets.plain_css, accent ? accent : "", plain->seed);
	buf_add_str(&text, json_plain(chat));
	secret_sha256(text.data, text.len, hash);
	for (size_t i = 0; i < UUID_BYTES; i++)
		snprintf(ret_tag + 2 * i, 3, "%02x", hash[i]);
	buf_fini(&text);
}

static void tell_read(struct plain *plain, struct json_object *chat, int64_t last_seq)
{
	struct json_object *marks = plain_member(plain_member(chat, "marks"), "customer"), *body, *answer = NULL;
	struct problem unheard;

	if (last_seq == 0 || json_object_get_int64(plain_member(marks, "read")) >= last_seq)
		return;
	body = json_object_new_object();
	json_object_object_add(body, "read", json_object_new_int64(last_seq));
	if (plain_ask_chat(plain, customer_marks, body, &answer) != STATUS_OK)
		plain_forgive(plain, &unheard);
	json_object_put(answer);
}

static enum status write_messages(struct plain *plain, struct json_object *chat, struct plain_thread *thread)
{
	bool held = uri_param(&plain->call->request.uri, "hold") != NULL;
	struct response *response = &plain->call->response;
	char etag[2 * UUID_BYTES + 1];
	enum status status;

	tag(plain, chat, thread->last_seq, etag);
	response_etag(response, etag, plain->if_none_match);
	if (response->code != HTTP_NOT_MODIFIED) {
		response_reset(response);
		tell_read(plain, chat, thread->last_seq);
		status = plain_read_thread(plain, thread, false);
		if (status != STATUS_OK)
			return status;
		plain_open_page(plain, HTTP_OK, "messages", "thread");
		add_state(plain, chat);
		buf_add_str(OUT(plain), "<main tabindex=\"0\" class=\"scroll\"><div>\n");
		plain_add_thread(plain, thread->events, chat);
		add_foot(plain, chat, held);
		buf_add_str(OUT(plain), "</div>\n");
		plain_close_page(plain);
		response_etag(response, etag, NULL);
	}
	response->cache_control = "private, no-cache";
	if (!held && !is_over(chat))
		response_header(response, "Refresh", REFRESH_S);
	return STATUS_OK;
}

static enum status show_messages(struct plain *plain)
{
	struct plain_thread thread = { 0 };
	struct json_object *answer = NULL;
	enum status status;

	plain->framed = true;
	status = plain_ask_chat(plain, customer_chat, NULL, &answer);
	if (status == STATUS_OK)
		status = plain_read_thread(plain, &thread, true);
	if (status == STATUS_OK)
		status = write_messages(plain, plain_member(answer, "chat"), &thread);
	json_object_put(thread.events);
	json_object_put(answer);
	return status;
}

enum status plain_messages(struct call *call)
{
	return plain_serve(call, show_messages);
}
