/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/ledger.h"
#include "cli/print_sql.h"
#include "cli/sql_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROLE_ATTEMPTS 5
#define FUNCTIONS "functions" /* the name of row 0 in the ledger */

/* What the SQL directory holds, and where it goes. */
struct migration {
	struct conn *conn;
	struct sql_file roles;
	struct sql_file *files, *functions;
	size_t file_count, function_count;
	char functions_sha256[SHA256_HEX_SIZE];
	struct ledger ledger;
	struct problem problem;
	bool dry_run, print_sql, force; /* print_sql comes with dry_run */
};

static enum status load(struct migration *m, const char *dir)
{
	enum status status = sql_file_read(dir, "roles", &m->roles);

	if (status == STATUS_OK)
		status = sql_folder_read(dir, "migrations", true, &m->files, &m->file_count);
	if (status == STATUS_OK)
		status = sql_folder_read(dir, "api", false, &m->functions, &m->function_count);
	if (status == STATUS_OK)
		sql_folder_sha256(m->functions, m->function_count, m->functions_sha256);
	return status;
}

static enum status exec(struct migration *m, const struct statement *statement)
{
	PGresult *result = NULL;
	enum status status = conn_exec(m->conn, statement, NULL, &result, &m->problem);

	PQclear(result);
	return status;
}

/* One transaction that may fail: the files, then their row in the ledger (none for the roles: name NULL). `doing` (`size` bytes) says what failed. */
static enum status apply(struct migration *m, const struct sql_file *files, size_t count, int number, const char *name, const char *sha256,
						 char *doing, size_t size)
{
	enum status status = exec(m, &STATEMENT_BEGIN);

	snprintf(doing, size, "no transaction could be begun");
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		snprintf(doing, size, "%s.sql failed, and nothing of its transaction was kept", files[i].name);
		status = conn_script(m->conn, files[i].text, NULL, &m->problem);
	}
	if (status == STATUS_OK && name)
		status = exec(m, &STATEMENT_AS_OWNER); /* whose the ledger is; a file may have ended as somebody else */
	if (status == STATUS_OK && name)
		status = ledger_add(m->conn, number, name, sha256, &m->problem);
	if (status == STATUS_OK)
		status = exec(m, &STATEMENT_COMMIT);
	return status;
}

/* If it fails the session is gone, and the transaction with it. */
static void roll_back(struct migration *m)
{
	struct problem ignored;
	PGresult *result = NULL;

	if (conn_exec(m->conn, &STATEMENT_ROLLBACK, NULL, &result, &ignored) == STATUS_OK)
		PQclear(result);
}

static enum status apply_once(struct migration *m, const struct sql_file *files, size_t count, int number, const char *name, const char *sha256)
{
	char doing[256];
	enum status status = apply(m, files, count, number, name, sha256, doing, sizeof doing);

	if (status != STATUS_OK) {
		command_fail_database(m->conn, &m->problem, doing);
		roll_back(m);
	}
	return status;
}

/* Roles belong to all databases of a cluster, and of two who change the same one at once PostgreSQL refuses one. */
static enum status apply_roles(struct migration *m)
{
	char doing[256];

	for (int attempt = 1; attempt < ROLE_ATTEMPTS; attempt++) {
		if (apply(m, &m->roles, 1, 0, NULL, NULL, doing, sizeof doing) == STATUS_OK)
			return STATUS_OK;
		roll_back(m);
	}
	return apply_once(m, &m->roles, 1, 0, NULL, NULL);
}

static enum status prepare_database(struct migration *m)
{
	enum status status;

	conn_pin(m->conn);
	status = conn_ready(m->conn);
	if (status != STATUS_OK) {
		command_fail("no connection to the database: %s", conn_error(m->conn));
		return status;
	}
	if (m->dry_run)
		return STATUS_OK;
	status = exec(m, &STATEMENT_MIGRATION_LOCK);
	if (status != STATUS_OK) {
		command_fail_database(m->conn, &m->problem, "the lock of migrations could not be had");
		return status;
	}
	status = apply_roles(m);
	if (status != STATUS_OK)
		return status;
	status = ledger_open(m->conn, &m->problem);
	if (status != STATUS_OK)
		command_fail_database(m->conn, &m->problem, "the ledger internal.migration could not be made");
	return status;
}

