/* SPDX-License-Identifier: ISC */
/* Tests of app/chat: the option table, and each statement prepared on a fresh database. Runs in the build directory, beside a private PostgreSQL. */
#include "chat/options.h"
#include "chat/statements.h"
#include "db/conn.h"
#include "tap.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static PGconn *pg;

/* `switchboard migrate` on the database of SWITCHBOARD_TEST_DSN. */
static int migrate(void)
{
	const char *srcdir = getenv("srcdir");
	char dir[4096];
	pid_t child;
	int status;

	snprintf(dir, sizeof dir, "%s/sql", srcdir ? srcdir : ".");
	child = fork();
	if (child == 0) {
		setenv("SWITCHBOARD_DATABASE", getenv("SWITCHBOARD_TEST_DSN"), 1);
		setenv("SWITCHBOARD_SQL_DIR", dir, 1);
		if (dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) /* stdout is TAP's */
			execl("./switchboard", "switchboard", "migrate", (char *)NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child ? status : -1;
}

static int begin(void)
{
	if (migrate() != 0)
		return 1;
	pg = PQconnectdb(getenv("SWITCHBOARD_TEST_DSN"));
	return PQstatus(pg) != CONNECTION_OK;
}

static int end(void)
{
	PQfinish(pg);
	return 0;
}

static void every_statement_is_prepared_and_takes_what_it_says(void)
{
	CU_ASSERT(statements_all_count > 50);
	for (size_t i = 0; i < statements_all_count; i++) {
		const struct statement *statement = statements_all[i];
		PGresult *prepared = PQprepare(pg, statement->name, statement->sql, 0, NULL), *described;

		if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
			printf("# %s: %s", statement->name, PQresultErrorMessage(prepared));
			CU_FAIL("a statement does not fit the database");
			PQclear(prepared);
			continue;
		}
		PQclear(prepared);
		described = PQdescribePrepared(pg, statement->name);
		CU_ASSERT_EQUAL(PQnparams(described), statement->params);
		CU_ASSERT(statement->params <= STATEMENT_MAX_PARAMS);
		PQclear(described);
	}
}

static void every_verb_of_the_relay_is_among_all(void)
{
	for (size_t i = 0; i < statements_relay_count; i++) {
		bool found = false;

		for (size_t j = 0; j < statements_all_count; j++)
			found = found || statements_relay[i] == statements_all[j];
		CU_ASSERT_TRUE(found);
	}
}

static void options_have_help_programs_and_defaults_in_range(void)
{
	for (size_t i = 0; i < chat_options_count; i++) {
		const struct option_def *def = &chat_options[i];

		CU_ASSERT_EQUAL(strspn(def->name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(def->name));
		CU_ASSERT_PTR_NOT_NULL_FATAL(def->programs);
		CU_ASSERT(strlen(def->programs) > 0);
		CU_ASSERT_EQUAL(def->help[strlen(def->help) - 1], '.');
		CU_ASSERT(def->type != OPTION_CHOICE || (def->choices && def->default_value));
		CU_ASSERT(def->type != OPTION_INT || def->min < def->max);
		if (def->type == OPTION_INT && def->default_value) {
			long value = strtol(def->default_value, NULL, 10);

			CU_ASSERT(value >= def->min && value <= def->max);
		}
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(def->name, chat_options[j].name);
	}
}

int main(void)
{
	CU_TestInfo options_tests[] = {
		{ "options have help, programs and defaults in range", options_have_help_programs_and_defaults_in_range },
		CU_TEST_INFO_NULL,
	};
	CU_TestInfo statements_tests[] = {
		{ "every statement is prepared and takes what it says", every_statement_is_prepared_and_takes_what_it_says },
		{ "every verb of the relay is among all", every_verb_of_the_relay_is_among_all },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{ "options", NULL, NULL, NULL, NULL, options_tests },
		{ "statements", begin, end, NULL, NULL, statements_tests },
		CU_SUITE_INFO_NULL,
	};

	if (!getenv("SWITCHBOARD_TEST_DSN")) {
		puts("Bail out! run me as: tests/support/with-postgres tests/unit/chat.pg");
		return 1;
	}
	return tap_run(suites);
}
