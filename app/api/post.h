/* SPDX-License-Identifier: ISC */
/* Messages over HTTP: one stored, a page of events read, marks told. Customers and operators alike. */
#ifndef SWITCHBOARD_API_POST_H
#define SWITCHBOARD_API_POST_H

#include "api/call.h"

#define POST_BODY_MAX 4000 /* code points */
#define POST_CHOICE_MAX 64

struct post {
	const char *party; /* "customer" or "operator": the credential of the other one is none */
	const char *kind; /* "message" or "note" */
	const char *cid;
	const char *body;
	const char *choice;
};

/* Stores it in the chat of the path under call->credential, that of post->party, and answers {"seq"}. The same cid again: the same seq. */
enum status MUST_CHECK post_store(struct call *call, const struct post *post);

/* The query parameters `after` and `limit` as statement parameters. */
struct post_page {
	char after[24];
	char limit[24];
};

/* The body {got?, read?} of marks as statement parameters; both are there, an absent one is 0. */
struct post_marks {
	char got[24];
	char read[24];
};

enum status MUST_CHECK post_read_marks(struct call *call, struct post_marks *ret_marks);
enum status MUST_CHECK post_read_page(struct call *call, struct post_page *ret_page);

#endif
