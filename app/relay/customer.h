/* SPDX-License-Identifier: ISC */
/* Customers: the judgement of their hello, and telling the database when the last socket of a chat is gone. */
#ifndef SWITCHBOARD_RELAY_CUSTOMER_H
#define SWITCHBOARD_RELAY_CUSTOMER_H

#include "relay/relay.h"

#include <stdbool.h>

/* Sends the hello of a judged client to the database, which is up (relay_judge()). false: it does not take it now. */
bool customer_hello(struct relay *r, struct client *client);
/* The last customer's socket has left this room. */
void customer_left_room(struct relay *r, struct room *room);
/* Tells the database of the rooms without customers. */
void customer_sweep(struct relay *r);
/* At the end. */
void customer_drop_gone(struct relay *r);

#endif
