/* SPDX-License-Identifier: ISC */
/* What this relay counts, written into its row (chat/metrics.h) on the session that no message waits for. The modules keep their numbers as they
 * work; here they are given their names. */
#ifndef SWITCHBOARD_RELAY_REPORT_H
#define SWITCHBOARD_RELAY_REPORT_H

#include "relay/relay.h"

/* Every five seconds, one statement at a time. */
void report_sweep(struct relay *r);

#endif
