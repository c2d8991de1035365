/* SPDX-License-Identifier: ISC */
/* A message to leave when nobody is there, as POST widgets/{key}/notes takes it. */
#include "api/handlers.h"
#include "api/plain.h"

#include <string.h>

#define OUT(plain) (&(plain)->call->response.body)

static const char *fault_of(const struct plain *plain, const struct problem *problem, const char *field, const char *text)
{
	return problem && problem->status == STATUS_INVALID && strcmp(problem->field, field) == 0 ? words_text(&plain->words, text) : NULL;
}

static const char *refusal(enum status status)
{
	switch ((int)status) {
	case STATUS_RATE_LIMITED:
	case STATUS_SITE_BUSY:
		return "note.busy";
	case STATUS_QUEUE_FULL:
		return "note.full";
	case STATUS_IDENTITY_REQUIRED:
		return "note.identity";
	default:
		return status == STATUS_INVALID ? "error.invalid" : "note.refused";
	}
}

static enum status show_note(struct plain *plain, const struct problem *problem)
{
	const char *name = fault_of(plain, problem, "name", "note.name.wrong"), *email = fault_of(plain, problem, "email", "note.email.wrong"),
			   *body = fault_of(plain, problem, "body", "note.body.wrong");

	plain_open_page(plain, problem ? (enum http_code)status_http_code(problem->status) : HTTP_OK, "note.title", "page");
	plain_head(plain, "title", "subtitle");
	plain_heading(plain, "h2", "note.title");
	plain_line(plain, "lead", "note.text");
	if (problem && !name && !email && !body) {
		buf_add_str(OUT(plain), "<div class=\"problem\" role=\"alert\">");
		plain_line(plain, "said", refusal(problem->status));
		plain_reference(plain);
		buf_add_str(OUT(plain), "</div>\n");
	}
	plain_open_form(plain, "/note", NULL);
	plain_text_field(plain, "name", words_text(&plain->words, "note.name"), "autocomplete=\"name\" maxlength=\"100\"", false, name);
	plain_text_field(plain, "email", words_text(&plain->words, "note.email"), "type=\"email\" autocomplete=\"email\" maxlength=\"254\"", true, email);
	plain_queue_select(plain);
	plain_body_field(plain, words_text(&plain->words, "note.body"), plain_typed(plain, "body"), "rows=\"5\" maxlength=\"4000\"", body);
	plain_button(plain, "button primary", "note.send");
	buf_add_str(OUT(plain), "</form>\n<p class=\"ways\">");
	plain_link(plain, "", "link", "cancel", NULL);
	buf_add_str(OUT(plain), "</p>\n");
	plain_close_page(plain);
	return STATUS_OK;
}

static enum status thank(struct plain *plain, struct json_object *answer)
{
	const char *reference = plain_str(answer, "reference");

	plain_open_page(plain, HTTP_CREATED, "note.title", "page");
	plain_head(plain, "title", "subtitle");
	plain_heading(plain, "h2", "note.thanks");
	buf_add_str(OUT(plain), "<p dir=\"auto\">");
	plain_say(plain, "note.answer", "email", plain_typed(plain, "email"), NULL);
	buf_add_str(OUT(plain), "</p>\n<p class=\"reference\" dir=\"auto\">");
	plain_say(plain, "reference", "id", reference ? reference : "", NULL);
	buf_add_str(OUT(plain), "</p>\n<p class=\"ways\">");
	plain_link(plain, "", "button", "plain.back", NULL);
	buf_add_str(OUT(plain), "</p>\n");
	plain_close_page(plain);
	return STATUS_OK;
}

static enum status offer(struct plain *plain)
{
	return plain_has(plain, "notes") ? show_note(plain, NULL) : call_fail(plain->call, STATUS_NOT_FOUND, NULL);
}

enum status plain_note(struct call *call)
{
	return plain_serve(call, offer);
}

static enum status leave(struct plain *plain)
{
	struct json_object *body = NULL, *answer = NULL;
	struct problem problem;
	enum status status = plain_read(plain, "name email queue body", "request_key", &body);

	if (status != STATUS_OK)
		return status;
	plain_put(body, "locale", plain->words.language);
	status = plain_ask(plain, note_leave, body, &answer);
	if (status == STATUS_OK) {
		status = thank(plain, answer);
	} else if (status != STATUS_UNAVAILABLE && status != STATUS_INTERNAL && status != STATUS_NOT_FOUND) {
		plain_forgive(plain, &problem);
		status = show_note(plain, &problem);
	}
	json_object_put(answer);
	return status;
}

enum status plain_leave_note(struct call *call)
{
	return plain_serve(call, leave);
}
