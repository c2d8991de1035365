/* SPDX-License-Identifier: ISC */
#include "relay/mailbox.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void mailbox_init(struct mailbox *m, size_t bytes_max)
{
	*m = (struct mailbox){ .bytes_max = bytes_max };
	if (uv_mutex_init(&m->mutex) != 0 || uv_cond_init(&m->filled) != 0)
		abort();
}

void letters_free(struct letter **letters)
{
	struct letter *letter = *letters, *next;

	for (; letter; letter = next) {
		next = letter->next;
		free(letter);
	}
	*letters = NULL;
}

void mailbox_fini(struct mailbox *m)
{
	letters_free(&m->head);
	uv_cond_destroy(&m->filled);
	uv_mutex_destroy(&m->mutex);
}

static bool put(struct mailbox *m, int kind, const char *text, size_t len, bool must)
{
	struct letter *letter = alloc_zero(1, sizeof *letter + len + 1);
	bool fits;

	letter->kind = kind;
	letter->len = len;
	memcpy(letter->text, text, len);
	uv_mutex_lock(&m->mutex);
	fits = must || (len <= m->bytes_max && m->bytes <= m->bytes_max - len);
	if (fits) {
		if (m->tail)
			m->tail->next = letter;
		else
			m->head = letter;
		m->tail = letter;
		m->bytes += len;
		uv_cond_signal(&m->filled);
	}
	uv_mutex_unlock(&m->mutex);
	if (!fits)
		free(letter);
	return fits;
}

bool mailbox_put(struct mailbox *m, int kind, const char *text, size_t len)
{
	return put(m, kind, text, len, false);
}

void mailbox_must_put(struct mailbox *m, int kind, const char *text)
{
	(void)put(m, kind, text, strlen(text), true);
}

static struct letter *take_locked(struct mailbox *m)
{
	struct letter *letters = m->head;

	m->head = m->tail = NULL;
	m->bytes = 0;
	return letters;
}

struct letter *mailbox_take(struct mailbox *m)
{
	struct letter *letters;

	uv_mutex_lock(&m->mutex);
	letters = take_locked(m);
	uv_mutex_unlock(&m->mutex);
	return letters;
}

struct letter *mailbox_wait(struct mailbox *m, unsigned ms)
{
	struct letter *letters;

	uv_mutex_lock(&m->mutex);
	if (!m->head)
		(void)uv_cond_timedwait(&m->filled, &m->mutex, (uint64_t)ms * 1000000); /* woken for nothing: nothing is there */
	letters = take_locked(m);
	uv_mutex_unlock(&m->mutex);
	return letters;
}
