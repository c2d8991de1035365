/* SPDX-License-Identifier: ISC */
/* Fields of the forms: one label, one control, what is wrong with it; what was typed stands there again. */
#include "api/plain.h"
#include "http/html.h"

#include <stdio.h>
#include <string.h>

#define OUT(plain) (&(plain)->call->response.body)

static void add_label(struct plain *plain, const char *name, const char *label, bool required)
{
	buf_add_str(OUT(plain), "<div class=\"field\"><label for=\"");
	html_add(OUT(plain), name);
	buf_add_str(OUT(plain), "\"><bdi>");
	html_add(OUT(plain), label);
	buf_add_str(OUT(plain), "</bdi>");
	if (!required) {
		buf_add_str(OUT(plain), " <span class=\"optional\">(");
		plain_say(plain, "optional", NULL);
		buf_add_str(OUT(plain), ")</span>");
	}
	buf_add_str(OUT(plain), "</label>\n");
}

/* id, name, and whether something is wrong */
static void add_attributes(struct plain *plain, const char *name, bool required, const char *error)
{
	buf_add_str(OUT(plain), " class=\"input\" dir=\"auto\" id=\"");
	html_add(OUT(plain), name);
	buf_add_str(OUT(plain), "\" name=\"");
	html_add(OUT(plain), name);
	buf_add_str(OUT(plain), required ? "\" required" : "\"");
	if (!error)
		return;
	buf_add_str(OUT(plain), " aria-invalid=\"true\" autofocus aria-describedby=\"error-");
	html_add(OUT(plain), name);
	buf_add_str(OUT(plain), "\"");
}

static void add_error(struct plain *plain, const char *name, const char *error)
{
	if (error) {
		buf_add_str(OUT(plain), "<p class=\"error\" dir=\"auto\" id=\"error-");
		html_add(OUT(plain), name);
		buf_add_str(OUT(plain), "\">");
		html_add(OUT(plain), error);
		buf_add_str(OUT(plain), "</p>");
	}
	buf_add_str(OUT(plain), "</div>\n");
}

void plain_text_field(struct plain *plain, const char *name, const char *label, const char *attributes, bool required, const char *error)
{
	add_label(plain, name, label, required);
	buf_addf(OUT(plain), "<input %s", attributes);
	add_attributes(plain, name, required, error);
	buf_add_str(OUT(plain), " value=\"");
	html_add(OUT(plain), plain_typed(plain, name));
	buf_add_str(OUT(plain), "\">\n");
	add_error(plain, name, error);
}

static void add_name_field(struct plain *plain, bool required, const char *error)
{
	plain_text_field(plain, "name", words_text(&plain->words, "name_label"), "autocomplete=\"name\" maxlength=\"100\"", required, error);
}

void plain_body_field(struct plain *plain, const char *label, const char *text, const char *attributes, const char *error)
{
	add_label(plain, "body", label, true);
	buf_addf(OUT(plain), "<textarea %s", attributes);
	add_attributes(plain, "body", true, error);
	buf_add_str(OUT(plain), ">\n"); /* a line feed right behind the tag is none of the text */
	html_add(OUT(plain), text);
	buf_add_str(OUT(plain), "</textarea>\n");
	add_error(plain, "body", error);
}

void plain_queue_select(struct plain *plain)
{
	struct json_object *queues = plain_member(plain->config, "queues");
	const char *chosen = plain_typed(plain, "queue"), *name;

	if (json_object_array_length(queues) < 2)
		return;
	add_label(plain, "queue", words_text(&plain->words, "note.queue"), false);
	buf_add_str(OUT(plain), "<select");
	add_attributes(plain, "queue", false, NULL);
	buf_add_str(OUT(plain), ">\n<option value=\"\">");
	plain_say(plain, "note.any", NULL);
	buf_add_str(OUT(plain), "</option>\n");
	for (size_t i = 0; i < json_object_array_length(queues); i++) {
		name = plain_str(json_object_array_get_idx(queues, i), "name");
		buf_add_str(OUT(plain), "<option value=\"");
		html_add(OUT(plain), name ? name : "");
		buf_add_str(OUT(plain), name && strcmp(name, chosen) == 0 ? "\" selected>" : "\">");
		html_add(OUT(plain), plain_str(json_object_array_get_idx(queues, i), "label"));
		buf_add_str(OUT(plain), "</option>\n");
	}
	buf_add_str(OUT(plain), "</select>\n");
	add_error(plain, "queue", NULL);
}

