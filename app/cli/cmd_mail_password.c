/* SPDX-License-Identifier: ISC */
/* The password with which the courier logs in to a mail server. */
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/passphrase.h"

#include <openssl/crypto.h>
#include <stdlib.h>

static int store(const struct options *options, const char *account, const char *password)
{
	const struct param params[] = { PARAM_TEXT(account), PARAM_TEXT(password) };
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_SET_MAIL_PASSWORD, params, &result, &problem) == STATUS_OK)
		PQclear(result);
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("there is no mail account \"%.64s\"", account);
	else
		code = command_fail_database(conn, &problem, "the password was not set");
	conn_free(&conn);
	return code;
}

static int run(const struct options *options, const char *const *words)
{
	char password[PASSPHRASE_SIZE];
	const char *fault = NULL;
	int code;

	if (option_bool(options, "none"))
		return store(options, words[0], NULL);
	fault = passphrase_read(password);
	code = fault ? command_fail("%s", fault) : store(options, words[0], password);
	OPENSSL_cleanse(password, sizeof password);
	return code;
}

static const struct option_def flags[] = {
	{ "none", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Take the password away." },
};

const struct command command_mail_password = {
	.name = "mail password",
	.usage = "ACCOUNT [OPTION...]",
	.about = "Sets the password with which the courier logs in to the server of a row of chat.mail_account. It is asked for on a terminal, without "
			 "being shown, or read as "
			 "one line from standard input, counts for the next mail, and can be read nowhere afterwards.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.words = 1,
	.run = run,
};
