/* SPDX-License-Identifier: ISC */
/* logfmt on stderr, one line an event, written with one write(2). Values are escaped (quotes, backslash, control bytes);
 * never pass a message body, a token or a password. Levels: a line below the set level costs one comparison. */
#ifndef SWITCHBOARD_BASE_LOG_H
#define SWITCHBOARD_BASE_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_OFF /* only for log_init(): the command line tells its user in sentences */
};

/* `program` is borrowed for the life of the process. */
void log_init(const char *program, enum log_level level);

/* "debug", "info", "warn" or "error", as the option log_level has it; anything else is info. */
enum log_level log_level_from_name(const char *name);

/* Request id put on every following line of this process (prefork: one request at a time); NULL clears it. Copied. */
void log_set_request_id(const char *request_id);

/* Key/value pairs, NULL-terminated: log_event(LOG_LEVEL_INFO, "listening", "path", path, NULL).
 * Format is fixed: ts=RFC3339ms level= program= pid= event= [request_id=] k=v... */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* Same with one number first: log_count(LOG_LEVEL_INFO, "drained", "sockets", 12, "relay", name, NULL) */
void log_count(enum log_level level, const char *event, const char *key, long long value, ...) __attribute__((sentinel));

/* While `held` is on, lines for stderr may wait for each other and go out with one write(2): as soon as another line is not held, or they fill a few kilobytes, or
 * log_tidy() finds that a second is over. A process that is killed takes them with it, so this is for lines that nobody would miss then. */
void log_hold(bool held);

/* Writes what has been held for a second by now (of CLOCK_MONOTONIC). Returns in how many milliseconds it wants to be asked again; -1: nothing is held. */
int log_tidy(long long now_ms);

/* Writes what is held. */
void log_flush(void);

/* The security log: who came, who was not let in, who wanted too much. Written whatever the least level is; its lines carry stream=security and go to stderr
 * among the others, or, after log_security_to(), to a file of their own, which is made when it is missing and opened anew when somebody has moved it away.
 * Here and nowhere else may an address be told. */
void log_security(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* false when the file cannot be written (errno says why). `path` is borrowed for the life of the process; NULL = stderr. */
bool log_security_to(const char *path);

/* Lines that could not be written (disk full, closed pipe) since start; shown by health. */
unsigned long long log_lost(void);

#endif
