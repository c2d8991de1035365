/* SPDX-License-Identifier: ISC */
/* The router: wakes the routing decision, which is SQL, on each doorbell and at each deadline. It holds no state that matters: the tables say everything,
 * a pass after any loss of the session reads them anew. Several may run: one leads, the others stand by and ask twice a second; sql/api/76_router.sql says
 * who and when. A session that is lost takes the lead with it: the next one begins as a stand-by. */
#ifndef SWITCHBOARD_ROUTER_ROUTER_H
#define SWITCHBOARD_ROUTER_ROUTER_H

#include <signal.h>

struct router;

/* `conninfo` and `name` are copied; `sweep_ms` is the longest sleep: what a lost notification can cost; `slow_ms` as conn_slow(). */
void router_new(const char *conninfo, const char *name, int sweep_ms, int slow_ms, struct router **ret_router);
void router_free(struct router **router);

/* Works until *stop is set by a signal handler, then gives up the lead, so that a stand-by has it within milliseconds;
 * `wait_mask` is the signal mask while it sleeps (the only time those signals are let in). */
void router_run(struct router *router, const volatile sig_atomic_t *stop, const sigset_t *wait_mask);

#endif
