/* SPDX-License-Identifier: ISC */
/* Customers who say nothing: many sockets that are opened, are there, and in a storm are cut all at once and come back all at once, as fast as they can. */
#ifndef SWITCHBOARD_LOAD_CROWD_H
#define SWITCHBOARD_LOAD_CROWD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct member;

struct crowd {
	const char *socket, *origin;
	int epoll;
	uint64_t tag; /* of the first one's events; the others follow */
	struct member *members;
	size_t count, size;
	size_t back;       /* so many are synced */
	size_t unopened;   /* the lowest that may still have to connect */
	size_t lost;       /* closed by the relay */
	uint64_t cut_ns, whole_ns; /* of a storm; 0: not yet */
	int *cut;                  /* descriptors that the cutter closes */
	pthread_t cutter;
};

void crowd_init(struct crowd *crowd, const char *socket, const char *origin, int epoll, uint64_t tag, size_t count);
void crowd_fini(struct crowd *crowd);

/* One more, who begins to connect. */
void crowd_add(struct crowd *crowd, const char *chat, const char *token);
/* Goes on with who has to connect; call after each wait. */
void crowd_turn(struct crowd *crowd, uint64_t now_ns);
/* Something has come for this one. */
void crowd_event(struct crowd *crowd, uint64_t tag);
bool crowd_is_whole(const struct crowd *crowd);

/* All are cut. */
void crowd_cut(struct crowd *crowd, uint64_t now_ns);

#endif
