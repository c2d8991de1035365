/* SPDX-License-Identifier: ISC */
/* Earlier chats of the person whom the site vouches for, for who talks with that person now. */
#include "api/handlers.h"
#include "api/post.h"
#include "chat/statements.h"

enum status history_list(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };

	return call_answer(call, &STATEMENT_PERSON_CHATS, params, ARRAY_SIZE(params));
}

enum status history_events(struct call *call)
{
	struct post_page page;
	enum status status = post_read_page(call, &page);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = {
		SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(call->match.args[1]), PARAM_TEXT(page.after), PARAM_TEXT(page.limit),
	};

	return call_answer(call, &STATEMENT_PERSON_CHAT_EVENTS, params, ARRAY_SIZE(params));
}
