/* SPDX-License-Identifier: ISC */
#include "cli/person.h"

#include "base/json.h"
#include "cli/command.h"

/* What is wrong with the flags, or NULL. */
static const char *fault_of(const char *chat, const char *email, const char *site)
{
	if (!chat == !email)
		return "say who is meant, by either --chat or --email";
	if (chat && site)
		return "--site goes with --email; a chat has its site";
	if (chat && !uuid_is_canonical(chat))
		return "--chat is the key of a chat, such as 3f0c6d1e-8a51-4b7c-9d3e-5a2b1c4d6e7f";
	return NULL;
}

bool person_ask(const struct options *options, const struct statement *of_chat, const struct statement *of_person, const char *last, const char *nothing,
				PGresult **ret_result)
{
	const char *chat = option_str(options, "chat"), *email = option_str(options, "email"), *site = option_str(options, "site");
	const char *fault = fault_of(chat, email, site);
	struct param params[3] = { PARAM_TEXT(chat ? chat : email), PARAM_TEXT(chat ? last : site), PARAM_TEXT(last) };
	struct problem problem = { 0 };
	struct conn *conn;
	enum status status;

	if (fault) {
		command_fail("%s", fault);
		return false;
	}
	command_connect(options, &conn);
	status = conn_exec(conn, chat ? of_chat : of_person, params, ret_result, &problem);
	if (status != STATUS_OK)
		command_fail_database(conn, &problem, nothing);
	conn_free(&conn);
	return status == STATUS_OK;
}
