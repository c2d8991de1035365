/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unictype.h>
#include <unistd.h>
#include <unistr.h>

#define LOG_LINE_MAX 8192 /* bytes; what does not fit is left out and the line ends in cut=1 */
#define LOG_VALUE_MAX 1024
#define LOG_TAIL_RESERVE 8 /* " cut=1\n" */
#define LOG_REQUEST_ID_MAX 64
#define LOG_HELD_MAX PIPE_BUF /* what one write() puts into a pipe in one piece, whoever else writes there */
#define LOG_HELD_MS 1000

static const char *log_program = "switchboard";
static enum log_level log_least = LOG_LEVEL_INFO;
static char log_request_id[LOG_REQUEST_ID_MAX + 1];
static unsigned long long log_lost_lines;
static bool log_holding;
static char log_held[LOG_HELD_MAX];
static size_t log_held_len;
static unsigned log_held_lines;
static long long log_held_ms; /* since when; 0 = log_tidy() has not seen it yet */
static const char *log_security_path; /* NULL: stderr */
static int log_security_fd = -1;

void log_init(const char *program, enum log_level level)
{
	log_program = program;
	log_least = level;
}

enum log_level log_level_from_name(const char *name)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };

	for (int level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++)
		if (!strcmp(name, names[level]))
			return (enum log_level)level;
	return LOG_LEVEL_INFO;
}

void log_set_request_id(const char *request_id)
{
	snprintf(log_request_id, sizeof log_request_id, "%s", request_id ? request_id : "");
}

unsigned long long log_lost(void)
{
	return log_lost_lines;
}

/* Go's way of quoting, which logfmt readers know: \n, \u0085, and \xff for a byte that is no UTF-8. Format characters are escaped too:
 * they could reorder what an administrator reads. */
static void add_escaped(struct buf *line, const uint8_t *c, int units, ucs4_t code)
{
	if (units < 0) {
		buf_addf(line, "\\x%02x", *c);
	} else if (code == '"' || code == '\\') {
		buf_addf(line, "\\%c", (int)code);
	} else if (code == '\n') {
		buf_add_str(line, "\\n");
	} else if (code == '\r') {
		buf_add_str(line, "\\r");
	} else if (code == '\t') {
		buf_add_str(line, "\\t");
	} else if (uc_is_general_category_withtable(code, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp)) {
		buf_addf(line, code > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)code);
	} else {
		buf_add(line, c, (size_t)units);
	}
}

static bool value_is_plain(const char *value)
{
	if (!*value)
		return false;
	for (; *value; value++)
		if (*value <= ' ' || *value >= 0x7f || *value == '"' || *value == '\\' || *value == '=')
			return false;
	return true;
}

static void add_value(struct buf *line, const char *value)
{
	const uint8_t *c = (const uint8_t *)value;
	size_t len = strnlen(value, LOG_VALUE_MAX + 1), left = len > LOG_VALUE_MAX ? LOG_VALUE_MAX : len;

	if (len <= LOG_VALUE_MAX && value_is_plain(value)) {
		buf_add(line, value, len);
		return;
	}
	buf_add_str(line, "\"");
	while (left > 0) {
		ucs4_t code;
		int units = u8_mbtoucr(&code, c, left);
		size_t step = units < 0 ? 1 : (size_t)units;

		add_escaped(line, c, units, code);
		c += step;
		left -= step;
	}
	if (len > LOG_VALUE_MAX)
		buf_add_str(line, "...");
	buf_add_str(line, "\"");
}

/* A pair goes in whole or not at all. */
static void add_pair(struct buf *line, const char *key, const char *value)
{
	size_t len = line->len;

	if (line->overflow)
		return;
	buf_add_str(line, " ");
	buf_add_str(line, key);
	buf_add_str(line, "=");
	add_value(line, value ? value : "");
	if (line->overflow) {
		line->len = len;
		line->data[len] = '\0';
	}
}

static void write_out(int fd, const char *data, size_t len, unsigned lines)
{
	ssize_t done;

	do {
		done = write(fd, data, len);
	} while (done < 0 && errno == EINTR);
	if (done != (ssize_t)len)
		log_lost_lines += lines;
}

