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
	{ "site", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "Only those on this site." }
/* clang-format on */

/* Runs `of_chat` (chat, …) or `of_person` (e-mail address, site, …), with `last` (NULL: none) as the last parameter. False: the user has been told why not, which begins with
 * `nothing`. The result is the caller's. */
bool person_ask(const struct options *options, const struct statement *of_chat, const struct statement *of_person, const char *last, const char *nothing,
				PGresult **ret_result);

#endif
