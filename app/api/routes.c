/* SPDX-License-Identifier: ISC */
#include "api/routes.h"

#include "api/handlers.h"

/* clang-format off: a table to be read */
const struct route routes[] = {
	/* method      path below the prefix                    who           query           handler */
	{ HTTP_GET, "widget/", WHO_PAGE, "key locale", frame_page },
	{ HTTP_GET, "api/v1/health", WHO_SERVER, NULL, health_show },
	{ HTTP_GET, "api/v1/metrics", WHO_MONITOR, NULL, metrics_show },

	{ HTTP_GET, "api/v1/widgets/{key}", WHO_ANYONE, "locale", widget_config },
	{ HTTP_GET, "api/v1/widgets/{key}/status", WHO_ANYONE, NULL, widget_status },
	{ HTTP_POST, "api/v1/chats", WHO_ANYONE, NULL, chat_request },
	{ HTTP_GET, "api/v1/chats/{uuid}", WHO_CUSTOMER, NULL, customer_chat },
	{ HTTP_GET, "api/v1/chats/{uuid}/events", WHO_CUSTOMER, "after limit", customer_events },
	{ HTTP_POST, "api/v1/chats/{uuid}/messages", WHO_CUSTOMER, NULL, customer_message },
	{ HTTP_POST, "api/v1/chats/{uuid}/marks", WHO_CUSTOMER, NULL, customer_marks },
	{ HTTP_POST, "api/v1/chats/{uuid}/queue", WHO_CUSTOMER, NULL, customer_queue },
	{ HTTP_POST, "api/v1/chats/{uuid}/end", WHO_CUSTOMER, NULL, customer_end },
	{ HTTP_POST, "api/v1/chats/{uuid}/rating", WHO_CUSTOMER, NULL, customer_rating },
	{ HTTP_GET, "api/v1/chats/{uuid}/transcript", WHO_CUSTOMER, "format", customer_transcript },

	{ HTTP_POST, "api/v1/session", WHO_LOGIN, NULL, session_login },
	{ HTTP_GET, "api/v1/session", WHO_OPERATOR, NULL, session_show },
	{ HTTP_DELETE, "api/v1/session", WHO_OPERATOR, "requeue", session_logout },
	{ HTTP_POST, "api/v1/session/ticket", WHO_OPERATOR, NULL, session_ticket },
	{ HTTP_POST, "api/v1/session/sso", WHO_LOGIN, NULL, session_sso },
	{ HTTP_GET, "api/v1/session/ways", WHO_LOGIN, NULL, session_ways },
	{ HTTP_GET, "api/v1/session/list", WHO_OPERATOR, NULL, account_sessions },
	{ HTTP_POST, "api/v1/session/end", WHO_OPERATOR, NULL, account_end_session },
	{ HTTP_GET, "api/v1/account", WHO_OPERATOR, NULL, account_show },
	{ HTTP_POST, "api/v1/account/password", WHO_OPERATOR, NULL, account_password },
	{ HTTP_POST, "api/v1/account/totp", WHO_OPERATOR, NULL, account_totp_begin },
	{ HTTP_POST, "api/v1/account/totp/confirm", WHO_OPERATOR, NULL, account_totp_confirm },
	{ HTTP_POST, "api/v1/account/totp/codes", WHO_OPERATOR, NULL, account_totp_codes },
	{ HTTP_POST, "api/v1/account/totp/off", WHO_OPERATOR, NULL, account_totp_off },
	{ HTTP_POST, "api/v1/link", WHO_LOGIN, NULL, account_link },
	{ HTTP_POST, "api/v1/link/password", WHO_LOGIN, NULL, account_link_password },
	{ HTTP_POST, "api/v1/operators/{key}/logout", WHO_OPERATOR, NULL, supervisor_end_sessions },
	{ HTTP_POST, "api/v1/operators/{key}/totp/reset", WHO_OPERATOR, NULL, supervisor_reset_totp },
	{ HTTP_GET, "api/v1/me/queues", WHO_OPERATOR, NULL, operator_queues },
	{ HTTP_PUT, "api/v1/me/queues", WHO_OPERATOR, NULL, operator_join },
	{ HTTP_PUT, "api/v1/me/presence", WHO_OPERATOR, NULL, operator_presence },
	{ HTTP_GET, "api/v1/me/chats", WHO_OPERATOR, NULL, operator_chats },
	{ HTTP_POST, "api/v1/offers/{uuid}/accept", WHO_OPERATOR, NULL, operator_accept },
	{ HTTP_POST, "api/v1/offers/{uuid}/decline", WHO_OPERATOR, NULL, operator_decline },
	{ HTTP_GET, "api/v1/operator/chats/{uuid}/events", WHO_OPERATOR, "after limit", operator_events },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/messages", WHO_OPERATOR, NULL, operator_message },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/notes", WHO_OPERATOR, NULL, operator_note },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/marks", WHO_OPERATOR, NULL, operator_marks },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/end", WHO_OPERATOR, NULL, operator_end },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/wrap-up", WHO_OPERATOR, NULL, operator_wrap_up },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/transfer", WHO_OPERATOR, NULL, transfer_make },
	{ HTTP_DELETE, "api/v1/operator/chats/{uuid}/transfer", WHO_OPERATOR, NULL, transfer_withdraw },
	{ HTTP_GET, "api/v1/operator/chats/{uuid}/targets", WHO_OPERATOR, NULL, transfer_targets },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/take", WHO_OPERATOR, NULL, supervisor_take },
	{ HTTP_POST, "api/v1/operator/chats/{uuid}/requeue", WHO_OPERATOR, NULL, supervisor_requeue },
	{ HTTP_GET, "api/v1/board", WHO_OPERATOR, NULL, supervisor_board },
};
/* clang-format on */
const size_t routes_count = sizeof routes / sizeof routes[0];
