/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "base_suites.h"
#include "capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct capture capture;

/* The line's part behind its event. */
static const char *behind_event(const char *line)
{
	const char *event = strstr(line, " event=");

	return event ? event + 1 : "";
}

static const char *logged(const char *key, const char *value)
{
	capture_begin(&capture, STDERR_FILENO);
	log_event(LOG_LEVEL_INFO, "e", key, value, NULL);
	return behind_event(capture_end(&capture));
}

static int setup(void)
{
	log_init("unit", LOG_LEVEL_INFO);
	log_set_request_id(NULL);
	return 0;
}

static void a_line_has_time_level_program_pid_and_event(void)
{
	char expected[128];
	const char *line;
	int year, month, day, hour, minute, second, ms, end = 0;

	setup();
	capture_begin(&capture, STDERR_FILENO);
	log_event(LOG_LEVEL_WARN, "listening", "path", "/run/x", "mode", "0660", NULL);
	line = capture_end(&capture);
	CU_ASSERT_EQUAL(sscanf(line, "ts=%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &year, &month, &day, &hour, &minute, &second, &ms, &end), 7);
	CU_ASSERT_EQUAL(end, 27);
	snprintf(expected, sizeof expected, " level=warn program=unit pid=%ld event=listening path=/run/x mode=0660\n", (long)getpid());
	CU_ASSERT_STRING_EQUAL(line + end, expected);
}

static void values_are_escaped(void)
{
	setup();
	CU_ASSERT_STRING_EQUAL(logged("k", "a b"), "event=e k=\"a b\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", ""), "event=e k=\"\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", NULL), "event=e k=\"\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", "a=b"), "event=e k=\"a=b\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", "say \"hi\" \\"), "event=e k=\"say \\\"hi\\\" \\\\\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", "one\ntwo level=error\r\t"), "event=e k=\"one\\ntwo level=error\\r\\t\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", "\x1b[2J"), "event=e k=\"\\u001b[2J\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", "caf\xc3\xa9"), "event=e k=\"caf\xc3\xa9\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", "\xff\xc3"), "event=e k=\"\\xff\\xc3\"\n");
	/* C1 control, right-to-left override, line separator */
	CU_ASSERT_STRING_EQUAL(logged("k", "\xc2\x9b\xe2\x80\xae\xe2\x80\xa8"), "event=e k=\"\\u009b\\u202e\\u2028\"\n");
	CU_ASSERT_STRING_EQUAL(logged("k", "\xf3\xa0\x80\xa1"), "event=e k=\"\\U000e0021\"\n");
}

