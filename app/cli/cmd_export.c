/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/person.h"

#include <stdio.h>
#include <stdlib.h>

static int run(const struct options *options, const char *const *words)
{
	const struct person_statements statements = { &STATEMENT_EXPORT_CHAT, &STATEMENT_EXPORT_PERSON, &STATEMENT_EXPORT_IDENTITY };
	int code = EXIT_SUCCESS;
	PGresult *result;

	(void)words;
	if (!person_ask(options, &statements, NULL, "nothing was exported", &result))
		return EXIT_FAILURE;
	if (puts(result_str(result, 0, "export")) == EOF || fflush(stdout) != 0)
		code = command_fail("the export could not be written");
	PQclear(result);
	return code;
}

static const struct option_def flags[] = { PERSON_FLAGS };

const struct command command_export = {
	.name = "export",
	.usage = "--chat=CHAT|--email=ADDRESS|--identity=SUB [OPTION...]",
	.about = "Prints everything that is held of a person, as JSON. One object a chat: what was said, asked, answered, told and noted, and what the audit says of it. "
			 "Leaves a row in the audit.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.run = run,
};
