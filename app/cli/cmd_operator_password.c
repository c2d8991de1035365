/* SPDX-License-Identifier: ISC */
#include "base/password.h"
#include "base/secret.h"
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/passphrase.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#define GENERATED_LEN 16 /* of 64 characters each: 96 bits */

static int obtain(bool generate, char ret_password[PASSPHRASE_SIZE])
{
	char token[SECRET_TOKEN_LEN + 1];
	const char *fault;

	if (generate) {
		secret_token(token);
		snprintf(ret_password, PASSPHRASE_SIZE, "%.*s", GENERATED_LEN, token);
		OPENSSL_cleanse(token, sizeof token);
		return EXIT_SUCCESS;
	}
	fault = passphrase_read(ret_password);
	return fault ? command_fail("%s", fault) : EXIT_SUCCESS;
}

/* Only the hash leaves this process. */
static int store(const struct options *options, const char *operator, const char * password)
{
	char hash[PASSWORD_HASH_SIZE];
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	if (password_hash(password, hash) != STATUS_OK)
		return command_fail("%s", password_fault_sentence(password_fault(password)));
	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_SET_PASSWORD, (struct param[]){ PARAM_TEXT(operator), PARAM_TEXT(hash) }, &result, &problem) == STATUS_OK)
		PQclear(result);
	else if (problem.status == STATUS_NOT_FOUND)
		code = command_fail("there is no operator \"%.64s\"", operator);
	else
		code = command_fail_database(conn, &problem, "the password was not set");
	conn_free(&conn);
	return code;
}

static int run(const struct options *options, const char *const *words)
{
	bool generate = option_bool(options, "generate");
	char password[PASSPHRASE_SIZE];
	int code = obtain(generate, password);

	if (code == EXIT_SUCCESS)
		code = store(options, words[0], password);
	if (code == EXIT_SUCCESS && generate)
		puts(password);
	OPENSSL_cleanse(password, sizeof password);
	return code;
}

static const struct option_def flags[] = {
	{ "generate", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Make a random password and print it, instead of reading one." },
};

const struct command command_operator_password = {
	.name = "operator password",
	.usage = "NAME [OPTION...]",
	.about = "Sets the password of an operator and ends the operator's sessions. The password is asked for on a terminal, without being shown, or "
			 "read as one "
			 "line from standard input; only its hash reaches the database. It has 8 to 256 characters, better 15 or more, and is none of the 3,000 that are tried "
			 "first.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.words = 1,
	.run = run,
};