static enum status migrate_files(struct migration *m)
{
	enum status status = STATUS_OK;

	for (size_t i = m->ledger.applied; i < m->file_count && status == STATUS_OK; i++) {
		const struct sql_file *file = &m->files[i];

		if (m->print_sql)
			print_sql_step(stdout, file, 1, file->number, file->name, file->sha256);
		else if (!m->dry_run)
			status = apply_once(m, file, 1, file->number, file->name, file->sha256);
		if (status == STATUS_OK && !m->print_sql)
			printf("%s %s\n", m->dry_run ? "would apply" : "applied", file->name);
		fflush(stdout);
	}
	return status;
}

static enum status rebuild_functions(struct migration *m)
{
	enum status status = STATUS_OK;

	if (m->print_sql)
		print_sql_step(stdout, m->functions, m->function_count, 0, FUNCTIONS, m->functions_sha256);
	else if (!m->dry_run)
		status = apply_once(m, m->functions, m->function_count, 0, FUNCTIONS, m->functions_sha256);
	if (status == STATUS_OK && !m->print_sql)
		printf("%s the functions of %zu files\n", m->dry_run ? "would rebuild" : "rebuilt", m->function_count);
	return status;
}

static enum status migrate(struct migration *m)
{
	enum status status = prepare_database(m);
	bool changed;

	if (status != STATUS_OK)
		return status;
	status = ledger_read(m->conn, m->files, m->file_count, &m->ledger, &m->problem);
	if (status != STATUS_OK) {
		if (status != STATUS_CONFLICT)
			command_fail_database(m->conn, &m->problem, "the ledger internal.migration could not be read");
		return status;
	}
	changed = m->ledger.applied < m->file_count || m->force || strcmp(m->ledger.functions_sha256, m->functions_sha256) != 0;
	if (changed && m->print_sql)
		print_sql_preparation(stdout, &m->roles);
	status = migrate_files(m);
	if (status == STATUS_OK && changed)
		status = rebuild_functions(m);
	if (status == STATUS_OK && !changed)
		printf("%snothing to do: %zu migrations and the functions are as in the files\n", m->print_sql ? "-- " : "", m->file_count);
	return status;
}

static int run(const struct options *options, const char *const *words)
{
	bool print_sql = option_bool(options, "print_sql");
	struct migration m = { .dry_run = print_sql || option_bool(options, "dry_run"), .print_sql = print_sql, .force = option_bool(options, "force") };
	enum status status;

	(void)words;
	command_connect(options, &m.conn);
	status = load(&m, sql_dir(options));
	if (status == STATUS_OK)
		status = migrate(&m);
	sql_file_fini(&m.roles);
	sql_folder_free(&m.files, m.file_count);
	sql_folder_free(&m.functions, m.function_count);
	conn_free(&m.conn);
	return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const struct option_def flags[] = {
	{ "dry_run", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Only say what would be done; changes nothing and takes no lock." },
	{ "print_sql", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Print what would be done as a script for psql; changes nothing and takes no lock." },
	{ "force", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Rebuild the functions even when their files have not changed." },
};

const struct command command_migrate = {
	.name = "migrate",
	.usage = "[OPTION...]",
	.about = "Brings the database to the state of the files. Roles and schemas first, then each new migration in a transaction of its own together "
			 "with its row in "
			 "internal.migration, then all functions in one transaction. Running it again changes nothing, two at once wait for each other, and a "
			 "migration that was edited after it had been applied is refused. The database user needs CREATEROLE and CREATE on the database, or "
			 "superuser.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.words = 0,
	.run = run,
};
