/* SPDX-License-Identifier: ISC */
/* The end of a chat and what comes after it. */
#include "api/handlers.h"
#include "api/plain.h"

#include <stdio.h>
#include <string.h>

#define OUT(plain) (&(plain)->call->response.body)

/* ---- what stands below a chat that is over --------------------------------------------------------------------- */

static void add_rating(struct plain *plain)
{
	char name[16];

	plain_open_form(plain, "/rating", NULL);
	buf_add_str(OUT(plain), "<fieldset class=\"field\"><legend>");
	plain_say(plain, "rate.title", NULL);
	buf_add_str(OUT(plain), "</legend><div class=\"options\">\n");
	for (int score = 5; score >= 1; score--) {
		snprintf(name, sizeof name, "rate.%d", score);
		buf_addf(OUT(plain), "<label class=\"option\"><input type=\"radio\" name=\"score\" value=\"%d\" required><span>", score);
		plain_say(plain, name, NULL);
		buf_add_str(OUT(plain), "</span></label>\n");
	}
	buf_add_str(OUT(plain), "</div></fieldset>\n<div class=\"field\"><label for=\"comment\">");
	plain_say(plain, "rate.comment", NULL);
	buf_add_str(OUT(plain), "</label><textarea class=\"input\" id=\"comment\" name=\"comment\" rows=\"2\" maxlength=\"1000\" dir=\"auto\"></textarea></div>\n");
	plain_button(plain, "button primary", "rate.send");
	buf_add_str(OUT(plain), "</form>\n");
}

static const char *mail_problem(const struct problem *problem)
{
	switch ((int)problem->status) {
	case STATUS_INVALID:
		return "mail.wrong";
	case STATUS_CONFLICT:
		return strcmp(problem->field, "email") == 0 ? "mail.to" : "mail.nobody";
	case STATUS_RATE_LIMITED:
		return "mail.enough";
	default:
		return "mail.failed";
	}
}

static void add_mail(struct plain *plain, const struct problem *problem)
{
	plain_open_form(plain, "/transcript", NULL);
	plain_text_field(plain, "email", words_text(&plain->words, "note.email"), "type=\"email\" autocomplete=\"email\" maxlength=\"254\"", false,
					 problem ? words_text(&plain->words, mail_problem(problem)) : NULL);
	plain_button(plain, "button", "mail");
	buf_add_str(OUT(plain), "</form>\n");
}

void plain_add_end(struct plain *plain, bool rated, const struct problem *problem)
{
	bool mail = json_object_get_boolean(plain_member(plain_member(plain->config, "features"), "mail"));

	plain_heading(plain, "h2", "ended.title");
	if (rated)
		plain_line(plain, "thanks", "rate.thanks");
	else if (plain_has(plain, "rating"))
		add_rating(plain);
	if (plain_has(plain, "transcript")) {
		buf_add_str(OUT(plain), "<p class=\"ways\">");
		plain_link(plain, "/transcript?format=txt", "button", "transcript", NULL);
		buf_add_str(OUT(plain), "</p>\n");
		if (mail)
			add_mail(plain, problem);
	}
	plain_open_form(plain, "/new", NULL);
	plain_button(plain, "button", "new_chat");
	buf_add_str(OUT(plain), "</form>\n");
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static enum status ask_end(struct plain *plain)
{
	struct json_object *chat = NULL;
	enum status status = plain_ask_chat(plain, customer_chat, NULL, &chat);

	json_object_put(chat);
	if (status != STATUS_OK)
		return status;
	plain_open_page(plain, HTTP_OK, "end.title", "page");
	plain_head(plain, "title", NULL);
	plain_heading(plain, "h2", "end.title");
	if (plain_has(plain, "transcript"))
		plain_line(plain, "lead", "end.text");
	plain_open_form(plain, "/end", NULL);
	plain_button(plain, "button danger", "end.yes");
	buf_add_str(OUT(plain), "</form>\n<p class=\"ways\">");
	plain_link(plain, "/chat", "button", "end.no", NULL);
	buf_add_str(OUT(plain), "</p>\n");
	plain_close_page(plain);
	return STATUS_OK;
}

enum status plain_end_asked(struct call *call)
{
	return plain_serve(call, ask_end);
}

/* Does it, and shows the chat. */
static enum status act_on_chat(struct plain *plain, enum status (*handler)(struct call *call), const char *fields)
{
	struct json_object *body = NULL, *answer = NULL;
	enum status status = plain_read(plain, fields, NULL, &body);

	if (status == STATUS_OK)
		status = plain_ask_chat(plain, handler, body, &answer);
	json_object_put(answer);
	return status == STATUS_OK ? plain_go(plain, "/chat") : status;
}

static enum status do_end(struct plain *plain)
{
	return act_on_chat(plain, customer_end, "");
}

enum status plain_end_chat(struct call *call)
{
	return plain_serve(call, do_end);
}

/* Once: a second rating, from a page that was left open, changes nothing. */
static enum status rate(struct plain *plain)
{
	enum status status = act_on_chat(plain, customer_rating, "score comment");
	struct problem rated;

	if (status != STATUS_CONFLICT)
		return status;
	plain_forgive(plain, &rated);
	return plain_go(plain, "/chat");
}

enum status plain_rate(struct call *call)
{
	return plain_serve(call, rate);
}

/* ---- the transcript ---------------------------------------------------------------------------------------------- */

static enum status download(struct plain *plain)
{
	struct call *call = plain->call;
	enum status status;

	if (!plain->held[0])
		return call_fail(call, STATUS_UNAUTHORIZED, NULL);
	if (!plain_has(plain, "transcript"))
		return call_fail(call, STATUS_NOT_FOUND, NULL);
	secret_sha256(plain->held + UUID_LEN + 1, SECRET_TOKEN_LEN, call->credential);
	call->match.args[0] = plain->chat;
	status = customer_transcript(call);
	call->match.args[0] = plain->key;
	return status;
}

enum status plain_transcript(struct call *call)
{
	return plain_serve(call, download);
}

static enum status mail(struct plain *plain)
{
	struct json_object *body = NULL, *answer = NULL;
	struct problem problem = { 0 };
	const char *to;
	enum status status = plain_read(plain, "email", NULL, &body);

	if (status != STATUS_OK)
		return status;
	status = plain_ask_chat(plain, customer_mail_transcript, body, &answer);
	if (status != STATUS_OK && status != STATUS_INVALID && status != STATUS_CONFLICT && status != STATUS_RATE_LIMITED)
		return status;
	to = plain_str(answer, "email");
	plain_forgive(plain, &problem);
	plain_open_page(plain, status == STATUS_OK ? HTTP_OK : (enum http_code)status_http_code(problem.status), "mail", "page");
	plain_head(plain, "title", NULL);
	if (to) {
		buf_add_str(OUT(plain), "<h2 dir=\"auto\">");
		plain_say(plain, "mail.sent", "email", to, NULL);
		buf_add_str(OUT(plain), "</h2>\n");
	} else {
		plain_heading(plain, "h2", "mail");
		add_mail(plain, &problem);
	}
	buf_add_str(OUT(plain), "<p class=\"ways\">");
	plain_link(plain, "/chat", "button", "plain.back", NULL);
	buf_add_str(OUT(plain), "</p>\n");
	plain_close_page(plain);
	json_object_put(answer);
	return STATUS_OK;
}

enum status plain_mail(struct call *call)
{
	return plain_serve(call, mail);
}

static enum status forget(struct plain *plain)
{
	plain_hold(plain, "");
	return plain_go(plain, "");
}

enum status plain_again(struct call *call)
{
	return plain_serve(call, forget);
}
