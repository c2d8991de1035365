/* SPDX-License-Identifier: ISC */
/* The page without JavaScript, plain/KEY: the whole chat in forms. It is a client of the api in the api's own process: what a form says becomes the JSON that a script
 * would have sent, and the same handler reads, judges and stores it. What comes back is written as HTML, people's words through html_add() alone.
 *
 * A browser holds two cookies below plain/KEY: the chat and its token, and a seed. Each form carries a MAC over the seed, so that nobody else's page can send one. */
#ifndef SWITCHBOARD_API_PLAIN_H
#define SWITCHBOARD_API_PLAIN_H

#include "api/call.h"
#include "api/words.h"
#include "http/form.h"


#define PLAIN_COOKIE_MAX 256
#define PLAIN_HELD_LEN (UUID_LEN + 1 + SECRET_TOKEN_LEN) /* chat.token */

/* One request for such a page. */
struct plain {
	struct call *call;
	const char *key;             /* the widget's */
	const char *asked;           /* the locale that the address names; NULL: the browser's */
	const char *if_none_match;   /* of this page, not of what is asked on its way */
	struct json_object *config;  /* as GET widgets/{key} answers; owned; NULL on an error page */
	struct words words;
	struct form form;            /* of a POST */
	char held[PLAIN_HELD_LEN + 1]; /* the cookie; "" = no chat */
	char chat[UUID_LEN + 1], bearer[7 + SECRET_TOKEN_LEN + 1];
	char seed[SECRET_TOKEN_LEN + 1];
	bool new_seed;
	bool framed; /* the page stands in one of ours */
};

/* plain.c */
/* Takes in cookies, locale and configuration, of a POST the form, which must be one of ours; then has `act` answer. */
enum status MUST_CHECK plain_serve(struct call *call, enum status (*act)(struct plain *plain));
/* Asks a handler of the api about the widget or about the chat. `body` is taken over, NULL = none. `*ret_answer` is owned by the caller. */
enum status MUST_CHECK plain_ask(struct plain *plain, enum status (*handler)(struct call *call), struct json_object *body, struct json_object **ret_answer);
enum status MUST_CHECK plain_ask_chat(struct plain *plain, enum status (*handler)(struct call *call), struct json_object *body, struct json_object **ret_answer);
/* Forgets what went wrong: the page itself will say it. */
void plain_forgive(struct plain *plain, struct problem *ret_problem);
/* 303 to the page below plain/KEY */
enum status plain_go(struct plain *plain, const char *page);
void plain_hold(struct plain *plain, const char *held); /* the chat's cookie; "" deletes it */
void plain_keep_seed(struct plain *plain);                /* what the forms of this page go with */

/* plain_form.c */
/* What the form says, by `names` (separated by one space; "answers" stands for all answers.…); what is empty is not there. STATUS_INVALID names a field that is none of
 * them. With `id_name` the id of what is sent stands under that name: the same for the same words of this form sent again, another one for others. */
enum status MUST_CHECK plain_read(struct plain *plain, const char *names, const char *id_name, struct json_object **ret_body);
void plain_put(struct json_object *body, const char *name, const char *value);
bool plain_form_is_ours(struct plain *plain);
/* <form …> with what makes it ours. `target` NULL: the same frame. */
void plain_open_form(struct plain *plain, const char *page, const char *target);
void plain_add_hidden(struct plain *plain, const char *name, const char *value);
/* What was typed into a field, to be shown again; "" = nothing. */
const char *plain_typed(const struct plain *plain, const char *name);

/* plain_page.c */
void plain_open_page(struct plain *plain, enum http_code code, const char *title, const char *class_name);
void plain_close_page(struct plain *plain);
void plain_head(struct plain *plain, const char *title, const char *status);
void plain_add_url(struct plain *plain, const char *page);
void plain_link(struct plain *plain, const char *page, const char *class_name, const char *text, const char *target);
void plain_button(struct plain *plain, const char *class_name, const char *text);
/* A text with its {placeholders} filled in: pairs of name and value, then NULL. Escaped. */
void plain_say(const struct plain *plain, const char *text, ...) __attribute__((sentinel));
void plain_heading(const struct plain *plain, const char *tag, const char *text);
void plain_line(const struct plain *plain, const char *class_name, const char *text);
/* What went wrong, in words. */
void plain_problem_text(struct plain *plain, const struct problem *problem);
void plain_reference(struct plain *plain);
/* Puts a page in the place of a JSON error; its code and headers stay. */
void plain_problem(struct call *call);
bool plain_is_page(const struct call *call);

/* plain_wait.c */
void plain_time(const char *rfc3339, char *ret_text, size_t size);
void plain_place(const struct plain *plain, struct json_object *chat);
void plain_queue_state(const struct plain *plain, struct json_object *queue);

/* plain_field.c */
void plain_questions(struct plain *plain, struct json_object *queue, const struct problem *problem);
void plain_text_field(struct plain *plain, const char *name, const char *label, const char *attributes, bool required, const char *error);
void plain_body_field(struct plain *plain, const char *label, const char *text, const char *attributes, const char *error);
void plain_queue_select(struct plain *plain);

/* plain_ended.c */
/* Rating, transcript, another chat. `problem`: of a transcript by mail that was refused, or NULL. */
void plain_add_end(struct plain *plain, bool rated, const struct problem *problem);

/* plain_thread.c */
struct plain_thread {
	struct json_object *events; /* owned */
	int64_t last_seq;
};
enum status MUST_CHECK plain_read_thread(struct plain *plain, struct plain_thread *ret_thread, bool only_seq);
void plain_add_thread(struct plain *plain, struct json_object *events, struct json_object *chat);
bool plain_is_rated(struct json_object *events);

/* JSON that we made ourselves: NULL where there is no such member of that type */
const char *plain_str(struct json_object *object, const char *name);
struct json_object *plain_member(struct json_object *object, const char *name);
bool plain_has(const struct plain *plain, const char *feature); /* of the widget; true unless it says no */
const char *plain_accent(const struct plain *plain);           /* #rrggbb; NULL on an error page */

#endif
