/* SPDX-License-Identifier: ISC */
#include "relay/post.h"

#include "base/alloc.h"
#include "db/array.h"

#include <string.h>

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

size_t post_size(const char *body, const char *choice)
{
	return sizeof(struct post) + size_of(body) + size_of(choice);
}

struct post *post_new(const char *chat, const char *kind, const char *cid, const char *body, const char *choice)
{
	struct post *post = alloc_zero(1, post_size(body, choice));

	post->size = post_size(body, choice);
	post->note = strcmp(kind, "note") == 0;
	memcpy(post->chat, chat, UUID_LEN);
	memcpy(post->cid, cid, UUID_LEN);
	if (body)
		post->body = memcpy(post->text, body, size_of(body));
	if (choice)
		post->choice = memcpy(post->text + size_of(body), choice, size_of(choice));
	return post;
}

void posts_begin(struct buf arrays[POST_ARRAY_COUNT])
{
	static const enum array_type types[POST_ARRAY_COUNT] = {
		[POST_CREDENTIALS] = ARRAY_BYTEA, [POST_CHATS] = ARRAY_UUID, [POST_KINDS] = ARRAY_TEXT,
		[POST_CIDS] = ARRAY_UUID, [POST_BODIES] = ARRAY_TEXT, [POST_CHOICES] = ARRAY_TEXT,
	};

	for (int i = 0; i < POST_ARRAY_COUNT; i++)
		array_binary_begin(&arrays[i], types[i]);
}

static void add_text(struct buf *array, const char *text)
{
	array_binary_add(array, text, text ? strlen(text) : 0);
}

void post_add(const struct post *post, struct buf arrays[POST_ARRAY_COUNT])
{
	array_binary_add(&arrays[POST_CREDENTIALS], post->credential, sizeof post->credential);
	array_binary_add_uuid(&arrays[POST_CHATS], post->chat);
	add_text(&arrays[POST_KINDS], post->note ? "note" : "message");
	array_binary_add_uuid(&arrays[POST_CIDS], post->cid);
	add_text(&arrays[POST_BODIES], post->body);
	add_text(&arrays[POST_CHOICES], post->choice);
}