static void a_long_value_is_cut(void)
{
	char value[5000];
	const char *line;

	setup();
	memset(value, 'x', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	line = logged("k", value);
	CU_ASSERT_EQUAL(strlen(line), strlen("event=e k=\"\"...\n") + 1024);
	CU_ASSERT_STRING_EQUAL(line + strlen(line) - 6, "x...\"\n");
}

static void a_line_that_is_too_long_says_so_and_stays_one_line(void)
{
	char value[1001];
	const char *line;

	setup();
	memset(value, 'x', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	capture_begin(&capture, STDERR_FILENO);
	log_event(LOG_LEVEL_INFO, "e", "a", value, "b", value, "c", value, "d", value, "e", value, "f", value, "g", value, "h", value, "i", value, NULL);
	line = capture_end(&capture);
	CU_ASSERT(strlen(line) <= 8192);
	CU_ASSERT_STRING_EQUAL(line + strlen(line) - 7, " cut=1\n");
	CU_ASSERT_PTR_EQUAL(strchr(line, '\n'), line + strlen(line) - 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, " h=xxx"));
	CU_ASSERT_PTR_NULL(strstr(line, " i="));
}

static void lines_below_the_level_are_not_written(void)
{
	log_init("unit", LOG_LEVEL_WARN);
	capture_begin(&capture, STDERR_FILENO);
	log_event(LOG_LEVEL_INFO, "quiet", NULL);
	log_count(LOG_LEVEL_DEBUG, "quiet", "n", 1, NULL);
	CU_ASSERT_STRING_EQUAL(capture_end(&capture), "");
	setup();
}

static void the_request_id_is_on_every_line_until_cleared(void)
{
	setup();
	log_set_request_id("r-1");
	CU_ASSERT_STRING_EQUAL(logged("k", "v"), "event=e request_id=r-1 k=v\n");
	log_set_request_id(NULL);
	CU_ASSERT_STRING_EQUAL(logged("k", "v"), "event=e k=v\n");
}

static void a_count_comes_first(void)
{
	setup();
	capture_begin(&capture, STDERR_FILENO);
	log_count(LOG_LEVEL_INFO, "drained", "sockets", -12, "relay", "r1", NULL);
	CU_ASSERT_STRING_EQUAL(behind_event(capture_end(&capture)), "event=drained sockets=-12 relay=r1\n");
}

/* What has been written, how many lines. */
static int lines(void)
{
	int count = 0;

	for (const char *c = capture_end(&capture); *c; c++)
		count += *c == '\n';
	return count;
}

static void lines_that_are_held_go_out_together(void)
{
	const char *line;

	setup();
	log_hold(true);
	capture_begin(&capture, STDERR_FILENO);
	log_event(LOG_LEVEL_INFO, "one", NULL);
	log_event(LOG_LEVEL_INFO, "two", NULL);
	CU_ASSERT_EQUAL(lines(), 0);
	capture_begin(&capture, STDERR_FILENO);
	log_hold(false);
	log_event(LOG_LEVEL_INFO, "three", NULL);
	line = capture_end(&capture);
	CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(line, "event=one\n"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(strstr(line, "event=one\n"), "event=two\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(strstr(line, "event=two\n"), "event=three\n"));
	log_hold(true);
	capture_begin(&capture, STDERR_FILENO);
	for (int i = 0; i < 100; i++)
		log_event(LOG_LEVEL_INFO, "many", "of", "a hundred characters: ----------------------------------------------------------------------", NULL);
	CU_ASSERT_TRUE(lines() > 50); /* so many bytes are not held */
	log_hold(false);
	log_flush();
}

static void a_held_line_waits_for_a_second(void)
{
	setup();
	log_flush();
	CU_ASSERT_EQUAL(log_tidy(5000), -1);
	log_hold(true);
	capture_begin(&capture, STDERR_FILENO);
	log_event(LOG_LEVEL_INFO, "one", NULL);
	log_hold(false);
	CU_ASSERT_EQUAL(log_tidy(6000), 1000);
	CU_ASSERT_EQUAL(log_tidy(6999), 1);
	CU_ASSERT_EQUAL(lines(), 0);
	capture_begin(&capture, STDERR_FILENO);
	CU_ASSERT_EQUAL(log_tidy(7000), -1);
	CU_ASSERT_EQUAL(lines(), 1);
}

static void a_line_that_cannot_be_written_is_counted(void)
{
	unsigned long long before = log_lost();
	int saved = dup(STDERR_FILENO), full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	setup();
	CU_ASSERT_FATAL(saved >= 0 && full >= 0);
	dup2(full, STDERR_FILENO);
	log_event(LOG_LEVEL_ERROR, "lost", NULL);
	log_event(LOG_LEVEL_DEBUG, "not even tried", NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(full);
	CU_ASSERT_EQUAL(log_lost(), before + 1);
}

static void levels_are_read_by_name(void)
{
	CU_ASSERT_EQUAL(log_level_from_name("debug"), LOG_LEVEL_DEBUG);
	CU_ASSERT_EQUAL(log_level_from_name("info"), LOG_LEVEL_INFO);
	CU_ASSERT_EQUAL(log_level_from_name("warn"), LOG_LEVEL_WARN);
	CU_ASSERT_EQUAL(log_level_from_name("error"), LOG_LEVEL_ERROR);
	CU_ASSERT_EQUAL(log_level_from_name("loud"), LOG_LEVEL_INFO);
	log_init("unit", LOG_LEVEL_OFF);
	capture_begin(&capture, STDERR_FILENO);
	log_event(LOG_LEVEL_ERROR, "quiet", NULL);
	CU_ASSERT_STRING_EQUAL(capture_end(&capture), "");
	setup();
}

static void the_security_log_is_marked_and_not_silenced(void)
{
	const char *line;

	log_init("unit", LOG_LEVEL_ERROR);
	capture_begin(&capture, STDERR_FILENO);
	log_security(LOG_LEVEL_INFO, "login", "operator", "ana\r\nevent=forged", "address", "192.0.2.1", NULL);
	line = capture_end(&capture);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "Z level=info program=unit pid="));
	CU_ASSERT_PTR_NOT_NULL(strstr(line, " stream=security event=login operator=\"ana\\r\\nevent=forged\" address=192.0.2.1\n"));
	setup();
}

static size_t lines_in(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t lines = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	for (int c; (c = fgetc(file)) != EOF;)
		lines += c == '\n';
	(void)fclose(file);
	return lines;
}

static void the_security_log_follows_its_file(void)
{
	char dir[] = "/tmp/security-log.XXXXXX", path[64], moved[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/log", dir);
	(void)snprintf(moved, sizeof moved, "%s/log.1", dir);
	CU_ASSERT_FALSE(log_security_to("/nowhere/log"));
	CU_ASSERT_TRUE_FATAL(log_security_to(path));
	log_security(LOG_LEVEL_INFO, "one", NULL);
	log_security(LOG_LEVEL_INFO, "two", NULL);
	CU_ASSERT_EQUAL(rename(path, moved), 0);
	log_security(LOG_LEVEL_INFO, "three", NULL);
	CU_ASSERT_EQUAL(lines_in(moved), 2);
	CU_ASSERT_EQUAL(lines_in(path), 1);
	CU_ASSERT_TRUE(log_security_to(NULL));
	(void)unlink(path);
	(void)unlink(moved);
	(void)rmdir(dir);
}

CU_TestInfo log_tests[] = {
	{ "levels are read by name", levels_are_read_by_name },
	{ "a line has time, level, program, pid and event", a_line_has_time_level_program_pid_and_event },
	{ "values are escaped", values_are_escaped },
	{ "a long value is cut", a_long_value_is_cut },
	{ "a line that is too long says so and stays one line", a_line_that_is_too_long_says_so_and_stays_one_line },
	{ "lines below the level are not written", lines_below_the_level_are_not_written },
	{ "the request id is on every line until cleared", the_request_id_is_on_every_line_until_cleared },
	{ "a count comes first", a_count_comes_first },
	{ "lines that are held go out together", lines_that_are_held_go_out_together },
	{ "a held line waits for a second", a_held_line_waits_for_a_second },
	{ "a line that cannot be written is counted", a_line_that_cannot_be_written_is_counted },
	{ "the security log is marked and not silenced", the_security_log_is_marked_and_not_silenced },
	{ "the security log follows its file", the_security_log_follows_its_file },
	CU_TEST_INFO_NULL,
};
