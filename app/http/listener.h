/* SPDX-License-Identifier: ISC */
/* The listening socket of a FastCGI program: inherited (systemd's LISTEN_FDS, or descriptor 0 as spawn-fcgi and mod_fcgid do), else a unix socket of
 * our own. Our own code instead of FCGX_OpenSocket(), which ends the process on errors, takes a path with a colon for TCP on all interfaces, and
 * steals the path of a living program. */
#ifndef SWITCHBOARD_HTTP_LISTENER_H
#define SWITCHBOARD_HTTP_LISTENER_H

#include "base/status.h"

#include <stdbool.h>
#include <sys/types.h>

struct listener {
	int fd;
	int lock_fd;      /* path.lock is held while the program lives; -1 when inherited */
	const char *path; /* borrowed; NULL when inherited */
	dev_t device;     /* what we bound, so that we remove only our own */
	ino_t inode;
};

/* Non-blocking and close-on-exec. Refuses (STATUS_UNAVAILABLE, logged) a path that is too long or where another instance lives; replaces a stale
 * socket. */
enum status MUST_CHECK listener_open(struct listener *listener, const char *path, mode_t mode);
/* On descriptor 0: whoever started us starts as many of us as it wants, and each serves by itself. */
bool listener_is_spawned(const struct listener *listener);
void listener_close(struct listener *listener);

#endif
