/* SPDX-License-Identifier: ISC */
/* The courier: claims what is due in chat.outbox, sends it, reports what became of it (sql/api/55_outbox.sql). It keeps nothing that matters: one that is killed leaves its
 * claims to the others, or to itself when it is back. Several share the work. */
#ifndef SWITCHBOARD_COURIER_COURIER_H
#define SWITCHBOARD_COURIER_COURIER_H

#include "base/options.h"
#include "base/status.h"

#include <stdbool.h>
#include <uv.h>

struct courier;

/* Logs what is wrong with the options. `name` is copied. */
enum status MUST_CHECK courier_new(uv_loop_t *loop, const struct options *options, const char *name, struct courier **ret_courier);

/* Claims nothing more. */
void courier_drain(struct courier *c);
/* Nothing is under way, everything is reported, and the database knows that we are gone. To be asked now and then. */
bool courier_is_drained(struct courier *c);
/* What is still under way is reported as failed: it is tried again, by others or later. */
void courier_give_up(struct courier *c);

/* Closes everything; run the loop afterwards, then free. */
void courier_close(struct courier *c);
void courier_free(struct courier **c);

#endif
