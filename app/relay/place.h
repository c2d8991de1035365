/* SPDX-License-Identifier: ISC */
/* Places in the queue, for the customers here who wait: asked for at most once a second when something moved, else every five; told on change. On a session of
 * its own. */
#ifndef SWITCHBOARD_RELAY_PLACE_H
#define SWITCHBOARD_RELAY_PLACE_H

#include "relay/relay.h"

void place_sweep(struct relay *r);

#endif
