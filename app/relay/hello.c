/* SPDX-License-Identifier: ISC */
#include "relay/hello.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOT_TOKEN_PREFIX "sb_"

static enum status read_cursors(struct json_object *cursors, struct hello *hello, struct problem *problem)
{
	json_object_object_foreach(cursors, chat, seq) {
		struct hello_cursor *c = &hello->cursors[hello->cursor_count++];

		if (!uuid_is_canonical(chat) || !json_object_is_type(seq, json_type_int) || json_object_get_int64(seq) < 0)
			return problem_set(problem, STATUS_INVALID, "cursors");
		memcpy(c->chat, chat, sizeof c->chat);
		c->seq = (uint64_t)json_object_get_int64(seq);
	}
	return STATUS_OK;
}

/* As `switchboard bot token add` prints it. */
static bool is_bot_token(const char *token)
{
	return strncmp(token, BOT_TOKEN_PREFIX, strlen(BOT_TOKEN_PREFIX)) == 0 && secret_token_is_wellformed(token + strlen(BOT_TOKEN_PREFIX));
}

enum status hello_new(const struct frame *frame, struct hello **ret_hello, struct problem *problem)
{
	const char *secret = frame->ticket ? frame->ticket : frame->bot_token ? frame->bot_token : frame->token;
	size_t cursors = frame->cursors ? (size_t)json_object_object_length(frame->cursors) : 0;
	struct hello *hello;
	enum status status = STATUS_OK;

	if (frame->bot_token ? !is_bot_token(secret) : !secret_token_is_wellformed(secret))
		return problem_set(problem, STATUS_UNAUTHORIZED, NULL);
	hello = alloc_zero(1, sizeof *hello + cursors * sizeof hello->cursors[0]);
	hello->bot = frame->bot_token != NULL;
	hello->operator = hello->bot || frame->ticket != NULL;
	secret_sha256(secret, strlen(secret), hello->secret);
	if (frame->chat)
		memcpy(hello->chat, frame->chat, sizeof hello->chat);
	hello->last_seq = (uint64_t)frame->last_seq;
	if (frame->epoch)
		(void)snprintf(hello->epoch, sizeof hello->epoch, "%s", frame->epoch);
	if (frame->cursors)
		status = read_cursors(frame->cursors, hello, problem);
	if (status == STATUS_OK)
		*ret_hello = hello;
	else
		hello_free(&hello);
	return status;
}

void hello_free(struct hello **hello)
{
	free(*hello);
	*hello = NULL;
}

uint64_t hello_cursor(const struct hello *hello, const char *chat)
{
	for (size_t i = 0; i < hello->cursor_count; i++)
		if (strcmp(hello->cursors[i].chat, chat) == 0)
			return hello->cursors[i].seq;
	return 0;
}

uint64_t hello_start(const struct hello *hello, uint64_t cursor, const char *epoch, uint64_t last_seq, bool *ret_resync)
{
	bool other_epoch = hello->epoch[0] != '\0' && strcmp(hello->epoch, epoch) != 0;

	*ret_resync = cursor > 0 && (other_epoch || cursor > last_seq);
	return *ret_resync ? 0 : cursor;
}
