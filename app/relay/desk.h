/* SPDX-License-Identifier: ISC */
/* What lies on an operator's desk: his chats and offers, asked of the database and told to one socket as differences. */
#ifndef SWITCHBOARD_RELAY_DESK_H
#define SWITCHBOARD_RELAY_DESK_H

#include "relay/operator.h"

#define DESKS_PER_SWEEP 64

void desk_ask(struct relay *r, struct seat *seat);
/* One question for many desks: whose marks have changed is asked by desk_ask(), and rooms that have missed something look. */
void desk_sweep(struct relay *r, struct seat *const *seats, size_t count);
void desk_accept(struct relay *r, struct client *client, const char *offer);
void desk_decline(struct relay *r, struct client *client, const char *offer, const char *reason); /* reason may be NULL */

#endif
