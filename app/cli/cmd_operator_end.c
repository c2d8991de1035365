/* SPDX-License-Identifier: ISC */
/* switchboard operator logout, switchboard operator totp reset: what somebody has open or has lost is taken away. */
#include "chat/statements.h"
#include "cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int act(const struct options *options, const struct statement *statement, const char *operator, void (*tell)(const PGresult *result, const char *operator))
{
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, statement, (struct param[]){ PARAM_TEXT(operator) }, &result, &problem) == STATUS_OK)
		tell(result, operator);
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("there is no operator \"%.64s\"", operator);
	else
		code = command_fail_database(conn, &problem, "nothing was changed");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static void tell_ended(const PGresult *result, const char *operator)
{
	int64_t ended = result_int(result, 0, "ended");

	printf("%s: %" PRId64 " session%s ended\n", operator, ended, ended == 1 ? "" : "s");
}

static void tell_reset(const PGresult *result, const char *operator)
{
	printf(result_bool(result, 0, "reset") ? "%s logs in with the password alone now\n" : "%s had no second step\n", operator);
}

static int logout(const struct options *options, const char *const *words)
{
	return act(options, &STATEMENT_END_SESSIONS, words[0], tell_ended);
}

static int reset_totp(const struct options *options, const char *const *words)
{
	return act(options, &STATEMENT_RESET_TOTP, words[0], tell_reset);
}

const struct command command_operator_logout = {
	.name = "operator logout",
	.usage = "NAME [OPTION...]",
	.about = "Ends all sessions of an operator; open consoles are closed at once. Chats that run go back to their queues when the grace time is over.",
	.words = 1,
	.run = logout,
};

const struct command command_operator_totp_reset = {
	.name = "operator totp reset",
	.usage = "NAME [OPTION...]",
	.about = "Switches off the second step of an operator who has lost authenticator and recovery codes, and ends the operator's sessions. Where the role asks for "
			 "a second step, a new one is set up at the next login.",
	.words = 1,
	.run = reset_totp,
};
