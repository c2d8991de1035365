/* SPDX-License-Identifier: ISC */
#include "db/ring.h"

#include <assert.h>

bool ring_is_full(const struct ring *ring)
{
	return ring->count == RING_MAX;
}

void ring_push(struct ring *ring, const struct statement *statement, pipe_done_fn *done, void *arg, uint64_t now_ms)
{
	assert(!ring_is_full(ring));
	ring->slots[(ring->head + ring->count++) % RING_MAX] = (struct request){ .statement = statement, .done = done, .arg = arg, .sent_ms = now_ms };
}

struct request ring_pop(struct ring *ring, uint64_t now_ms)
{
	struct request r = ring->slots[ring->head];

	assert(ring->count > 0);
	ring->head = (ring->head + 1) % RING_MAX;
	if (--ring->count > 0)
		ring->slots[ring->head].sent_ms = now_ms;
	return r;
}

uint64_t ring_head_sent_ms(const struct ring *ring)
{
	assert(ring->count > 0);
	return ring->slots[ring->head].sent_ms;
}