void log_flush(void)
{
	if (log_held_len > 0)
		write_out(STDERR_FILENO, log_held, log_held_len, log_held_lines);
	log_held_len = log_held_lines = 0;
	log_held_ms = 0;
}

void log_hold(bool held)
{
	log_holding = held;
}

int log_tidy(long long now_ms)
{
	if (log_held_len > 0 && log_held_ms == 0)
		log_held_ms = now_ms;
	if (log_held_len > 0 && now_ms - log_held_ms >= LOG_HELD_MS)
		log_flush();
	return log_held_len > 0 ? (int)(log_held_ms + LOG_HELD_MS - now_ms) : -1;
}

/* Lines come in the order in which they were written. */
static void write_line(struct buf *line, int fd)
{
	bool cut = line->overflow;

	line->overflow = false;
	line->max += LOG_TAIL_RESERVE;
	buf_add_str(line, cut ? " cut=1\n" : "\n");
	if (!log_holding || log_held_len + line->len > sizeof log_held)
		log_flush();
	if (!log_holding || fd != STDERR_FILENO || line->len > sizeof log_held) {
		write_out(fd, line->data, line->len, 1);
		return;
	}
	memcpy(log_held + log_held_len, line->data, line->len);
	log_held_len += line->len;
	log_held_lines++;
}

static void begin_line(struct buf *line, enum log_level level, const char *event, bool security)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	static char stamp[32]; /* of the second of the last line */
	static time_t second;
	struct timespec now;
	struct tm utc;

	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec != second || !*stamp) {
		second = now.tv_sec;
		gmtime_r(&second, &utc);
		strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
	}
	buf_init(line, LOG_LINE_MAX - LOG_TAIL_RESERVE);
	buf_addf(line, "ts=%s.%03ldZ level=%s program=%s pid=%ld", stamp, now.tv_nsec / 1000000, names[level], log_program, (long)getpid());
	if (security)
		add_pair(line, "stream", "security");
	add_pair(line, "event", event);
	if (*log_request_id)
		add_pair(line, "request_id", log_request_id);
}

static void add_pairs(struct buf *line, va_list args)
{
	const char *key;

	while ((key = va_arg(args, const char *)))
		add_pair(line, key, va_arg(args, const char *));
}

void log_event(enum log_level level, const char *event, ...)
{
	int saved = errno;
	struct buf line;
	va_list args;

	if (level < log_least)
		return;
	begin_line(&line, level, event, false);
	va_start(args, event);
	add_pairs(&line, args);
	va_end(args);
	write_line(&line, STDERR_FILENO);
	buf_fini(&line);
	errno = saved;
}

void log_count(enum log_level level, const char *event, const char *key, long long value, ...)
{
	int saved = errno;
	struct buf line;
	char number[24];
	va_list args;

	if (level < log_least)
		return;
	snprintf(number, sizeof number, "%lld", value);
	begin_line(&line, level, event, false);
	add_pair(&line, key, number);
	va_start(args, value);
	add_pairs(&line, args);
	va_end(args);
	write_line(&line, STDERR_FILENO);
	buf_fini(&line);
	errno = saved;
}

/* ---- the security log --------------------------------------------------------------------------------------- */

static bool open_security(void)
{
	int fd = open(log_security_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0)
		return false;
	if (log_security_fd >= 0)
		close(log_security_fd);
	log_security_fd = fd;
	return true;
}

bool log_security_to(const char *path)
{
	log_security_path = path;
	return !path || open_security();
}

/* Where it goes now: after a rotation the path names another file, or none. */
static int security_fd(void)
{
	struct stat ours, theirs;

	if (!log_security_path)
		return STDERR_FILENO;
	if (log_security_fd < 0 || stat(log_security_path, &theirs) != 0 || fstat(log_security_fd, &ours) != 0 || ours.st_ino != theirs.st_ino || ours.st_dev != theirs.st_dev)
		(void)open_security();
	return log_security_fd;
}

void log_security(enum log_level level, const char *event, ...)
{
	int saved = errno;
	struct buf line;
	va_list args;

	begin_line(&line, level, event, true);
	va_start(args, event);
	add_pairs(&line, args);
	va_end(args);
	write_line(&line, security_fd());
	buf_fini(&line);
	errno = saved;
}
