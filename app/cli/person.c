/* SPDX-License-Identifier: ISC */
#include "cli/person.h"

#include "base/json.h"
#include "cli/command.h"

/* What is wrong with the flags, or NULL. */
static const char *fault_of(const char *chat, const char *email, const char *identity, const char *site)
{
	if (!!chat + !!email + !!identity != 1)
		return "say who is meant, by one of --chat, --email and --identity";
	if (chat && site)
		return "--site goes with --email and --identity; a chat has its site";
	if (identity && !site)
		return "--identity needs --site: the same sub of two sites is two people";
	if (chat && !uuid_is_canonical(chat))
		return "--chat is the key of a chat, such as 3f0c6d1e-8a51-4b7c-9d3e-5a2b1c4d6e7f";
	return NULL;
}

bool person_ask(const struct options *options, const struct person_statements *statements, const char *last, const char *nothing, PGresult **ret_result)
{
	const char *chat = option_str(options, "chat"), *email = option_str(options, "email"), *identity = option_str(options, "identity"), *site = option_str(options, "site");
	const char *fault = fault_of(chat, email, identity, site);
	const struct statement *statement = chat ? statements->chat : email ? statements->email : statements->identity;
	const struct param params[3] = { PARAM_TEXT(chat ? chat : email ? email : identity), PARAM_TEXT(chat ? last : site), PARAM_TEXT(last) };
	struct problem problem = { 0 };
	struct conn *conn;
	enum status status;

	if (fault) {
		command_fail("%s", fault);
		return false;
	}
	command_connect(options, &conn);
	status = conn_exec(conn, statement, params, ret_result, &problem);
	if (status != STATUS_OK)
		command_fail_database(conn, &problem, nothing);
	conn_free(&conn);
	return status == STATUS_OK;
}
