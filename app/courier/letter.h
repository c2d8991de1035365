/* SPDX-License-Identifier: ISC */
/* One item of the outbox on its way: what api.claim_outbox gave of it, kept until its fate is reported. */
#ifndef SWITCHBOARD_COURIER_LETTER_H
#define SWITCHBOARD_COURIER_LETTER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

struct letter {
	char item[40]; /* the idempotency key */
	char lease[40];
	char *kind, *account;
	int attempt;
	char *problem; /* NULL: it can be sent */
	char *reason;  /* with a problem: which, as a code */
	int status;    /* with a problem: of the last answer; 0 = there was none */
	bool final;    /* with a problem: it never can be */
	char *method, *url, *headers /* lines */, *content_type, *body;
	char *scheme, *user_name, *secret, *other_secret;
	long timeout_ms;
	size_t answer_max;
	char *allowed_hosts; /* words; NULL or "": any that is public */
	bool plain_http;
	char *mail_from, *rcpt /* lines */, *subject, *text_body, *html_body, *starttls;
};

/* The row `row` of a claim; all strings are copies, NULL where SQL says so. */
struct letter *letter_read(const PGresult *claim, int row);
void letter_free(struct letter **letter); /* secrets are wiped */

bool letter_is_mail(const struct letter *letter);

/* Of a list of words that `separator` parts: calls `each` with every one, in order, until it says false. NULL is an empty list. */
bool letter_words(const char *list, char separator, bool (*each)(void *arg, const char *word, size_t len), void *arg);

#endif