/* ---- the questions of a queue ---------------------------------------------------------------------------------- */

static void add_choices(struct plain *plain, const char *name, struct json_object *question, bool required, const char *error)
{
	struct json_object *choices = plain_member(question, "choices"), *choice;

	buf_add_str(OUT(plain), error ? "<fieldset class=\"field\" aria-invalid=\"true\"><legend><bdi>" : "<fieldset class=\"field\"><legend><bdi>");
	html_add(OUT(plain), plain_str(question, "label"));
	buf_add_str(OUT(plain), "</bdi></legend><div class=\"options\">\n");
	for (size_t i = 0; choices && i < json_object_array_length(choices); i++) {
		choice = json_object_array_get_idx(choices, i);
		buf_add_str(OUT(plain), "<label class=\"option\"><input type=\"radio\" name=\"");
		html_add(OUT(plain), name);
		buf_add_str(OUT(plain), "\" value=\"");
		html_add(OUT(plain), plain_str(choice, "id"));
		buf_addf(OUT(plain), "\"%s%s><span dir=\"auto\">", required ? " required" : "", strcmp(plain_typed(plain, name), plain_str(choice, "id")) == 0 ? " checked" : "");
		html_add(OUT(plain), plain_str(choice, "label"));
		buf_add_str(OUT(plain), "</span></label>\n");
	}
	buf_add_str(OUT(plain), "</div>\n");
	if (error) {
		buf_add_str(OUT(plain), "<p class=\"error\" dir=\"auto\">");
		html_add(OUT(plain), error);
		buf_add_str(OUT(plain), "</p>\n");
	}
	buf_add_str(OUT(plain), "</fieldset>\n");
}

static const char *attributes_of(const char *kind)
{
	if (strcmp(kind, "email") == 0)
		return "type=\"email\" autocomplete=\"email\" maxlength=\"254\"";
	if (strcmp(kind, "phone") == 0)
		return "type=\"tel\" autocomplete=\"tel\" maxlength=\"100\"";
	return strcmp(kind, "number") == 0 ? "inputmode=\"decimal\" maxlength=\"100\"" : "maxlength=\"500\"";
}

static void add_question(struct plain *plain, struct json_object *question, const struct problem *problem)
{
	const char *kind = plain_str(question, "kind"), *field = plain_str(question, "field"), *error;
	bool required = json_object_get_boolean(plain_member(question, "required"));
	char name[80];

	snprintf(name, sizeof name, "answers.%s", plain_str(question, "name"));
	error = problem && strcmp(problem->field, name) == 0 ? plain_str(question, "error") : NULL;
	if (problem && strcmp(problem->field, name) == 0 && (!error || *plain_typed(plain, name) == '\0'))
		error = words_text(&plain->words, "required");
	if (field && strcmp(field, "name") == 0)
		add_name_field(plain, required, error);
	else if (kind && strcmp(kind, "choice") == 0)
		add_choices(plain, name, question, required, error);
	else
		plain_text_field(plain, name, plain_str(question, "label"), attributes_of(kind ? kind : ""), required, error);
}

void plain_questions(struct plain *plain, struct json_object *queue, const struct problem *problem)
{
	struct json_object *questions = plain_member(queue, "questions");
	const char *field;
	bool named = false;

	for (size_t i = 0; questions && i < json_object_array_length(questions); i++) {
		field = plain_str(json_object_array_get_idx(questions, i), "field");
		named = named || (field && strcmp(field, "name") == 0);
	}
	if (!named)
		add_name_field(plain, false, problem && strcmp(problem->field, "name") == 0 ? words_text(&plain->words, "problem.invalid") : NULL);
	for (size_t i = 0; questions && i < json_object_array_length(questions); i++)
		add_question(plain, json_object_array_get_idx(questions, i), problem);
}
