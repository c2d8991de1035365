/* SPDX-License-Identifier: ISC */
/* The commands of `switchboard`: one command, one file, one row in main.c's table. */
#ifndef SWITCHBOARD_CLI_COMMAND_H
#define SWITCHBOARD_CLI_COMMAND_H

#include "base/options.h"
#include "db/conn.h"

#include <stddef.h>

struct command {
	const char *name;  /* one word or two: "migrate", "operator add" */
	const char *usage; /* what follows the name: "NAME [OPTION...]" */
	const char *about; /* one paragraph; its first sentence stands in the list of commands */
	const struct option_def *flags;
	size_t flag_count;
	size_t words; /* exactly so many words follow the name */
	int misread; /* the exit code when options cannot be read, where it is not EXIT_FAILURE */
	/* `words` are those behind the name. Returns the exit code. */
	int (*run)(const struct options *options, const char *const *words);
};

extern const struct command command_migrate, command_operator_add, command_operator_invite, command_operator_logout, command_operator_password, command_operator_reset,
	command_operator_totp_reset, command_site_secret_add, command_site_secret_retire, command_mail_password, command_bot_test, command_channel_secret_add,
	command_channel_secret_retire, command_check, command_doctor, command_why, command_why_idle, command_erase, command_export,
	command_outbox_list, command_outbox_replay, command_outbox_drop, command_webhook_secret_add, command_webhook_secret_retire, command_bot_secret_add,
	command_bot_secret_retire, command_bot_token_add, command_bot_token_retire;

/* A connection for one command; free it with conn_free(). */
void command_connect(const struct options *options, struct conn **ret_conn);

/* Writes one line to stderr, "switchboard: " before it; returns EXIT_FAILURE. */
int command_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The sentence for what went wrong in the database: its own words where it is a matter of SQL or of the connection, ours otherwise. `doing` begins it. */
int command_fail_database(struct conn *conn, const struct problem *problem, const char *doing);

#endif
