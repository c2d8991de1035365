/* SPDX-License-Identifier: ISC */
/* switchboard operator invite, switchboard operator reset: a link that lets its holder choose a password, once. */
#include "base/public_url.h"
#include "base/secret.h"
#include "chat/statements.h"
#include "cli/command.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The sentence for what the database did not like. */
static int refused(struct conn *conn, const struct problem *problem, const char *operator)
{
	if (problem->status == STATUS_NOT_FOUND)
		return command_fail("there is no operator \"%.64s\"", operator);
	if (problem->status == STATUS_CONFLICT && strcmp(problem->field, "password") == 0)
		return command_fail("%.64s has a password already; for a new one: switchboard operator reset %.64s", operator, operator);
	if (problem->status == STATUS_CONFLICT)
		return command_fail("%.64s is switched off (chat.operator.active)", operator);
	return command_fail_database(conn, problem, "no link was made");
}

/* The token stands behind a #, so that no server's log and no Referer ever has it; only its hash reaches the database. */
static int make_link(const struct options *options, const char *operator, const char *purpose)
{
	const char *text = option_str(options, "public_url");
	char token[SECRET_TOKEN_LEN + 1];
	uint8_t hash[SECRET_BYTES];
	struct problem problem = { 0 };
	PGresult *result = NULL;
	struct public_url url;
	struct conn *conn;
	int code = EXIT_SUCCESS;

	if (!text || public_url_parse(text, &url) != STATUS_OK)
		return command_fail("public_url must be set, in the configuration file, the environment or as a flag: the link begins with it");
	secret_token(token);
	secret_sha256(token, SECRET_TOKEN_LEN, hash);
	command_connect(options, &conn);
	if (conn_exec(conn, &STATEMENT_MAKE_LINK, (struct param[]){ PARAM_TEXT(operator), PARAM_TEXT(purpose), PARAM_BYTES(hash, SECRET_BYTES) }, &result,
				  &problem) == STATUS_OK) {
		printf("%s/console/#link=%s\n", text, token);
		fprintf(stderr, "Good once, until %s.\n", result_str(result, 0, "expires_at"));
	} else {
		code = refused(conn, &problem, operator);
	}
	OPENSSL_cleanse(token, sizeof token);
	PQclear(result);
	conn_free(&conn);
	return code;
}

static int invite(const struct options *options, const char *const *words)
{
	return make_link(options, words[0], "invite");
}

static int reset(const struct options *options, const char *const *words)
{
	return make_link(options, words[0], "reset");
}

const struct command command_operator_invite = {
	.name = "operator invite",
	.usage = "NAME [OPTION...]",
	.about = "Prints a link with which an operator who has no password yet chooses one. It works once, until the setting invite_link_s is over, and the link "
			 "before it is void. Whoever has the link has the account: hand it over in person or by a safe way.",
	.words = 1,
	.run = invite,
};

const struct command command_operator_reset = {
	.name = "operator reset",
	.usage = "NAME [OPTION...]",
	.about = "Prints a link with which an operator chooses a new password. It works once, until the setting reset_link_s is over; the operator's sessions end when "
			 "it is used. The second step stays as it is.",
	.words = 1,
	.run = reset,
};
