/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/person.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report(const PGresult *rows, bool dry_run)
{
	int64_t chats = 0, other = 0;

	for (int row = 0; row < PQntuples(rows); row++) {
		int64_t count = result_int(rows, row, "rows");

		if (strcmp(result_str(rows, row, "relation"), "chat.chat") == 0)
			chats = count;
		else
			other += count;
		printf("%8lld  %s\n", (long long)count, result_str(rows, row, "relation"));
	}
	printf("%s %lld chat%s and what hangs on %s, %lld further rows%s\n", dry_run ? "would erase" : "erased", (long long)chats, chats == 1 ? "" : "s",
		   chats == 1 ? "it" : "them", (long long)other, dry_run ? "; nothing was changed" : "");
}

static int run(const struct options *options, const char *const *words)
{
	bool dry_run = option_bool(options, "dry_run");
	const struct person_statements statements = { &STATEMENT_ERASE_CHAT, &STATEMENT_ERASE_PERSON, &STATEMENT_ERASE_IDENTITY };
	PGresult *rows;

	(void)words;
	if (!person_ask(options, &statements, dry_run ? "true" : "false", "nothing was erased", &rows))
		return EXIT_FAILURE;
	report(rows, dry_run);
	PQclear(rows);
	return EXIT_SUCCESS;
}

static const struct option_def flags[] = {
	PERSON_FLAGS,
	{ "dry_run", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Only say what would be done." },
};

const struct command command_erase = {
	.name = "erase",
	.usage = "--chat=CHAT|--email=ADDRESS|--identity=SUB [OPTION...]",
	.about = "Takes away everything that tells of a person. Messages, notes, names, addresses, pages, answers, comments and reasons go, in all tables and in the audit; "
			 "times, counts, queues, operators and scores stay. A chat that still runs is ended first and its sockets are closed. Leaves a row in the audit that does "
			 "not say whom it was about. Backups keep what they hold until they are deleted.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.run = run,
};
