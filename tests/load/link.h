/* SPDX-License-Identifier: ISC */
/* One client's WebSocket on a relay's unix socket, as cheap as can be, so that the load client is not what is measured: no library, one
 * read for many frames, one write for each. The handshake blocks; from link_settle() on nothing does. */
#ifndef SWITCHBOARD_LOAD_LINK_H
#define SWITCHBOARD_LOAD_LINK_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	int fd;
	char *rest; /* of a frame whose end has not come yet */
	size_t rest_len;
};

/* Connects, upgrades, sends `hello` and reads until a frame of type `until` has come. What fails ends the program with a word on stderr. */
void link_open(struct link *link, const char *path, const char *origin, const char *hello, const char *until);
/* The same without waiting: connects and asks for the upgrade (false: no room in the relay's queue now); then, when something has come, whether it is
 * granted. The hello is the caller's. */
bool link_begin(struct link *link, const char *path, const char *origin);
bool link_is_upgraded(struct link *link);
/* Nothing blocks from now on. */
void link_settle(struct link *link);
void link_close(struct link *link);
int link_let_go(struct link *link); /* → the descriptor, which is the caller's to close */

/* One text frame; a socket that does not take all of it ends the program: the load is then more than can be measured. */
void link_send(struct link *link, const char *text, size_t len);

/* Reads what has come and gives each text frame to `each`; pings are answered. false: the other side has closed. */
bool link_read(struct link *link, void (*each)(void *arg, const char *text, size_t len), void *arg);

#endif
