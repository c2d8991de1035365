/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "cli/doctor.h"
#include "cli/ledger.h"
#include "cli/sql_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#define VERSION_MIN 150000
#define SKEW_WARNING_MS 2000
#define SKEW_WRONG_MS 30000
#define RELAY_SESSIONS 4
#define OTHER_SESSIONS 4 /* two routers, a courier, this command */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Version and clock by one round trip: the database read its clock somewhere in between. */
static void check_clock(struct doctor *d, struct conn *conn)
{
	struct problem problem;
	PGresult *result = NULL;
	int64_t before = now_ms(), after, theirs, skew;

	if (conn_exec(conn, &STATEMENT_DOCTOR_CLOCK, NULL, &result, &problem) != STATUS_OK) {
		doctor_say(d, VERDICT_WRONG, "database", "read PostgreSQL's log", "it does not answer: %s", conn_error(conn));
		return;
	}
	after = now_ms();
	theirs = result_int(result, 0, "now_ms");
	skew = theirs < before ? before - theirs : theirs > after ? theirs - after : 0;
	if (result_int(result, 0, "version") < VERSION_MIN)
		doctor_say(d, VERDICT_WRONG, "database", "use PostgreSQL 15 or newer", "is PostgreSQL %s", result_str(result, 0, "version_name"));
	else
		doctor_say(d, VERDICT_OK, "database", NULL, "PostgreSQL %s answers in %lld ms", result_str(result, 0, "version_name"), (long long)(after - before));
	if (skew > SKEW_WARNING_MS)
		doctor_say(d, skew > SKEW_WRONG_MS ? VERDICT_WRONG : VERDICT_WARNING, "clock", "keep both by NTP: codes of the second step and signed identities are judged by this host's",
				   "this host's is %lld.%lld s %s the database's", (long long)(skew / 1000), (long long)(skew % 1000 / 100), theirs < before ? "ahead of" : "behind");
	else
		doctor_say(d, VERDICT_OK, "clock", NULL, "this host and the database agree");
	PQclear(result);
}

static void judge_ledger(struct doctor *d, const struct ledger *ledger, const struct sql_file *files, size_t count, const char *functions_sha256)
{
	if (ledger->applied < count)
		doctor_say(d, VERDICT_WRONG, "migrations", "switchboard migrate", "%zu of %zu are applied, %s is the next", ledger->applied, count, files[ledger->applied].name);
	else if (strcmp(ledger->functions_sha256, functions_sha256) != 0)
		doctor_say(d, VERDICT_WRONG, "migrations", "switchboard migrate", "the functions in the database are not those of this version");
	else
		doctor_say(d, VERDICT_OK, "migrations", NULL, "all %zu are applied, the functions are those of this version", count);
}

static void check_migrations(struct doctor *d, struct conn *conn)
{
	struct sql_file *files = NULL, *functions = NULL;
	size_t file_count = 0, function_count = 0;
	char sha256[SHA256_HEX_SIZE];
	struct problem problem = { 0 };
	struct ledger ledger;
	enum status status = sql_folder_read(sql_dir(d->options), "migrations", true, &files, &file_count);

	if (status == STATUS_OK)
		status = sql_folder_read(sql_dir(d->options), "api", false, &functions, &function_count);
	if (status != STATUS_OK) {
		doctor_say(d, VERDICT_WRONG, "migrations", "install it anew, or set sql_dir", "the files in %s cannot be read", sql_dir(d->options));
		goto out;
	}
	sql_folder_sha256(functions, function_count, sha256);
	status = ledger_read(conn, files, file_count, &ledger, &problem);
	if (status == STATUS_OK)
		judge_ledger(d, &ledger, files, file_count, sha256);
	else if (status == STATUS_CONFLICT)
		doctor_say(d, VERDICT_WRONG, "migrations", "use the files of the version that made this database, or newer ones", "the files and the database do not belong together");
	else
		doctor_say(d, VERDICT_WARNING, "migrations", "run doctor as whom migrate runs", "the ledger cannot be read: %s", conn_error(conn));
out:
	sql_folder_free(&files, file_count);
	sql_folder_free(&functions, function_count);
}

static enum verdict verdict_of(const char *name)
{
	return !strcmp(name, "ok") ? VERDICT_OK : !strcmp(name, "warning") ? VERDICT_WARNING : VERDICT_WRONG;
}

static void check_inside(struct doctor *d, struct conn *conn)
{
	char sessions[16];
	const struct param params[] = { PARAM_TEXT(sessions) };
	struct problem problem;
	PGresult *rows = NULL;

	snprintf(sessions, sizeof sessions, "%ld", option_int(d->options, "api_workers") + RELAY_SESSIONS + OTHER_SESSIONS);
	if (conn_exec(conn, &STATEMENT_DOCTOR, params, &rows, &problem) != STATUS_OK)
		doctor_say(d, VERDICT_WRONG, "installation", "switchboard migrate; run doctor as whom migrate runs, or as a member of switchboard_dba",
				   "the database cannot be asked about itself: %s", conn_error(conn));
	for (int row = 0; row < PQntuples(rows); row++)
		doctor_say(d, verdict_of(result_str(rows, row, "verdict")), result_str(rows, row, "name"), result_str(rows, row, "advice"), "%s", result_str(rows, row, "sentence"));
	PQclear(rows);
}

/* Only where the data stands on this host, and we may know where. */
static void check_disk(struct doctor *d, struct conn *conn)
{
	struct problem problem;
	PGresult *result = NULL;
	const char *directory = NULL;
	struct statvfs disk;
	unsigned long long free_mib;

	if (conn_exec(conn, &STATEMENT_DOCTOR_PLACE, NULL, &result, &problem) == STATUS_OK)
		directory = result_str(result, 0, "directory");
	if (directory && statvfs(directory, &disk) == 0) {
		free_mib = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
		if (free_mib < (unsigned long long)option_int(d->options, "disk_min_mib"))
			doctor_say(d, VERDICT_WARNING, "disk", "make room: PostgreSQL stops when it is full", "%llu MiB are free in %s", free_mib, directory);
		else
			doctor_say(d, VERDICT_OK, "disk", NULL, "%llu MiB are free in %s", free_mib, directory);
	}
	PQclear(result);
}

void doctor_database(struct doctor *d)
{
	struct conn *conn;

	conn_new(option_str(d->options, "database"), "switchboard", &conn);
	if (conn_ready(conn) != STATUS_OK) {
		doctor_say(d, VERDICT_WRONG, "database", "start PostgreSQL, or set the option database", "no connection: %s", conn_error(conn));
	} else {
		check_clock(d, conn);
		check_migrations(d, conn);
		check_inside(d, conn);
		check_disk(d, conn);
	}
	conn_free(&conn);
}
