/* SPDX-License-Identifier: ISC */
#include "crowd.h"

#include "link.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CONNECTS_A_TURN 16 /* 64 took 2.5 ms, in which nobody else's acks were read */

enum state { APART, UPGRADING, GREETING, SYNCED, LOST };

struct member {
	struct link link;
	enum state state;
	char hello[192];
};

void crowd_init(struct crowd *crowd, const char *socket, const char *origin, int epoll, uint64_t tag, size_t count)
{
	*crowd = (struct crowd){ .socket = socket, .origin = origin, .epoll = epoll, .tag = tag, .size = count };
	crowd->members = calloc(count + 1, sizeof *crowd->members);
	if (!crowd->members)
		err(1, "memory");
}

void crowd_fini(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		if (crowd->members[i].link.fd >= 0)
			link_close(&crowd->members[i].link);
	if (crowd->cut)
		(void)pthread_join(crowd->cutter, NULL);
	free(crowd->cut);
	free(crowd->members);
	*crowd = (struct crowd){ 0 };
}

void crowd_add(struct crowd *crowd, const char *chat, const char *token)
{
	struct member *m = &crowd->members[crowd->count++];

	m->link.fd = -1;
	(void)snprintf(m->hello, sizeof m->hello, "{\"t\":\"hello\",\"token\":\"%s\",\"chat\":\"%s\",\"last_seq\":0}", token, chat);
}

static void begin(struct crowd *crowd, size_t i)
{
	struct member *m = &crowd->members[i];
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = crowd->tag + i };

	if (!link_begin(&m->link, crowd->socket, crowd->origin))
		return; /* the relay's queue is full: next turn */
	m->state = UPGRADING;
	if (epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, m->link.fd, &event) < 0)
		err(1, "epoll");
}

void crowd_turn(struct crowd *crowd, uint64_t now_ns)
{
	size_t i = crowd->unopened;

	for (int n = 0; n < CONNECTS_A_TURN && i < crowd->count; n++, i++) {
		begin(crowd, i);
		if (crowd->members[i].state == APART)
			break;
	}
	crowd->unopened = i;
	if (crowd->cut_ns > 0 && crowd->whole_ns == 0 && crowd_is_whole(crowd))
		crowd->whole_ns = now_ns;
}

static void look_for_synced(void *arg, const char *text, size_t len)
{
	bool *synced = arg;

	if (len >= 13 && memcmp(text, "{\"t\":\"synced\"", 13) == 0)
		*synced = true;
}

void crowd_event(struct crowd *crowd, uint64_t tag)
{
	struct member *m = &crowd->members[tag - crowd->tag];
	bool synced = false;

	if (m->link.fd < 0)
		return;
	if (m->state == UPGRADING) {
		if (!link_is_upgraded(&m->link))
			return;
		m->state = GREETING;
		link_send(&m->link, m->hello, strlen(m->hello));
		return;
	}
	if (!link_read(&m->link, look_for_synced, &synced)) {
		crowd->back -= m->state == SYNCED;
		crowd->lost++;
		m->state = LOST;
		link_close(&m->link);
	} else if (synced && m->state == GREETING) {
		m->state = SYNCED;
		crowd->back++;
	}
}

bool crowd_is_whole(const struct crowd *crowd)
{
	return crowd->back == crowd->count;
}

static void *close_cut(void *arg)
{
	struct crowd *crowd = arg;

	for (size_t i = 0; i < crowd->count; i++)
		if (crowd->cut[i] >= 0)
			close(crowd->cut[i]);
	return NULL;
}

/* To close thousands takes a tenth of a second, in which nobody else's acks would be read: a thread of its own does it, which takes them out of the epoll, too. */
void crowd_cut(struct crowd *crowd, uint64_t now_ns)
{
	crowd->cut = malloc((crowd->count + 1) * sizeof *crowd->cut);
	if (!crowd->cut)
		err(1, "memory");
	for (size_t i = 0; i < crowd->count; i++) {
		struct member *m = &crowd->members[i];

		crowd->cut[i] = link_let_go(&m->link);
		m->state = APART;
	}
	crowd->back = crowd->unopened = 0;
	crowd->cut_ns = now_ns;
	if (pthread_create(&crowd->cutter, NULL, close_cut, crowd) != 0)
		errx(1, "no thread");
}
