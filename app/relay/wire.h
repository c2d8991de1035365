/* SPDX-License-Identifier: ISC */
/* libwebsockets, and nothing else of the relay knows it: the handshake, whole messages in, one frame out per turn, closing from the two
 * callbacks from which this version closes properly (README.md). */
#ifndef SWITCHBOARD_RELAY_WIRE_H
#define SWITCHBOARD_RELAY_WIRE_H

#include "base/status.h"
#include "relay/relay.h"

#include <stdbool.h>
#include <uv.h>

struct wire;

extern const struct transport wire_transport;

/* `relay` is initialised with wire_transport. STATUS_INVALID: the library refuses (logged). */
enum status MUST_CHECK wire_new(uv_loop_t *loop, bool use_libuv, struct relay *relay, const struct options *options, struct wire **ret_wire);

/* Runs until wire_stop(). */
void wire_run(struct wire *wire);
void wire_stop(struct wire *wire);

/* No new connections from now on. */
void wire_deafen(struct wire *wire);

/* First closes what is open; then, after the loop has been run empty, frees the rest. */
void wire_close(struct wire *wire);
void wire_free(struct wire **wire);

#endif
