/* SPDX-License-Identifier: ISC */
#include "cli/ledger.h"
#include "chat/statements.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static enum status exec(struct conn *conn, const struct statement *statement, struct problem *problem)
{
	PGresult *result = NULL;
	enum status status = conn_exec(conn, statement, NULL, &result, problem);

	PQclear(result);
	return status;
}

enum status ledger_open(struct conn *conn, struct problem *problem)
{
	static const struct statement *const steps[] = { &STATEMENT_BEGIN, &STATEMENT_AS_OWNER, &STATEMENT_LEDGER_SCHEMA, &STATEMENT_LEDGER_TABLE,
													 &STATEMENT_COMMIT };
	struct problem ignored;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == STATUS_OK; i++)
		status = exec(conn, steps[i], problem);
	if (status != STATUS_OK && exec(conn, &STATEMENT_ROLLBACK, &ignored) != STATUS_OK)
		return status; /* the session is gone, and the transaction with it */
	return status;
}

static enum status is_present(struct conn *conn, bool *ret_present, struct problem *problem)
{
	PGresult *result = NULL;
	enum status status = conn_exec(conn, &STATEMENT_LEDGER_PRESENT, NULL, &result, problem);

	if (status == STATUS_OK)
		*ret_present = result_bool(result, 0, "present");
	PQclear(result);
	return status;
}

/* One row against the file of its number. */
static enum status compare(const PGresult *rows, int row, const struct sql_file *files, size_t count)
{
	int64_t number = result_int(rows, row, "number");
	const char *name = result_str(rows, row, "name");

	if (number > (int64_t)count) {
		command_fail("migration %s has been applied to this database but is not among the files: they are older than the database", name);
		return STATUS_CONFLICT;
	}
	if (!strcmp(files[number - 1].name, name) && !strcmp(files[number - 1].sha256, result_str(rows, row, "sha256")))
		return STATUS_OK;
	command_fail("migrations/%s.sql differs from migration %s that was applied to this database; an applied migration is never edited: "
				 "put it back as it was and write a new one",
				 files[number - 1].name, name);
	return STATUS_CONFLICT;
}

enum status ledger_read(struct conn *conn, const struct sql_file *files, size_t count, struct ledger *ret_ledger, struct problem *problem)
{
	struct ledger ledger = { 0 };
	PGresult *rows = NULL;
	enum status status;
	bool present = false;

	status = is_present(conn, &present, problem);
	if (status == STATUS_OK && present)
		status = conn_exec(conn, &STATEMENT_LEDGER_READ, NULL, &rows, problem);
	for (int row = 0; status == STATUS_OK && row < PQntuples(rows); row++) {
		int64_t number = result_int(rows, row, "number");

		if (number == 0) {
			snprintf(ledger.functions_sha256, sizeof ledger.functions_sha256, "%s", result_str(rows, row, "sha256"));
			continue;
		}
		status = compare(rows, row, files, count);
		if (status != STATUS_OK)
			problem_set(problem, status, NULL);
		ledger.applied = (size_t)number;
	}
	PQclear(rows);
	if (status == STATUS_OK)
		*ret_ledger = ledger;
	return status;
}

enum status ledger_add(struct conn *conn, int number, const char *name, const char *sha256, struct problem *problem)
{
	char digits[16];
	const struct param params[] = { PARAM_TEXT(digits), PARAM_TEXT(name), PARAM_TEXT(sha256) };
	PGresult *result = NULL;
	enum status status;

	snprintf(digits, sizeof digits, "%d", number);
	status = conn_exec(conn, &STATEMENT_LEDGER_ADD, params, &result, problem);
	PQclear(result);
	return status;
}
