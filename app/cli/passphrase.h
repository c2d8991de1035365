/* SPDX-License-Identifier: ISC */
/* Reading a password from the person at the terminal, or from a pipe. */
#ifndef SWITCHBOARD_CLI_PASSPHRASE_H
#define SWITCHBOARD_CLI_PASSPHRASE_H

#define PASSPHRASE_SIZE 1024

/* On a terminal: asked for twice, not shown; else one line of standard input. NULL when `ret_password` is filled, else what was wrong. The caller cleanses it. */
const char *passphrase_read(char ret_password[PASSPHRASE_SIZE]);

#endif
