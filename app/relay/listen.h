/* SPDX-License-Identifier: ISC */
/* The unix socket the web server connects to. We accept ourselves, one after the other at a steady pace and never past the descriptor limit, and hand
 * each connection on. When thousands come at once those whose turn has not come wait in the kernel's line, where they cost nothing and no time of theirs runs. */
#ifndef SWITCHBOARD_RELAY_LISTEN_H
#define SWITCHBOARD_RELAY_LISTEN_H

#include "base/bucket.h"
#include "base/options.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct listener {
	uv_poll_t poll;
	int fd;            /* -1: closed */
	bool owned;        /* we bound the path and remove it at the end */
	bool full;         /* as many are open as may be */
	struct rate pace;
	struct bucket paced;
	uv_timer_t turn;   /* ends a wait for the pace */
	const char *path;
	size_t open, max;  /* connections */
	void (*accepted)(void *arg, int fd); /* takes the descriptor; calls listener_closed() when it is gone, or at once */
	void *arg;
};

/* Takes the socket of the service manager (LISTEN_FDS) or binds `relay_socket`. A path that another process answers on is refused;
 * what went wrong is logged. */
enum status MUST_CHECK listener_open(struct listener *l, uv_loop_t *loop, const struct options *options, size_t max, void (*accepted)(void *arg, int fd), void *arg);
void listener_closed(struct listener *l); /* one connection fewer */
void listener_close(struct listener *l);  /* no more connections; the path goes away */

#endif
