/* SPDX-License-Identifier: ISC */
/* Sends letters: libcurl's multi interface on somebody's libuv loop. No redirect is followed, no proxy of the environment asked, no file of the user's read; time and size
 * of the whole exchange are limited; the address that is connected to is judged (target.h). */
#ifndef SWITCHBOARD_COURIER_SENDER_H
#define SWITCHBOARD_COURIER_SENDER_H

#include "courier/letter.h"
#include "courier/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct sender;

/* What became of a letter. Borrowed by who is told. */
struct outcome {
	int status;         /* of the answer, HTTP or SMTP; 0 = there was none */
	long retry_s;       /* Retry-After; 0 = none was said */
	const char *reason; /* why it will not do (reason.h), constant or the letter's; NULL = it is an answer */
	bool final;         /* with a reason: and never will */
	const char *text;   /* the answer (UTF-8 without NUL), or the reason in words */
	uint64_t took_ms;
};

typedef void sender_done_fn(void *arg, struct letter *letter, const struct outcome *outcome);

/* `rules` is borrowed; `ca_file` (NULL: the system's) is copied. */
enum status MUST_CHECK sender_new(uv_loop_t *loop, const struct target_rules *rules, const char *ca_file, sender_done_fn *done, void *arg, struct sender **ret_sender);

/* Takes the letter until done() gives it back, which may be before this returns. */
void sender_send(struct sender *s, struct letter *letter);
size_t sender_active(const struct sender *s);

/* What is under way is given up: each is told as not answered. */
void sender_abort(struct sender *s);

/* Closes the handles; run the loop afterwards, then free. Nothing may be under way. */
void sender_close(struct sender *s);
void sender_free(struct sender **s);

#endif
