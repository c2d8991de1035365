/* SPDX-License-Identifier: ISC */
#include "base/alloc.h"
#include "chat/statements.h"
#include "cli/command.h"
#include "db/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES_MAX 200   /* as chat.bot_test takes */
#define LINE_MAX_BYTES 16384

/* The whole dialogue is played anew after each line: the database keeps nothing of it, and holds nothing while somebody thinks. */
struct dialogue {
	struct conn *conn;
	const char *bot, *locale, *widget, *page_url, *context;
	char *lines[LINES_MAX];
	size_t count;
	int printed; /* rows */
	bool customer_first;
	bool talks;  /* somebody sits at a terminal: he sees what he types */
};

static void print_row(const struct dialogue *dialogue, const PGresult *rows, int row)
{
	const char *who = result_str(rows, row, "who"), *says = result_str(rows, row, "says"), *buttons = result_str(rows, row, "buttons");

	if (dialogue->talks && strcmp(who, "customer") == 0)
		return;
	printf("%s: %s\n", who, says);
	while (*buttons) {
		int len = (int)strcspn(buttons, "\n");

		printf("    /%.*s\n", len, buttons);
		buttons += len + (buttons[len] == '\n');
	}
}

/* Plays all lines and prints what is new; what became of the chat is printed when the dialogue is over. */
static enum status play(struct dialogue *dialogue, bool over, bool *ret_failed, struct problem *ret_problem)
{
	PGresult *rows = NULL;
	struct buf lines;
	enum status status;

	buf_init(&lines, (size_t)2 * LINES_MAX * LINE_MAX_BYTES + LINES_MAX);
	array_begin(&lines);
	for (size_t i = 0; i < dialogue->count; i++)
		array_add_text(&lines, dialogue->lines[i]);
	array_end(&lines);
	status = conn_exec(dialogue->conn, &STATEMENT_BOT_TEST,
					   (struct param[]){ PARAM_TEXT(dialogue->bot), PARAM_TEXT(lines.data), PARAM_TEXT(dialogue->locale), PARAM_TEXT(dialogue->widget),
										 PARAM_TEXT(dialogue->page_url), PARAM_TEXT(dialogue->context), PARAM_TEXT(dialogue->customer_first ? "true" : "false") },
					   &rows, ret_problem);
	buf_fini(&lines);
	if (status != STATUS_OK)
		return status;
	for (int row = 0; row < PQntuples(rows); row++) {
		bool error = strcmp(result_str(rows, row, "who"), "error") == 0, result = error || strcmp(result_str(rows, row, "who"), "result") == 0;

		if (result ? over : row >= dialogue->printed) {
			print_row(dialogue, rows, row);
			dialogue->printed += !result;
			*ret_failed |= error;
		}
	}
	fflush(stdout);
	PQclear(rows);
	return STATUS_OK;
}

static int fail(struct dialogue *dialogue, const struct problem *problem)
{
	if (problem->status == STATUS_NOT_FOUND)
		return strcmp(problem->field, "bot") == 0 ? command_fail("there is no bot %.64s", dialogue->bot) : command_fail("there is no widget to test it with");
	return command_fail_database(dialogue->conn, problem, "the dialogue could not be played");
}

/* One line of standard input after the other. A button that is not there is said to be so, and the dialogue goes on without it. */
static int talk(struct dialogue *dialogue)
{
	struct problem problem = { 0 };
	char *line = NULL;
	size_t size = 0;
	int code = EXIT_SUCCESS;
	bool failed = false;

	if (play(dialogue, false, &failed, &problem) != STATUS_OK)
		return fail(dialogue, &problem);
	while (dialogue->count < LINES_MAX && (!dialogue->talks || fputs("> ", stdout) >= 0) && fflush(stdout) == 0 && getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strlen(line) > LINE_MAX_BYTES) {
			code = command_fail("a line is longer than %d bytes", LINE_MAX_BYTES);
			continue;
		}
		dialogue->lines[dialogue->count++] = alloc_copy_str(line);
		if (play(dialogue, false, &failed, &problem) == STATUS_OK)
			continue;
		if (problem.status != STATUS_INVALID || strcmp(problem.field, "choice") != 0) {
			code = fail(dialogue, &problem);
			goto out;
		}
		code = command_fail("there is no button %.64s here", line);
		free(dialogue->lines[--dialogue->count]);
	}
	if (dialogue->talks)
		putchar('\n');
	if (play(dialogue, true, &failed, &problem) != STATUS_OK)
		code = fail(dialogue, &problem);
	else if (failed)
		code = EXIT_FAILURE;
out:
	free(line);
	return code;
}

static int run(const struct options *options, const char *const *words)
{
	struct dialogue dialogue = { .bot = words[0],
								 .locale = option_str(options, "locale"),
								 .widget = option_str(options, "widget"),
								 .page_url = option_str(options, "page_url"),
								 .context = option_str(options, "context"),
								 .customer_first = option_bool(options, "customer_first"),
								 .talks = isatty(STDIN_FILENO) == 1 };
	int code;

	command_connect(options, &dialogue.conn);
	code = talk(&dialogue);
	while (dialogue.count > 0)
		free(dialogue.lines[--dialogue.count]);
	conn_free(&dialogue.conn);
	return code;
}

static const struct option_def flags[] = {
	{ "locale", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "The language of the customer, such as de; by default that of the widget." },
	{ "widget", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "The widget that the customer uses; by default one that has this bot." },
	{ "page_url", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "The page it is on." },
	{ "context", OPTION_STRING, NULL, 0, 0, NULL, NULL, false, "What the site told of the customer, a JSON object." },
	{ "customer_first", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "The customer speaks first, as by SMS or Messenger: the bot greets with its answer to the first line." },
};

const struct command command_bot_test = {
	.name = "bot test",
	.usage = "BOT [OPTION...]",
	.about = "Plays a dialogue with a bot on the terminal. Each line of standard input is what the customer says; /id presses the button of that id. At the end of the input "
			 "it says what became of the chat: the queue, the skills it asks for, the answers. Nothing is kept and nobody is disturbed; the bot may be switched off. Ends with "
			 "code 1 when the bot failed or a button was not there.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.words = 1,
	.run = run,
};
