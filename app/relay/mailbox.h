/* SPDX-License-Identifier: ISC */
/* Letters from one thread to another: in order, each taken once. No more bytes wait than fit; what does not is refused, and the writer says what follows. */
#ifndef SWITCHBOARD_RELAY_MAILBOX_H
#define SWITCHBOARD_RELAY_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct letter {
	struct letter *next;
	int kind; /* what the two sides agree on */
	size_t len;
	char text[]; /* a NUL behind it */
};

struct mailbox {
	uv_mutex_t mutex;
	uv_cond_t filled;
	struct letter *head, *tail;
	size_t bytes, bytes_max;
};

void mailbox_init(struct mailbox *m, size_t bytes_max);
void mailbox_fini(struct mailbox *m);

/* false: no room. mailbox_must_put() is for what is short, seldom and not to be lost. */
bool mailbox_put(struct mailbox *m, int kind, const char *text, size_t len);
void mailbox_must_put(struct mailbox *m, int kind, const char *text);

/* Everything that waits, oldest first; NULL: nothing. letters_free() it. */
struct letter *mailbox_take(struct mailbox *m);
/* The same, but waits so long for the first one. */
struct letter *mailbox_wait(struct mailbox *m, unsigned ms);
void letters_free(struct letter **letters);

#endif
