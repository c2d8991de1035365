/* SPDX-License-Identifier: ISC */
/* What the code under test writes to stdout or stderr, as a string. */
#ifndef SWITCHBOARD_TESTS_CAPTURE_H
#define SWITCHBOARD_TESTS_CAPTURE_H

#define CAPTURE_MAX 65536

struct capture {
	int fd;    /* 1 or 2 */
	int saved; /* where it went before */
	int file;
	char text[CAPTURE_MAX];
};

void capture_begin(struct capture *c, int fd);
const char *capture_end(struct capture *c); /* borrowed from `c` */

#endif
