/* SPDX-License-Identifier: ISC */
#include "cli/passphrase.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted_by;

static void on_interrupt(int signal_number)
{
	interrupted_by = signal_number;
}

/* One line without its end, byte by byte: what comes behind it is not ours. */
static const char *read_line(char ret_line[PASSPHRASE_SIZE])
{
	size_t len = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, ret_line + len, 1)) == 1 && ret_line[len] != '\n')
		if (++len == PASSPHRASE_SIZE - 1)
			return "the password is too long";
	if (got < 0)
		return strerror(errno);
	if (len > 0 && ret_line[len - 1] == '\r')
		len--;
	ret_line[len] = '\0';
	if (strlen(ret_line) != len)
		return "the password has a zero byte in it";
	return len ? NULL : "no password was given";
}

static const char *ask(const char *prompt, char ret_line[PASSPHRASE_SIZE])
{
	const char *fault;

	fputs(prompt, stderr);
	fflush(stderr);
	fault = read_line(ret_line);
	fputc('\n', stderr);
	return fault;
}

/* With the echo off; an interrupt finds the terminal as it was before. */
static const char *ask_twice(const struct termios *shown, char ret_password[PASSPHRASE_SIZE])
{
	struct sigaction action = { .sa_handler = on_interrupt }, old_int, old_term;
	struct termios hidden = *shown;
	char again[PASSPHRASE_SIZE];
	const char *fault;

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &old_int);
	sigaction(SIGTERM, &action, &old_term);
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	fault = ask("Password: ", ret_password);
	if (!fault) {
		fault = ask("Once more: ", again);
		if (!fault && strcmp(ret_password, again) != 0)
			fault = "the two passwords differ";
		OPENSSL_cleanse(again, sizeof again);
	}
	tcsetattr(STDIN_FILENO, TCSAFLUSH, shown);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	if (interrupted_by)
		raise(interrupted_by);
	return fault;
}

const char *passphrase_read(char ret_password[PASSPHRASE_SIZE])
{
	struct termios shown;

	if (isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0)
		return ask_twice(&shown, ret_password);
	return read_line(ret_password);
}
