/* SPDX-License-Identifier: ISC */
/* What requests to webhooks and bots are signed with, and the tokens of bots that connect: one pair of commands each. */
#include "chat/statements.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>

static int add(const struct options *options, const char *kind, const char *name, const char *commands)
{
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_ADD_OUTGOING_SECRET, (const struct param[]){ PARAM_TEXT(kind), PARAM_TEXT(name) }, &result, &problem) == STATUS_OK)
		puts(result_str(result, 0, "secret"));
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("there is no %s \"%.64s\" that takes one", commands, name);
	else if (problem.status == STATUS_CONFLICT)
		code = command_fail("%.64s has two already; retire the older one first: switchboard %s retire %.64s", name, commands, name);
	else
		code = command_fail_database(conn, &problem, "none was made");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static int retire(const struct options *options, const char *kind, const char *name)
{
	const struct param params[] = { PARAM_TEXT(kind), PARAM_TEXT(name), PARAM_TEXT(option_bool(options, "last") ? "t" : "f") };
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_RETIRE_OUTGOING_SECRET, params, &result, &problem) == STATUS_OK)
		printf("retired the older one of %s; %s left\n", name, result_str(result, 0, "remaining"));
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("%.64s has none", name);
	else if (problem.status == STATUS_CONFLICT)
		code = command_fail("this is the only one of %.64s: say --last if that is meant", name);
	else
		code = command_fail_database(conn, &problem, "none was retired");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static const struct option_def retire_flags[] = {
	{ "last", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Retire it although it is the only one." },
};

#define PAIR(id, kind, words_of, add_about, retire_about)                                                                                            \
	static int run_add_##id(const struct options *options, const char *const *words)                                                                 \
	{                                                                                                                                                \
		return add(options, kind, words[0], words_of);                                                                                               \
	}                                                                                                                                                \
	static int run_retire_##id(const struct options *options, const char *const *words)                                                              \
	{                                                                                                                                                \
		return retire(options, kind, words[0]);                                                                                                      \
	}                                                                                                                                                \
	const struct command command_##id##_add = {                                                                                                      \
		.name = words_of " add", .usage = "NAME [OPTION...]", .about = add_about, .words = 1, .run = run_add_##id                                    \
	};                                                                                                                                               \
	const struct command command_##id##_retire = { .name = words_of " retire",                                                                       \
												   .usage = "NAME [OPTION...]",                                                                      \
												   .about = retire_about,                                                                            \
												   .flags = retire_flags,                                                                            \
												   .flag_count = sizeof retire_flags / sizeof retire_flags[0],                                       \
												   .words = 1,                                                                                       \
												   .run = run_retire_##id }

PAIR(webhook_secret, "webhook", "webhook secret",
	 "Makes a secret with which requests to webhook NAME are signed, and prints it, once: it can be read nowhere afterwards. A webhook may have two, then each request bears "
	 "two signatures: add the new one, give it to the receiver, then retire the old one.",
	 "Retires the older secret of webhook NAME. Requests are signed with the other one alone from then on.");
PAIR(bot_secret, "bot", "bot secret",
	 "Makes a secret with which turns of the external bot NAME are signed, and prints it, once: it can be read nowhere afterwards. It may have two, as a webhook may.",
	 "Retires the older secret of bot NAME. Turns are signed with the other one alone from then on.");
PAIR(bot_token, "token", "bot token",
	 "Makes a token with which the external bot NAME connects to the relay, and prints it, once: only its hash is kept. It may have two, so that one can take over from the other.",
	 "Retires the older token of bot NAME. Who is connected with it loses its connection.");
