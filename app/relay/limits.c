/* SPDX-License-Identifier: ISC */
#include "relay/limits.h"

void limits_read(const struct options *options, struct limits *ret_limits)
{
	*ret_limits = (struct limits){
		.hello_ms = (uint32_t)option_int(options, "hello_timeout_s") * 1000,
		.message_ms = (uint32_t)option_int(options, "message_timeout_s") * 1000,
		.heartbeat_ms = (uint32_t)option_int(options, "heartbeat_s") * 1000,
		.drain_ms = (uint32_t)option_int(options, "drain_timeout_s") * 1000,
		.database_grace_ms = (uint32_t)option_int(options, "database_grace_s") * 1000,
		.token_check_ms = (uint32_t)option_int(options, "token_check_s") * 1000,
		.heartbeat_s = (unsigned)option_int(options, "heartbeat_s"),
		.frame_bytes = (size_t)option_int(options, "frame_max_bytes"),
		.fragments = (unsigned)option_int(options, "fragments_max"),
		.hello_customer_bytes = (size_t)option_int(options, "hello_max_customer_bytes"),
		.hello_operator_bytes = (size_t)option_int(options, "hello_max_operator_bytes"),
		.messages = { .count = (unsigned)option_int(options, "messages_per_second"), .per_s = 1, .burst = (unsigned)option_int(options, "messages_burst") },
		.rejections = (unsigned)option_int(options, "rejections_max"),
		.out_bytes = (size_t)option_int(options, "out_queue_max_bytes"),
		.out_events = (size_t)option_int(options, "out_queue_max_events"),
		.unanswered = (unsigned)option_int(options, "unanswered_max"),
		.batch_rows = (size_t)option_int(options, "waiting_max_messages"),
		.batch_gather_ms = (uint32_t)option_int(options, "batch_gather_ms"),
		.batch_bytes = (size_t)option_int(options, "waiting_max_bytes"),
	};
}
