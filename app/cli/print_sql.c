/* SPDX-License-Identifier: ISC */
#include "cli/print_sql.h"
#include "chat/statements.h"

static void print_statement(FILE *out, const struct statement *statement)
{
	fprintf(out, "%s;\n", statement->sql);
}

static void print_file(FILE *out, const struct sql_file *file)
{
	fprintf(out, "\n-- ==== %s.sql\n%s\n", file->name, file->text);
}

void print_sql_preparation(FILE *out, const struct sql_file *roles)
{
	fputs("\\set ON_ERROR_STOP on\n", out);
	print_statement(out, &STATEMENT_MIGRATION_LOCK);
	print_statement(out, &STATEMENT_BEGIN);
	print_file(out, roles);
	print_statement(out, &STATEMENT_COMMIT);
	print_statement(out, &STATEMENT_BEGIN);
	print_statement(out, &STATEMENT_AS_OWNER);
	print_statement(out, &STATEMENT_LEDGER_SCHEMA);
	print_statement(out, &STATEMENT_LEDGER_TABLE);
	print_statement(out, &STATEMENT_COMMIT);
}

void print_sql_step(FILE *out, const struct sql_file *files, size_t count, int number, const char *name, const char *sha256)
{
	const struct statement *add = &STATEMENT_LEDGER_ADD;

	fputc('\n', out);
	print_statement(out, &STATEMENT_BEGIN);
	for (size_t i = 0; i < count; i++)
		print_file(out, &files[i]);
	print_statement(out, &STATEMENT_AS_OWNER);
	fprintf(out, "prepare %s as %s;\nexecute %s(%d, '%s', '%s');\ndeallocate %s;\n", add->name, add->sql, add->name, number, name, sha256, add->name);
	print_statement(out, &STATEMENT_COMMIT);
}
