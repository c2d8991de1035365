/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>

static int run(const struct options *options, const char *const *words)
{
	const struct param params[] = { PARAM_TEXT(words[0]), PARAM_TEXT(option_str(options, "name")), PARAM_TEXT(option_str(options, "role")),
									PARAM_TEXT(option_str(options, "max_chats")) };
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_ADD_OPERATOR, params, &result, &problem) != STATUS_OK)
		code = command_fail_database(conn, &problem, "the operator was not added");
	else
		printf("added %s; let the operator choose a password: switchboard operator invite %s\n", words[0], words[0]);
	PQclear(result);
	conn_free(&conn);
	return code;
}

static const struct option_def flags[] = {
	{ "name", OPTION_STRING, NULL, 0, 0, NULL, NULL, true, "The operator's full name, as customers see it." },
	{ "role", OPTION_CHOICE, "operator", 0, 0, "operator|supervisor", NULL, false, "A supervisor also sees the board, the reports and every chat." },
	{ "max_chats", OPTION_INT, "3", 1, 1000, NULL, NULL, false, "How many chats the operator holds at once." },
};

const struct command command_operator_add = {
	.name = "operator add",
	.usage = "NAME --name=\"Full Name\" [OPTION...]",
	.about =
		"Adds an operator, who logs in as NAME. NAME is a lower-case word of up to 63 letters, digits and _ . -; skills and queues are given in SQL.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.words = 1,
	.run = run,
};
