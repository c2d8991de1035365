/* SPDX-License-Identifier: ISC */
/* What bounds a socket, read once from the options. */
#ifndef SWITCHBOARD_RELAY_LIMITS_H
#define SWITCHBOARD_RELAY_LIMITS_H

#include "base/bucket.h"
#include "base/options.h"

#include <stddef.h>
#include <stdint.h>

struct limits {
	uint32_t hello_ms;             /* from open to hello */
	uint32_t message_ms;           /* from the first to the last fragment */
	uint32_t heartbeat_ms;         /* nothing heard: ping; twice as long: close */
	uint32_t drain_ms;             /* something to send and nothing could be sent */
	uint32_t database_grace_ms;    /* no database */
	uint32_t token_check_ms;       /* a customer's token is looked at again */
	unsigned heartbeat_s;
	size_t frame_bytes;
	unsigned fragments;
	size_t hello_customer_bytes;
	size_t hello_operator_bytes;
	struct rate messages;          /* of a customer's socket */
	unsigned rejections;           /* rate limit answers before the socket is closed */
	size_t out_bytes;
	size_t out_events;
	unsigned unanswered;           /* messages of one socket under way before it is not read any more */
	size_t batch_rows;             /* messages waiting for the database, all sockets together */
	size_t batch_bytes;
	uint32_t batch_gather_ms;      /* batch.h */
};

void limits_read(const struct options *options, struct limits *ret_limits);

#endif
