/* SPDX-License-Identifier: ISC */
/* switchboard: finds the command and its options, runs it. */
#include "base/log.h"
#include "chat/options.h"
#include "cli/command.h"

#include <config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: a table to be read; the longer name first */
static const struct command *const commands[] = {
	&command_migrate, &command_operator_add, &command_operator_invite, &command_operator_logout, &command_operator_password, &command_operator_reset,
	&command_operator_totp_reset, &command_site_secret_add, &command_site_secret_retire, &command_mail_password, &command_bot_test,
	&command_channel_secret_add, &command_channel_secret_retire, &command_check, &command_doctor, &command_why_idle, &command_why, &command_erase, &command_export,
	&command_outbox_list, &command_outbox_replay, &command_outbox_drop, &command_webhook_secret_add, &command_webhook_secret_retire,
	&command_bot_secret_add, &command_bot_secret_retire, &command_bot_token_add, &command_bot_token_retire
};
/* clang-format on */
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void print_commands(FILE *out)
{
	fputs("Usage: switchboard COMMAND [OPTION...]\n\nCommands:\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %s %s\n      %.*s\n", commands[i]->name, commands[i]->usage, (int)strcspn(commands[i]->about, ".") + 1, commands[i]->about);
	fputs("\n  switchboard COMMAND --help says more.\n"
		  "  switchboard --print-config prints an example configuration file, --version the version.\n",
		  out);
}

/* How many words of argv (from 1 on) the name of `command` takes, 0 when it is another command. */
static int match(const struct command *command, int argc, char **argv)
{
	const char *name = command->name;
	int used = 0;

	while (*name) {
		size_t len = strcspn(name, " ");

		if (++used >= argc || strlen(argv[used]) != len || strncmp(argv[used], name, len) != 0)
			return 0;
		name += len;
		name += strspn(name, " ");
	}
	return used;
}

static const struct command *find(int argc, char **argv, int *ret_used)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		*ret_used = match(commands[i], argc, argv);
		if (*ret_used)
			return commands[i];
	}
	return NULL;
}

static int run(const struct command *command, const struct options *options)
{
	const char *words[4] = { NULL };
	size_t count = options_word_count(options);

	if (count != command->words)
		return command_fail("%s takes %zu word%s, not %zu; usage: switchboard %s %s", command->name, command->words, command->words == 1 ? "" : "s",
							count, command->name, command->usage);
	for (size_t i = 0; i < count; i++)
		words[i] = options_word(options, i);
	log_init("switchboard", option_is_set(options, "log_level") ? log_level_from_name(option_str(options, "log_level")) : LOG_LEVEL_OFF);
	return command->run(options, words);
}

/* Without a command: --help, --version, --print-config and -t still have a meaning. */
static int run_bare(int argc, char **argv)
{
	const struct options_spec spec = {
		.table = chat_options, .count = chat_options_count, .program = "cli", .default_path = SWITCHBOARD_CONFIG_FILE, .lenient = true, .words = true
	};
	struct options *options = NULL;
	bool leave = false;

	if (argc > 1 && strcmp(argv[1], "-h") != 0 && strcmp(argv[1], "--help") != 0) {
		if (argv[1][0] != '-')
			return command_fail("there is no command \"%.40s%s%.40s\"; switchboard --help lists them", argv[1], argc > 2 ? " " : "",
								argc > 2 ? argv[2] : "");
		if (options_load_spec(&spec, argc, argv, &options, &leave) != STATUS_OK)
			return EXIT_FAILURE;
		options_free(&options);
		return leave ? EXIT_SUCCESS : command_fail("the command comes first; switchboard --help lists them");
	}
	print_commands(argc > 1 ? stdout : stderr);
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options *options = NULL;
	const struct command *command;
	bool leave = false;
	char usage[256];
	int used, code = EXIT_SUCCESS;

	command = find(argc, argv, &used);
	if (!command)
		return run_bare(argc, argv);
	snprintf(usage, sizeof usage, "%s %s", command->name, command->usage);
	argv[used] = argv[0]; /* the engine skips one word, as if the name were the program's */

	const struct options_spec spec = { .table = chat_options,
									   .count = chat_options_count,
									   .flags = command->flags,
									   .flag_count = command->flag_count,
									   .program = "cli",
									   .default_path = SWITCHBOARD_CONFIG_FILE,
									   .usage = usage,
									   .about = command->about,
									   .lenient = true,
									   .words = true };
	if (options_load_spec(&spec, argc - used, argv + used, &options, &leave) != STATUS_OK)
		return command->misread ? command->misread : EXIT_FAILURE;
	if (!leave)
		code = run(command, options);
	options_free(&options);
	return code;
}
