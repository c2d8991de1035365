/* SPDX-License-Identifier: ISC */
/* Whom a command is about: one chat, or all chats of a person. */
#ifndef SWITCHBOARD_CLI_PERSON_H
#define SWITCHBOARD_CLI_PERSON_H

#include "base/options.h"
#include "db/conn.h"

/* The flags that say so. */
/* clang-format off: a table to be read */
#define PERSON_FLAGS \
	{ "chat", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "One chat, by its key." }, \
	{ "email", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "All chats that bear this e-mail address, whoever typed it." }, \
	{ "identity", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "All chats of whom a site has signed for, by the sub of its tokens; goes with --site." }, \
	{ "site", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "Only those on this site." }
/* clang-format on */

/* What is asked of one chat (chat, …), of an e-mail address (address, site or NULL, …), of a signed identity (sub, site, …). */
struct person_statements {
	const struct statement *chat, *email, *identity;
};

/* Runs the one that the flags ask for, with `last` (NULL: none) as the last parameter. False: the user has been told why not, which begins with `nothing`. The result is
 * the caller's. */
bool person_ask(const struct options *options, const struct person_statements *statements, const char *last, const char *nothing, PGresult **ret_result);

#endif
