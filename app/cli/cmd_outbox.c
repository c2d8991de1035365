/* SPDX-License-Identifier: ISC */
/* What leaves by HTTP or SMTP: what waits, what is dead, sending it again, dropping it. */
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/rows.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text(const PGresult *rows, int row, const char *column)
{
	const char *value = result_str(rows, row, column);

	return value ? value : "";
}

/* The code, the status, what it was given up for, the words. */
static void print_why(const PGresult *rows, int row)
{
	const char *given_up = text(rows, row, "given_up");

	if (!*text(rows, row, "last_reason"))
		return;
	printf("      %s", text(rows, row, "last_reason"));
	if (*text(rows, row, "last_status"))
		printf(" %s", text(rows, row, "last_status"));
	if (strcmp(given_up, "tries") == 0)
		printf(", no attempts left");
	else if (strcmp(given_up, "time") == 0)
		printf(", no time left");
	printf(": %s\n", text(rows, row, "last_error"));
}

static void print_items(const PGresult *rows)
{
	for (int row = 0; row < PQntuples(rows); row++) {
		printf("%s  %-7s  %s/%s  tries %s  since %s", text(rows, row, "item"), text(rows, row, "state"), text(rows, row, "kind"), text(rows, row, "account"),
			   text(rows, row, "tries"), text(rows, row, "created_at"));
		if (*text(rows, row, "next_try_at"))
			printf("  next %s", text(rows, row, "next_try_at"));
		if (*text(rows, row, "chat"))
			printf("  chat %s", text(rows, row, "chat"));
		putchar('\n');
		print_why(rows, row);
	}
	printf("%d item%s\n", PQntuples(rows), PQntuples(rows) == 1 ? "" : "s");
}

static int run_list(const struct options *options, const char *const *words)
{
	const struct param params[] = { option_str(options, "state") ? PARAM_TEXT(option_str(options, "state")) : PARAM_NULL };
	struct problem problem = { 0 };
	PGresult *rows = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	(void)words;
	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_OUTBOX_LIST, params, &rows, &problem) != STATUS_OK)
		code = command_fail_database(conn, &problem, "no answer");
	else if (option_bool(options, "json"))
		rows_print_json(rows_json(rows, INT_MAX));
	else
		print_items(rows);
	PQclear(rows);
	conn_free(&conn);
	return code;
}

/* Does something with one item, and says so in the words of `done`. */
static int act(const struct options *options, const struct statement *statement, const char *item, const char *done, const char *not_done)
{
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, statement, (const struct param[]){ PARAM_TEXT(item) }, &result, &problem) == STATUS_OK)
		printf("%s %s\n", done, item);
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("there is no item %.64s in the outbox", item);
	else if (problem.status == STATUS_BAD_STATE)
		code = command_fail("%s", not_done);
	else
		code = command_fail_database(conn, &problem, "nothing was done");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static int replay_account(const struct options *options, const char *word, const char *slash)
{
	char kind[64];
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	(void)snprintf(kind, sizeof kind, "%.*s", (int)(slash - word), word);
	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_REPLAY_ACCOUNT, (const struct param[]){ PARAM_TEXT(kind), PARAM_TEXT(slash + 1) }, &result, &problem) == STATUS_OK)
		printf("sending %s again\n", result_str(result, 0, "items"));
	else if (problem.status == STATUS_INVALID)
		code = command_fail("\"%s\" is nothing that is sent again: webhook, channel and mail are, turns of a bot are worth nothing later", kind);
	else
		code = command_fail_database(conn, &problem, "nothing was sent again");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static int run_replay(const struct options *options, const char *const *words)
{
	const char *slash = strchr(words[0], '/');

	if (slash)
		return replay_account(options, words[0], slash);
	if (!uuid_is_canonical(words[0]))
		return command_fail("\"%.64s\" is neither the key of an item nor KIND/ACCOUNT, such as webhook/crm", words[0]);
	return act(options, &STATEMENT_REPLAY_OUTBOX, words[0], "sending again", "only a dead letter can be sent again, and no turn of a bot");
}

static int run_drop(const struct options *options, const char *const *words)
{
	if (!uuid_is_canonical(words[0]))
		return command_fail("\"%.64s\" is not the key of an item", words[0]);
	return act(options, &STATEMENT_DROP_OUTBOX, words[0], "dropped", "it is delivered already");
}

static const struct option_def list_flags[] = {
	{ "state", OPTION_CHOICE, NULL, 0, 0, "queued|sending|done|dead", NULL, false, "Only items in this state; default: all that are not delivered." },
	{ "json", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Print a JSON array instead of text." },
};

const struct command command_outbox_list = {
	.name = "outbox list",
	.usage = "[OPTION...]",
	.about = "Lists what is to be sent by HTTP or mail and is not delivered. Dead letters, which were given up, come first; each line is followed by why the last attempt failed: a code, "
			 "the status of the answer if there was one, and the words. The codes: refused (by this status), answer_unusable, answer_too_large, timeout, unreachable, unknown_host, "
			 "connection_lost, insecure, login_refused, private_address, host_not_allowed, bad_address, no_receiver, not_made, interrupted, expired, other. "
			 "What each means is in the reference at chat.outbox. A thousand items at the most.",
	.flags = list_flags,
	.flag_count = sizeof list_flags / sizeof list_flags[0],
	.run = run_list,
};

const struct command command_outbox_replay = {
	.name = "outbox replay",
	.usage = "ITEM|KIND/ACCOUNT [OPTION...]",
	.about = "Sends a dead letter again. Under the same key, at the end of its lane; with KIND/ACCOUNT (webhook/crm) all dead letters to that account, in their order.",
	.words = 1,
	.run = run_replay,
};

const struct command command_outbox_drop = {
	.name = "outbox drop",
	.usage = "ITEM [OPTION...]",
	.about = "Takes an item out of the outbox. What waits behind it goes on; one that is under way at this moment may still arrive.",
	.words = 1,
	.run = run_drop,
};
