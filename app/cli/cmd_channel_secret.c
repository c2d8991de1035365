/* SPDX-License-Identifier: ISC */
/* What an account of a channel shares with its provider. */
#include "base/secret.h"
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/passphrase.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int obtain(bool generate, char ret_secret[PASSPHRASE_SIZE])
{
	const char *fault;

	if (generate) {
		secret_token(ret_secret);
		return EXIT_SUCCESS;
	}
	fault = passphrase_read(ret_secret);
	return fault ? command_fail("%s", fault) : EXIT_SUCCESS;
}

static int fail(struct conn *conn, const struct problem *problem, const char *account, const char *kind, const char *consequence)
{
	if (problem->status == STATUS_NOT_FOUND)
		return command_fail("there is no channel account \"%.64s\", or it has no %.64s", account, kind);
	if (problem->status == STATUS_CONFLICT && strcmp(problem->field, "last") == 0)
		return command_fail("this is the only %.64s of %.64s; say --last if that is meant", kind, account);
	if (problem->status == STATUS_CONFLICT)
		return command_fail("%.64s has two of this kind already; retire the older one first: switchboard channel secret retire %.64s %.64s", account, account, kind);
	if (problem->status == STATUS_INVALID && strcmp(problem->field, "kind") == 0)
		return command_fail("KIND is secret, token (messenger) or verify (messenger), not \"%.64s\"", kind);
	if (problem->status == STATUS_INVALID)
		return command_fail("a secret has 8 to 1000 characters of ASCII without spaces");
	return command_fail_database(conn, problem, consequence);
}

static int run_add(const struct options *options, const char *const *words)
{
	bool generate = option_bool(options, "generate");
	char secret[PASSPHRASE_SIZE];
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = obtain(generate, secret);

	if (code != EXIT_SUCCESS)
		return code;
	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_ADD_CHANNEL_SECRET, (struct param[]){ PARAM_TEXT(words[0]), PARAM_TEXT(words[1]), PARAM_TEXT(secret) }, &result, &problem) != STATUS_OK)
		code = fail(conn, &problem, words[0], words[1], "no secret was stored");
	else if (generate)
		puts(secret);
	PQclear(result);
	conn_free(&conn);
	OPENSSL_cleanse(secret, sizeof secret);
	return code;
}

static int run_retire(const struct options *options, const char *const *words)
{
	const struct param params[] = { PARAM_TEXT(words[0]), PARAM_TEXT(words[1]), PARAM_TEXT(option_bool(options, "last") ? "true" : "false") };
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_RETIRE_CHANNEL_SECRET, params, &result, &problem) == STATUS_OK)
		printf("retired %s %s of %s; %s left\n", words[1], result_str(result, 0, "slot"), words[0], result_str(result, 0, "remaining"));
	else
		code = fail(conn, &problem, words[0], words[1], "no secret was retired");
	PQclear(result);
	conn_free(&conn);
	return code;
}

static const struct option_def add_flags[] = {
	{ "generate", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Make a random one and print it, instead of reading one: for a generic channel, and for verify." },
};

static const struct option_def retire_flags[] = {
	{ "last", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Retire it although it is the only one." },
};

const struct command command_channel_secret_add = {
	.name = "channel secret add",
	.usage = "ACCOUNT KIND [OPTION...]",
	.about = "Stores what ACCOUNT of a channel shares with its provider. It is asked for on a terminal, without being shown, or read as one line from standard input. KIND: "
			 "secret (Twilio's auth token, the app secret of Messenger, the secret of a generic channel; it signs what comes in), token (Messenger: the page's access "
			 "token) or verify (Messenger: the verify token). An account may have two of each, so that one can take over from the other; the newer one is used for what leaves.",
	.flags = add_flags,
	.flag_count = sizeof add_flags / sizeof add_flags[0],
	.words = 2,
	.run = run_add,
};

const struct command command_channel_secret_retire = {
	.name = "channel secret retire",
	.usage = "ACCOUNT KIND [OPTION...]",
	.about = "Retires the older one of KIND of ACCOUNT: webhooks signed with it are refused from then on.",
	.flags = retire_flags,
	.flag_count = sizeof retire_flags / sizeof retire_flags[0],
	.words = 2,
	.run = run_retire,
};
