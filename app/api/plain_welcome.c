/* SPDX-License-Identifier: ISC */
/* Before the chat: what it is about, the name, the questions; then the chat request, as POST chats takes it. */
#include "api/handlers.h"
#include "api/plain.h"
#include "http/html.h"

#include <stdio.h>
#include <string.h>

#define OUT(plain) (&(plain)->call->response.body)

static struct json_object *named(struct json_object *queues, const char *name)
{
	struct json_object *queue;

	for (size_t i = 0; queues && name && i < json_object_array_length(queues); i++) {
		queue = json_object_array_get_idx(queues, i);
		if (plain_str(queue, "name") && strcmp(plain_str(queue, "name"), name) == 0)
			return queue;
	}
	return NULL;
}

static bool has_bot(const struct plain *plain)
{
	return json_object_get_boolean(plain_member(plain_member(plain->config, "features"), "bot"));
}

/* Who meets a bot is asked by that, and where there is one queue there is no choice. */
static bool has_choice(const struct plain *plain)
{
	return !has_bot(plain) && json_object_array_length(plain_member(plain->config, "queues")) > 1;
}

static const char *chosen_queue(struct plain *plain)
{
	const char *queue = form_value(&plain->form, "queue");

	return queue ? queue : uri_param(&plain->call->request.uri, "queue");
}

/* ---- the queues ------------------------------------------------------------------------------------------------ */

static void add_queue(struct plain *plain, struct json_object *status, bool choose)
{
	const char *name = plain_str(status, "name"), *state = plain_str(status, "state");
	struct json_object *queue = named(plain_member(plain->config, "queues"), name);
	char page[80];

	snprintf(page, sizeof page, "?queue=%s", name ? name : "");
	buf_addf(OUT(plain), "<li class=\"%s\">", state ? state : "");
	if (choose) {
		buf_add_str(OUT(plain), "<a href=\"");
		plain_add_url(plain, page);
		buf_add_str(OUT(plain), "\">");
	}
	buf_add_str(OUT(plain), "<span class=\"name\" dir=\"auto\">");
	html_add(OUT(plain), queue && plain_str(queue, "label") ? plain_str(queue, "label") : name ? name : "");
	buf_add_str(OUT(plain), choose ? "</span></a> <span class=\"state\">" : "</span> <span class=\"state\">");
	plain_queue_state(plain, status);
	buf_add_str(OUT(plain), "</span>");
	if (plain_str(status, "text")) {
		buf_add_str(OUT(plain), "<span class=\"said\" dir=\"auto\">");
		html_add(OUT(plain), plain_str(status, "text"));
		buf_add_str(OUT(plain), "</span>");
	}
	buf_add_str(OUT(plain), "</li>\n");
}

