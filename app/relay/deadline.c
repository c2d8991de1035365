/* SPDX-License-Identifier: ISC */
#include "relay/deadline.h"

#include <utlist.h>

void deadline_arm(struct deadline_line *line, struct deadline *deadline, uint64_t now_ms)
{
	deadline_clear(deadline);
	deadline->line = line;
	deadline->due_ms = now_ms + line->wait_ms;
	DL_APPEND(line->head, deadline);
}

void deadline_clear(struct deadline *deadline)
{
	if (!deadline->line)
		return;
	DL_DELETE(deadline->line->head, deadline);
	deadline->line = NULL;
}

struct deadline *deadline_due(struct deadline_line *line, uint64_t now_ms)
{
	struct deadline *first = line->head;

	if (!first || first->due_ms > now_ms)
		return NULL;
	deadline_clear(first);
	return first;
}
