/* SPDX-License-Identifier: ISC */
#include "base/options.h"
#include "base_suites.h"
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGV_MAX 16
#define CONFIG "/tmp/switchboard-options-test"

static const struct option_def table[] = {
	{ "public_url", OPTION_STRING, NULL, 0, 0, NULL, "api relay", true, "The URL." },
	{ "workers", OPTION_INT, "4", 1, 256, NULL, "api", false, "How many workers." },
	{ "log_level", OPTION_CHOICE, "info", 0, 0, "debug|info|warn", "api relay", false, "The level." },
	{ "socket", OPTION_PATH, "/run/x.sock", 0, 0, NULL, "api", false, "The socket." },
	{ "verbose", OPTION_BOOL, "no", 0, 0, NULL, "api", false, "Talk more." },
	{ "offset", OPTION_INT, "-3", -10, 10, NULL, "api", false, "Below zero too." },
	{ "heartbeat_s", OPTION_INT, "25", 1, 60, NULL, "relay", false, "Of another program." },
};
static const struct option_def flags[] = {
	{ "dry_run", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Only say." },
	{ "full_name", OPTION_STRING, NULL, 0, 0, NULL, NULL, true, "A name." },
};
#define TABLE_SIZE (sizeof table / sizeof table[0])

static struct options *options;
static bool leave;
static struct capture out, err;
static const char *said; /* on stderr by the last load() */

/* `config` = content of the file, NULL for none. */
static enum status load_spec(const struct options_spec *spec, const char *config, const char *const *words)
{
	char *argv[ARGV_MAX] = { NULL };
	enum status status;
	int argc = 0;

	while (words[argc])
		argc++;
	CU_ASSERT_FATAL(argc < ARGV_MAX);
	memcpy(argv, words, (size_t)argc * sizeof *argv);
	options_free(&options);
	leave = false;
	unlink(CONFIG);
	if (config) {
		FILE *file = fopen(CONFIG, "w");

		CU_ASSERT_FATAL(file != NULL);
		fputs(config, file);
		fclose(file);
	}
	capture_begin(&err, STDERR_FILENO);
	capture_begin(&out, STDOUT_FILENO);
	status = options_load_spec(spec, argc, argv, &options, &leave);
	capture_end(&out);
	said = capture_end(&err);
	unlink(CONFIG);
	CU_ASSERT((options != NULL) == (status == STATUS_OK && !leave));
	return status;
}

static const struct options_spec api = { .table = table, .count = TABLE_SIZE, .program = "api", .default_path = CONFIG, .words = true };

#define LOAD(config, ...) load_spec(&api, config, (const char *[]){ "/usr/bin/unit", __VA_ARGS__ __VA_OPT__(, ) NULL })

static void done(void)
{
	options_free(&options);
	CU_ASSERT_PTR_NULL(options);
	options_free(&options);
}

static void defaults_stand_where_nothing_is_set(void)
{
	CU_ASSERT_EQUAL_FATAL(LOAD("public_url = http://localhost\n"), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(option_str(options, "public_url"), "http://localhost");
	CU_ASSERT_EQUAL(option_int(options, "workers"), 4);
	CU_ASSERT_EQUAL(option_int(options, "offset"), -3);
	CU_ASSERT_STRING_EQUAL(option_str(options, "log_level"), "info");
	CU_ASSERT_FALSE(option_bool(options, "verbose"));
	CU_ASSERT_TRUE(option_is_set(options, "public_url"));
	CU_ASSERT_FALSE(option_is_set(options, "workers"));
	CU_ASSERT_STRING_EQUAL(said, "");
	done();
}

static void flags_win_over_environment_and_that_over_the_file(void)
{
	static const char file[] = "# comment\n\n  public_url =  http://file/a=b#c \r\nworkers=1\n\tverbose = yes\nheartbeat_s = 9\n";

	setenv("SWITCHBOARD_WORKERS", "2", 1);
	setenv("SWITCHBOARD_LOG_LEVEL", "", 1);
	CU_ASSERT_EQUAL_FATAL(LOAD(file), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(option_str(options, "public_url"), "http://file/a=b#c");
	CU_ASSERT_EQUAL(option_int(options, "workers"), 2);
	CU_ASSERT_STRING_EQUAL(option_str(options, "log_level"), "info");
	CU_ASSERT_TRUE(option_bool(options, "verbose"));
	CU_ASSERT_EQUAL_FATAL(LOAD(file, "--workers=3", "--public-url", "http://flag", "--verbose=off"), STATUS_OK);
	CU_ASSERT_EQUAL(option_int(options, "workers"), 3);
	CU_ASSERT_STRING_EQUAL(option_str(options, "public_url"), "http://flag");
	CU_ASSERT_FALSE(option_bool(options, "verbose"));
	unsetenv("SWITCHBOARD_WORKERS");
	unsetenv("SWITCHBOARD_LOG_LEVEL");
	done();
}

static void bad_values_are_named_wherever_they_stand(void)
{
	CU_ASSERT_EQUAL(LOAD("public_url = x\n\nworkers = 0\n"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, CONFIG ":3: workers must be a whole number from 1 to 256, not \"0\"\n");
	CU_ASSERT_EQUAL(LOAD("public_url = x\nworkers = 257\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\nworkers = 1 2\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\nworkers = 0x10\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\nworkers = 99999999999999999999\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\nlog_level = loud\n"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, CONFIG ":2: log_level must be one of debug|info|warn, not \"loud\"\n");
	CU_ASSERT_EQUAL(LOAD("public_url = x\nlog_level = debug|info\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\nlog_level = inf\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\nverbose = maybe\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url =\n"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, CONFIG ":1: public_url has no value; leave it out to have its default\n");
	CU_ASSERT_EQUAL(LOAD("public_url = \xff\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = a\x01z\n"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\n", "--workers=many"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "--workers: workers must be a whole number from 1 to 256, not \"many\"\n");
	setenv("SWITCHBOARD_WORKERS", "-1", 1);
	CU_ASSERT_EQUAL(LOAD("public_url = x\n"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "SWITCHBOARD_WORKERS: workers must be a whole number from 1 to 256, not \"-1\"\n");
	unsetenv("SWITCHBOARD_WORKERS");
}

static void a_bad_line_is_told_even_when_a_flag_would_win(void)
{
	CU_ASSERT_EQUAL(LOAD("public_url = x\nworkers = 0\n", "--workers=3"), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":2: workers"));
}

static void every_bad_line_is_told_at_once(void)
{
	CU_ASSERT_EQUAL(LOAD("workers = 0\nnonsense\nlog_level = x\npublic_url = x\npublic_url = y\n"), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, CONFIG ":1: workers"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, CONFIG ":2: expected a line of the form: name = value\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, CONFIG ":3: log_level"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, CONFIG ":5: public_url is set a second time; the first is in line 4\n"));
}

static void unknown_names_come_with_the_nearest_one(void)
{
	CU_ASSERT_EQUAL(LOAD("public_ulr = x\n"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, CONFIG ":1: there is no option \"public_ulr\"; did you mean \"public_url\"?\n");
	CU_ASSERT_EQUAL(LOAD("public_url = x\n", "--workres=3"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "--workres: there is no option \"workres\"; did you mean \"workers\"?\n");
	CU_ASSERT_EQUAL(LOAD("public_url = x\nzzzzzzzzzz = 1\n"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, CONFIG ":2: there is no option \"zzzzzzzzzz\"; --help lists them\n");
	CU_ASSERT_EQUAL(LOAD("public_url = x\n", "-x"), STATUS_INVALID);
	CU_ASSERT_EQUAL(LOAD("public_url = x\n", "--workers"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "--workers: a value must follow\n");
	CU_ASSERT_EQUAL(LOAD("public_url = x\n", "--heartbeat_s=3"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "--heartbeat_s: not an option of this program, but of: relay\n");
}

static void what_is_required_must_be_set_for_its_programs_only(void)
{
	static const struct options_spec router = { .table = table, .count = TABLE_SIZE, .program = "router", .default_path = CONFIG };

	CU_ASSERT_EQUAL(LOAD(NULL), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "public_url: must be set"));
	CU_ASSERT_EQUAL(load_spec(&router, NULL, (const char *[]){ "unit", NULL }), STATUS_OK);
	CU_ASSERT_EQUAL(load_spec(&router, NULL, (const char *[]){ "unit", "word", NULL }), STATUS_INVALID);
	done();
}

static void a_named_file_must_be_there_the_default_one_need_not(void)
{
	CU_ASSERT_EQUAL(LOAD(NULL, "--public_url=x"), STATUS_OK);
	CU_ASSERT_EQUAL(LOAD(NULL, "--public_url=x", "--config=/nonexistent/file"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "/nonexistent/file: No such file or directory\n");
	setenv("SWITCHBOARD_CONFIG", "/nonexistent/other", 1);
	CU_ASSERT_EQUAL(LOAD(NULL, "--public_url=x"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "/nonexistent/other: No such file or directory\n");
	CU_ASSERT_EQUAL(LOAD("public_url = y\n", "--config", CONFIG), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(option_str(options, "public_url"), "y");
	unsetenv("SWITCHBOARD_CONFIG");
	CU_ASSERT_EQUAL(LOAD(NULL, "--public_url=x", "--config=/"), STATUS_INVALID);
	done();
}

static void words_keep_their_order(void)
{
	CU_ASSERT_EQUAL_FATAL(LOAD("public_url = x\n", "one", "--workers=2", "-", "--", "--three"), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(options_word_count(options), 3);
	CU_ASSERT_STRING_EQUAL(options_word(options, 0), "one");
	CU_ASSERT_STRING_EQUAL(options_word(options, 1), "-");
	CU_ASSERT_STRING_EQUAL(options_word(options, 2), "--three");
	done();
}

static void checking_only_says_whether_it_is_good(void)
{
	CU_ASSERT_EQUAL(LOAD("public_url = x\n", "-t"), STATUS_OK);
	CU_ASSERT_TRUE(leave);
	CU_ASSERT_STRING_EQUAL(out.text, "The configuration is good.\n");
	CU_ASSERT_EQUAL(LOAD("public_url = x\nworkers = none\n", "-t"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(out.text, "");
	CU_ASSERT_EQUAL(LOAD(NULL, "--test"), STATUS_INVALID);
}

static void help_lists_what_this_program_reads(void)
{
	CU_ASSERT_EQUAL(LOAD("broken file\n", "--help"), STATUS_OK);
	CU_ASSERT_TRUE(leave);
	CU_ASSERT_EQUAL(strncmp(out.text, "Usage: unit [OPTION...]\n", 24), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "--public-url=TEXT  (required)\n      The URL.\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "--workers=1..256  (default: 4)\n"));
	CU_ASSERT_PTR_NULL(strstr(out.text, "heartbeat"));
	CU_ASSERT_EQUAL(LOAD(NULL, "--version"), STATUS_OK);
	CU_ASSERT_EQUAL(strncmp(out.text, "switchboard ", 12), 0);
}

static void the_printed_file_is_good_once_what_is_required_is_filled_in(void)
{
	static char config[CAPTURE_MAX];
	char *line;

	CU_ASSERT_EQUAL(LOAD(NULL, "--print-config"), STATUS_OK);
	CU_ASSERT_TRUE(leave);
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		char name[80];

		snprintf(name, sizeof name, "\n#%s =", table[i].name);
		CU_ASSERT_PTR_NOT_NULL(strstr(out.text, name));
		CU_ASSERT_PTR_NOT_NULL(strstr(out.text, table[i].help));
	}
	/* with every default line taken in, it says the same as no file */
	memcpy(config, out.text, sizeof config);
	for (line = config; (line = strstr(line, "\n#")); line++)
		if (line[2] != ' ' && strcspn(line + 2, "=") < strcspn(line + 2, "\n"))
			line[1] = ' ';
	line = strstr(config, "public_url =");
	CU_ASSERT_FATAL(line != NULL);
	memmove(line + 14, line + 12, strlen(line + 12) + 1);
	memcpy(line, "public_url = x", 14);
	CU_ASSERT_EQUAL_FATAL(LOAD(config), STATUS_OK);
	CU_ASSERT_EQUAL(option_int(options, "workers"), 4);
	CU_ASSERT_TRUE(option_is_set(options, "workers"));
	done();
}

static void flags_of_a_command_come_from_the_command_line_only(void)
{
	static const struct options_spec spec = { .table = table,
		                                  .count = TABLE_SIZE,
		                                  .flags = flags,
		                                  .flag_count = 2,
		                                  .program = "router",
		                                  .default_path = CONFIG,
		                                  .usage = "operator add NAME" };

	setenv("SWITCHBOARD_FULL_NAME", "Env", 1);
	CU_ASSERT_EQUAL(load_spec(&spec, NULL, (const char *[]){ "unit", NULL }), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, "--full-name: must be given: A name.\n");
	unsetenv("SWITCHBOARD_FULL_NAME");
	CU_ASSERT_EQUAL(load_spec(&spec, "full_name = File\n", (const char *[]){ "unit", NULL }), STATUS_INVALID);
	CU_ASSERT_EQUAL(load_spec(&spec, NULL, (const char *[]){ "unit", "--dry-run", "--full-name", "Ana A", NULL }), STATUS_OK);
	CU_ASSERT_TRUE(option_bool(options, "dry_run"));
	CU_ASSERT_STRING_EQUAL(option_str(options, "full_name"), "Ana A");
	CU_ASSERT_EQUAL(load_spec(&spec, NULL, (const char *[]){ "unit", "--help", NULL }), STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "Usage: unit operator add NAME\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "  --dry-run\n      Only say.\n"));
	CU_ASSERT_EQUAL(load_spec(&spec, NULL, (const char *[]){ "unit", "--print-config", NULL }), STATUS_OK);
	CU_ASSERT_PTR_NULL(strstr(out.text, "dry_run"));
	done();
}

static void a_line_that_is_too_long_or_holds_a_zero_byte_is_told(void)
{
	static char file[6000];

	memset(file, 'x', sizeof file - 2);
	memcpy(file, "public_url = ", 13);
	file[sizeof file - 2] = '\n';
	CU_ASSERT_EQUAL(LOAD(file), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(said, CONFIG ":1: this line is too long\n");
	file[4200] = '\0';
	CU_ASSERT_EQUAL(LOAD(file), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":1: the value of public_url is longer than 4096 bytes\n"));
}

CU_TestInfo options_tests[] = {
	{ "defaults stand where nothing is set", defaults_stand_where_nothing_is_set },
	{ "flags win over environment and that over the file", flags_win_over_environment_and_that_over_the_file },
	{ "bad values are named wherever they stand", bad_values_are_named_wherever_they_stand },
	{ "a bad line is told even when a flag would win", a_bad_line_is_told_even_when_a_flag_would_win },
	{ "every bad line is told at once", every_bad_line_is_told_at_once },
	{ "unknown names come with the nearest one", unknown_names_come_with_the_nearest_one },
	{ "what is required must be set, for its programs only", what_is_required_must_be_set_for_its_programs_only },
	{ "a named file must be there, the default one need not", a_named_file_must_be_there_the_default_one_need_not },
	{ "words keep their order", words_keep_their_order },
	{ "checking only says whether it is good", checking_only_says_whether_it_is_good },
	{ "help lists what this program reads", help_lists_what_this_program_reads },
	{ "the printed file is good once what is required is filled in", the_printed_file_is_good_once_what_is_required_is_filled_in },
	{ "flags of a command come from the command line only", flags_of_a_command_come_from_the_command_line_only },
	{ "a line that is too long is told", a_line_that_is_too_long_or_holds_a_zero_byte_is_told },
	CU_TEST_INFO_NULL,
};
