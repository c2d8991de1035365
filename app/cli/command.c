/* SPDX-License-Identifier: ISC */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void command_connect(const struct options *options, struct conn **ret_conn)
{
	conn_new(option_str(options, "database"), "switchboard", ret_conn);
}

int command_fail(const char *format, ...)
{
	va_list args;

	fputs("switchboard: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILURE;
}

int command_fail_database(struct conn *conn, const struct problem *problem, const char *doing)
{
	if (problem->status == STATUS_INTERNAL || problem->status == STATUS_UNAVAILABLE)
		return command_fail("%s: %s", doing, conn_error(conn));
	if (*problem->field)
		return command_fail("%s: %s (%s)", doing, status_message(problem->status), problem->field);
	return command_fail("%s: %s", doing, status_message(problem->status));
}