/* With the state of each; `*ret_open`: somebody is there. */
static void add_queues(struct plain *plain, struct json_object *queues, bool choose, bool *ret_open)
{
	size_t count = queues ? json_object_array_length(queues) : 0;
	const char *state;

	*ret_open = has_bot(plain) || count == 0;
	if (count > 0) {
		plain_heading(plain, "h3", choose ? "choose_queue" : "queues");
		buf_add_str(OUT(plain), "<ul class=\"queues\">\n");
	}
	for (size_t i = 0; i < count; i++) {
		state = plain_str(json_object_array_get_idx(queues, i), "state");
		*ret_open = *ret_open || (state && strcmp(state, "open") == 0);
		add_queue(plain, json_object_array_get_idx(queues, i), choose);
	}
	if (count > 0)
		buf_add_str(OUT(plain), "</ul>\n");
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void add_form(struct plain *plain, const struct problem *problem)
{
	const char *chosen = chosen_queue(plain);
	struct json_object *queue = named(plain_member(plain->config, "queues"), chosen);

	plain_open_form(plain, "", NULL);
	if (queue) {
		plain_add_hidden(plain, "queue", chosen);
		buf_add_str(OUT(plain), "<p class=\"chosen\"><strong dir=\"auto\">");
		html_add(OUT(plain), plain_str(queue, "label"));
		buf_add_str(OUT(plain), "</strong></p>\n");
	} else {
		queue = plain_member(plain->config, "default_queue");
	}
	plain_questions(plain, has_bot(plain) ? NULL : queue, problem);
	plain_button(plain, "button primary", "start");
	buf_add_str(OUT(plain), "</form>\n");
}

static bool stands_at_a_field(const struct problem *problem)
{
	return problem->status == STATUS_INVALID && (strcmp(problem->field, "name") == 0 || strncmp(problem->field, "answers.", 8) == 0);
}

/* `problem` NULL: nothing went wrong. */
static enum status show(struct plain *plain, const struct problem *problem)
{
	bool choose = has_choice(plain) && !named(plain_member(plain->config, "queues"), chosen_queue(plain)), open;
	struct json_object *state = NULL;
	enum status status = plain_ask(plain, widget_status, NULL, &state);

	if (status != STATUS_OK)
		return status;
	plain_open_page(plain, problem ? (enum http_code)status_http_code(problem->status) : HTTP_OK, "title", "page");
	plain_head(plain, "title", "subtitle");
	plain_heading(plain, "h2", "greeting");
	if (problem && !stands_at_a_field(problem)) {
		buf_add_str(OUT(plain), "<div class=\"problem\" role=\"alert\"><p dir=\"auto\">");
		plain_problem_text(plain, problem);
		buf_add_str(OUT(plain), "</p>\n");
		plain_reference(plain);
		buf_add_str(OUT(plain), "</div>\n");
	}
	add_queues(plain, has_choice(plain) && !choose ? NULL : plain_member(state, "queues"), choose, &open);
	if (!choose)
		add_form(plain, problem);
	if (plain_has(plain, "notes") && (!open || problem)) {
		buf_add_str(OUT(plain), "<p class=\"ways\">");
		plain_link(plain, "/note", "button", "note.leave", NULL);
		buf_add_str(OUT(plain), "</p>\n");
	}
	if (words_find(&plain->words, "privacy") && *words_text(&plain->words, "privacy"))
		plain_line(plain, "privacy", "privacy");
	plain_close_page(plain);
	json_object_put(state);
	return STATUS_OK;
}

/* Who has a chat finds that. */
static enum status find_chat(struct plain *plain, bool *ret_there)
{
	struct json_object *chat = NULL;
	enum status status = plain->held[0] ? plain_ask_chat(plain, customer_chat, NULL, &chat) : STATUS_UNAUTHORIZED;
	struct problem lost;

	json_object_put(chat);
	*ret_there = status == STATUS_OK;
	if (status != STATUS_UNAUTHORIZED && status != STATUS_NOT_FOUND)
		return status;
	plain_forgive(plain, &lost);
	plain->held[0] = '\0';
	return STATUS_OK;
}

static enum status receive(struct plain *plain)
{
	bool there = false;
	enum status status = find_chat(plain, &there);

	if (status != STATUS_OK)
		return status;
	return there ? plain_go(plain, "/chat") : show(plain, NULL);
}

enum status plain_welcome(struct call *call)
{
	return plain_serve(call, receive);
}

/* ---- the chat request ------------------------------------------------------------------------------------------ */

static enum status request_chat(struct plain *plain, struct json_object **ret_answer)
{
	struct json_object *body = NULL;
	enum status status = plain_read(plain, "queue name answers", "request_key", &body);

	if (status != STATUS_OK)
		return status;
	plain_put(body, "widget", plain->key);
	plain_put(body, "locale", plain->words.language);
	return plain_ask(plain, chat_request, body, ret_answer);
}

static void keep(struct plain *plain, struct json_object *answer)
{
	const char *chat = plain_str(plain_member(answer, "chat"), "id"), *token = plain_str(answer, "token");
	char held[PLAIN_COOKIE_MAX];

	snprintf(held, sizeof held, "%s.%s", chat ? chat : "", token ? token : "");
	plain_hold(plain, held);
}

/* What can be mended is said in the form, with all that was filled in. */
static enum status show_refusal(struct plain *plain, enum status status)
{
	struct problem problem;

	if (status == STATUS_CHAT_EXISTS) {
		plain_forgive(plain, &problem);
		return plain_go(plain, "/chat");
	}
	if (status != STATUS_INVALID && status != STATUS_CLOSED && status != STATUS_QUEUE_FULL && status != STATUS_SITE_BUSY && status != STATUS_RATE_LIMITED &&
		status != STATUS_IDENTITY_REQUIRED)
		return status;
	plain_forgive(plain, &problem);
	return show(plain, &problem);
}

static enum status start(struct plain *plain)
{
	struct json_object *answer = NULL;
	enum status status = request_chat(plain, &answer);

	if (status == STATUS_OK) {
		keep(plain, answer);
		status = plain_go(plain, "/chat");
	} else {
		status = show_refusal(plain, status);
	}
	json_object_put(answer);
	return status;
}

enum status plain_start(struct call *call)
{
	return plain_serve(call, start);
}
