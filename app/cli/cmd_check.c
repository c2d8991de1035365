/* SPDX-License-Identifier: ISC */
#include "base/alloc.h"
#include "chat/statements.h"
#include "cli/command.h"
#include "cli/rows.h"
#include "cli/sql_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_ROWS 20 /* of one invariant */

enum { CLEAN, WARNED, FAILED }; /* exit codes */

static const char marker[] = "-- name: ";

struct report {
	bool json, configuration, invariants;
	int errors, warnings, notices;                      /* findings */
	int checked, broken, unchecked;                     /* invariants */
	bool failed;                                        /* the configuration could not be checked */
	struct json_object *finding_list, *invariant_list; /* with `json` */
};

static void print_row(const PGresult *rows, int row)
{
	fputs("  ", stdout);
	for (int i = 0; i < PQnfields(rows); i++)
		printf(" %s=%s", PQfname(rows, i), PQgetisnull(rows, row, i) ? "NULL" : PQgetvalue(rows, row, i));
	fputc('\n', stdout);
}

static void report_violations(struct report *report, const char *sentence, int sentence_len, const PGresult *rows)
{
	int count = PQntuples(rows);

	if (report->json) {
		struct json_object *broken = json_object_new_object();

		json_object_object_add(broken, "invariant", json_object_new_string_len(sentence, sentence_len));
		json_object_object_add(broken, "violations", json_object_new_int(count));
		json_object_object_add(broken, "rows", rows_json(rows, SHOWN_ROWS));
		json_object_array_add(report->invariant_list, broken);
		return;
	}
	printf("broken: %.*s (%d)\n", sentence_len, sentence, count);
	for (int row = 0; row < count && row < SHOWN_ROWS; row++)
		print_row(rows, row);
	if (count > SHOWN_ROWS)
		printf("   and %d more\n", count - SHOWN_ROWS);
}

/* `sentence` begins a section; the query goes up to `end`. */
static void check_invariant(struct conn *conn, const char *sentence, const char *end, struct report *report)
{
	int sentence_len = (int)strcspn(sentence, "\n");
	size_t len = (size_t)(end - sentence - sentence_len);
	char *query = alloc_zero(len + 1, 1), doing[200];
	struct problem problem;
	PGresult *rows = NULL;

	memcpy(query, sentence + sentence_len, len);
	report->checked++;
	if (conn_script(conn, query, &rows, &problem) != STATUS_OK) {
		snprintf(doing, sizeof doing, "could not check \"%.*s\"", sentence_len < 150 ? sentence_len : 150, sentence);
		command_fail_database(conn, &problem, doing);
		report->unchecked++;
	} else if (PQntuples(rows) > 0) {
		report_violations(report, sentence, sentence_len, rows);
		report->broken++;
	}
	PQclear(rows);
	free(query);
}

static void check_invariants(struct conn *conn, const char *text, struct report *report)
{
	for (const char *at = strstr(text, marker), *next; at; at = next) {
		const char *sentence = at + strlen(marker);

		next = strstr(sentence, marker);
		check_invariant(conn, sentence, next ? next : sentence + strlen(sentence), report);
	}
	if (!report->checked)
		report->unchecked++;
	if (!report->json)
		printf("%d invariants checked, %d broken, %d could not be checked\n", report->checked, report->broken, report->unchecked);
}

static void print_finding(const PGresult *rows, int row)
{
	const char *key = result_str(rows, row, "key");

	printf("%s: %s%s%s: %s\n    %s\n", result_str(rows, row, "severity"), result_str(rows, row, "object"), *key ? " " : "", key,
		   result_str(rows, row, "sentence"), result_str(rows, row, "hint"));
}

static void report_findings(const PGresult *rows, struct report *report)
{
	for (int row = 0; row < PQntuples(rows); row++) {
		const char *severity = result_str(rows, row, "severity");

		report->errors += !strcmp(severity, "error");
		report->warnings += !strcmp(severity, "warning");
		report->notices += !strcmp(severity, "notice");
		if (!report->json)
			print_finding(rows, row);
	}
	if (report->json)
		report->finding_list = rows_json(rows, INT_MAX);
	else
		printf("configuration: %d errors, %d warnings, %d notices\n", report->errors, report->warnings, report->notices);
}

static void check_configuration(struct conn *conn, struct report *report)
{
	struct problem problem = { 0 };
	PGresult *rows = NULL;

	if (conn_exec(conn, &STATEMENT_CHECK, NULL, &rows, &problem) == STATUS_OK) {
		report_findings(rows, report);
	} else {
		command_fail_database(conn, &problem, "the configuration could not be checked");
		report->failed = true;
	}
	PQclear(rows);
}

static void print_json(const struct report *report)
{
	const struct {
		const char *name;
		int count;
	} counts[] = { { "errors", report->errors },   { "warnings", report->warnings }, { "notices", report->notices },
				   { "checked", report->checked }, { "broken", report->broken },     { "unchecked", report->unchecked } };
	struct json_object *tree = json_object_new_object();

	json_object_object_add(tree, "findings", report->finding_list ? report->finding_list : json_object_new_array());
	json_object_object_add(tree, "invariants", report->invariant_list);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		json_object_object_add(tree, counts[i].name, json_object_new_int(counts[i].count));
	rows_print_json(tree);
}

static int check(struct conn *conn, const char *invariants, struct report *report)
{
	if (conn_ready(conn) != STATUS_OK) {
		command_fail("no connection to the database: %s", conn_error(conn));
		return FAILED;
	}
	if (report->json)
		report->invariant_list = json_object_new_array();
	if (report->configuration)
		check_configuration(conn, report);
	if (report->invariants)
		check_invariants(conn, invariants, report);
	if (report->json)
		print_json(report);
	if (report->errors || report->failed || report->broken || report->unchecked)
		return FAILED;
	return report->warnings ? WARNED : CLEAN;
}

static int run(const struct options *options, const char *const *words)
{
	const char *only = option_str(options, "only");
	struct report report = { .json = option_bool(options, "json"),
							 .configuration = strcmp(only, "invariants") != 0,
							 .invariants = strcmp(only, "configuration") != 0 };
	struct sql_file file = { 0 };
	struct conn *conn;
	int code;

	(void)words;
	if (report.invariants && sql_file_read(sql_dir(options), "invariants", &file) != STATUS_OK)
		return FAILED;
	command_connect(options, &conn);
	code = check(conn, file.text, &report);
	conn_free(&conn);
	sql_file_fini(&file);
	return code == WARNED && !option_bool(options, "strict") ? CLEAN : code;
}

static const struct option_def flags[] = {
	{ "only", OPTION_CHOICE, "all", 0, 0, "all|configuration|invariants", NULL, false,
	  "What to look at. The invariants read every chat and need the database's owner; for the configuration a member of switchboard_dba is enough." },
	{ "strict", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "End with code 1 when there are warnings, but no errors." },
	{ "json", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Print one JSON object instead of text." },
};

const struct command command_check = {
	.name = "check",
	.usage = "[OPTION...]",
	.about = "Looks for mistakes in the configuration and for what must not exist in the database. Prints what chat.check() finds, the worst first, "
			 "each with what to type against it, and what the queries of invariants.sql find. For cron: ends with code 0 when there is no error (notices and, "
			 "without --strict, warnings are printed and do not count), 1 when there are warnings and --strict is given, 2 when there is an error, an "
			 "invariant is broken or something could not be checked.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.run = run,
};
