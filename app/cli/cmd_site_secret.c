/* SPDX-License-Identifier: ISC */
/* The secrets with which a site's own server signs who its customers are. */
#include "chat/statements.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>

static int run_add(const struct options *options, const char *const *words)
{
	const struct param params[] = { PARAM_TEXT(words[0]) };
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_ADD_SITE_SECRET, params, &result, &problem) == STATUS_OK)
		puts(result_str(result, 0, "secret"));
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("there is no site \"%.64s\"", words[0]);
	else if (problem.status == STATUS_CONFLICT)
		code = command_fail("%.64s has two secrets already; retire the older one first: switchboard site secret retire %.64s", words[0], words[0]);
	else
		code = command_fail_database(conn, &problem, "no secret was made");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static int run_retire(const struct options *options, const char *const *words)
{
	const struct param params[] = { PARAM_TEXT(words[0]), PARAM_TEXT(option_bool(options, "last") ? "true" : "false") };
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_RETIRE_SITE_SECRET, params, &result, &problem) == STATUS_OK)
		printf("retired secret %s of %s; %s left\n", result_str(result, 0, "slot"), words[0], result_str(result, 0, "remaining"));
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("%.64s has no secret", words[0]);
	else if (problem.status == STATUS_CONFLICT)
		code = command_fail("this is the only secret of %.64s: without one no signed identity is accepted; say --last if that is meant", words[0]);
	else
		code = command_fail_database(conn, &problem, "no secret was retired");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static const struct option_def retire_flags[] = {
	{ "last", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Retire it although it is the only one." },
};

const struct command command_site_secret_add = {
	.name = "site secret add",
	.usage = "SITE [OPTION...]",
	.about = "Makes a secret with which the server of SITE signs who its customers are, and prints it, once: it can be read nowhere afterwards. A site may have two, "
			 "so that one can take over from the other: add the new one, give it to the site's server, then retire the old one.",
	.words = 1,
	.run = run_add,
};

const struct command command_site_secret_retire = {
	.name = "site secret retire",
	.usage = "SITE [OPTION...]",
	.about = "Retires the older secret of SITE: what is signed with it is refused from then on. Chats that are open go on.",
	.flags = retire_flags,
	.flag_count = sizeof retire_flags / sizeof retire_flags[0],
	.words = 1,
	.run = run_retire,
};
