/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/rows.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* One line a row, the columns apart by two blanks; `subject` stands in for a NULL in a column that is not the last. */
static void print_lines(const PGresult *rows, const char *subject)
{
	int last = PQnfields(rows) - 1;

	for (int row = 0; row < PQntuples(rows); row++) {
		for (int i = 0; i < last; i++)
			printf("%s  ", PQgetisnull(rows, row, i) ? subject : PQgetvalue(rows, row, i));
		puts(PQgetvalue(rows, row, last));
	}
}

/* Asks `statement` about `word` and prints the answer. `nothing` says that there is no such thing. */
static int ask(const struct options *options, const struct statement *statement, const char *word, const char *subject, const char *nothing)
{
	struct problem problem = { 0 };
	PGresult *rows = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, statement, (struct param[]){ PARAM_TEXT(word) }, &rows, &problem) != STATUS_OK)
		code = problem.status == STATUS_NOT_FOUND ? command_fail("%s %.64s", nothing, word) : command_fail_database(conn, &problem, "no answer");
	else if (option_bool(options, "json"))
		rows_print_json(rows_json(rows, INT_MAX));
	else
		print_lines(rows, subject);
	PQclear(rows);
	conn_free(&conn);
	return code;
}

static int why(const struct options *options, const char *const *words)
{
	if (!uuid_is_canonical(words[0]))
		return command_fail("\"%.64s\" is not the key of a chat, such as 3f0c6d1e-8a51-4b7c-9d3e-5a2b1c4d6e7f", words[0]);
	return ask(options, &STATEMENT_WHY, words[0], "the chat", "there is no chat");
}

static int why_idle(const struct options *options, const char *const *words)
{
	return ask(options, &STATEMENT_WHY_IDLE, words[0], "all queues", "there is no operator");
}

static const struct option_def flags[] = {
	{ "json", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Print a JSON array instead of text." },
};

const struct command command_why = {
	.name = "why",
	.usage = "CHAT [OPTION...]",
	.about = "Says why a chat was given to whom, and why nobody else has it. Tells what became of it in order, each decision with one line a candidate, and "
			 "then how it stands: for a chat that waits one reason for each operator. CHAT is its key; times are UTC.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.words = 1,
	.run = why,
};

const struct command command_why_idle = {
	.name = "why idle",
	.usage = "OPERATOR [OPTION...]",
	.about = "Says why an operator gets no chat. First what stands against all of them, then one line for each active queue.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.words = 1,
	.run = why_idle,
};
