/* SPDX-License-Identifier: ISC */
/* Every SQL text the programs can send. A test prepares each on a fresh database; the lint finds SQL words anywhere else.
 * What a verb does, takes and raises is documented where it is declared, in sql/api. Columns are named; `body` is the JSON of the HTTP answer,
 * built field by field in SQL, and passes through C unread. */
#ifndef SWITCHBOARD_CHAT_STATEMENTS_H
#define SWITCHBOARD_CHAT_STATEMENTS_H

#include "db/statement.h"

#include <stddef.h>

/* customers, over HTTP */
extern const struct statement STATEMENT_WIDGET_CONFIG, STATEMENT_WIDGET_STATUS, STATEMENT_WIDGET_FRAME, STATEMENT_OPEN_CHAT, STATEMENT_CHAT_VIEW,
	STATEMENT_CHAT_EVENTS, STATEMENT_POST_MESSAGE, STATEMENT_CUSTOMER_MARKS, STATEMENT_ASK_PERSON, STATEMENT_CUSTOMER_END, STATEMENT_RATE_CHAT, STATEMENT_TRANSCRIPT;
/* operators, over HTTP */
extern const struct statement STATEMENT_LOGIN_LOOKUP, STATEMENT_LOGIN, STATEMENT_LOGIN_FAILED, STATEMENT_SESSION_VIEW, STATEMENT_LOGOUT, STATEMENT_MAKE_TICKET,
	STATEMENT_MY_QUEUES, STATEMENT_JOIN_QUEUES, STATEMENT_SET_PRESENCE, STATEMENT_MY_CHATS, STATEMENT_ACCEPT_OFFER, STATEMENT_DECLINE_OFFER,
	STATEMENT_OPERATOR_EVENTS, STATEMENT_OPERATOR_MARKS, STATEMENT_OPERATOR_END, STATEMENT_WRAP_UP, STATEMENT_HEALTH, STATEMENT_TRANSFER_CHAT,
	STATEMENT_WITHDRAW_TRANSFER, STATEMENT_TRANSFER_TARGETS, STATEMENT_TAKE_CHAT, STATEMENT_REQUEUE_CHAT, STATEMENT_BOARD, STATEMENT_METRICS;
/* every program */
extern const struct statement STATEMENT_NOTE_METRICS;
/* the relay */
extern const struct statement STATEMENT_RELAY_REGISTER, STATEMENT_RELAY_BEAT, STATEMENT_ALLOWED_ORIGINS, STATEMENT_HELLO_CUSTOMER, STATEMENT_LAPSED_CUSTOMERS, STATEMENT_HELLO_OPERATOR,
	STATEMENT_CUSTOMERS_GONE, STATEMENT_OPERATOR_GONE, STATEMENT_OPERATOR_CHATS, STATEMENT_OPERATOR_OFFERS, STATEMENT_DESK_MARKS, STATEMENT_POST_MESSAGES, STATEMENT_FETCH_EVENTS,
	STATEMENT_QUEUE_POSITIONS, STATEMENT_NOTE_MARKS, STATEMENT_HINT_RELAYS;
/* the router */
extern const struct statement STATEMENT_ROUTER_LEAD, STATEMENT_ROUTER_PASS, STATEMENT_ROUTER_LEAVE, STATEMENT_LISTEN_LEAD, STATEMENT_LISTEN_ROUTE;
/* the command line */
extern const struct statement STATEMENT_SET_PASSWORD, STATEMENT_ADD_OPERATOR, STATEMENT_CHECK, STATEMENT_WHY, STATEMENT_WHY_IDLE,
	STATEMENT_BEGIN, STATEMENT_COMMIT, STATEMENT_ROLLBACK, STATEMENT_AS_OWNER,
	STATEMENT_MIGRATION_LOCK, STATEMENT_LEDGER_PRESENT, STATEMENT_LEDGER_SCHEMA, STATEMENT_LEDGER_TABLE, STATEMENT_LEDGER_READ, STATEMENT_LEDGER_ADD;

extern const struct statement *const statements_all[];
extern const size_t statements_all_count;
extern const struct statement *const statements_relay[];
extern const size_t statements_relay_count;
/* What the relay asks on its other session, so that it does not stand in a message's way. */
extern const struct statement *const statements_relay_aside[];
extern const size_t statements_relay_aside_count;
extern const struct statement *const statements_relay_places[];
extern const size_t statements_relay_places_count;

#endif
