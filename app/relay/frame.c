/* SPDX-License-Identifier: ISC */
#include "relay/frame.h"

#include <string.h>

#define SEQ_MAX ((int64_t)1 << 53) /* what JavaScript counts exactly */
#define BODY_MAX 4000
#define FIELDS_MAX 8

struct frame_field {
	const char *name;
	enum json_kind kind;
	bool required;
	int64_t min, max;
	size_t offset;
};

struct frame_def {
	const char *name;
	enum party who; /* PARTY_UNKNOWN: both */
	enum client_state state;
	bool elsewhere; /* known, but not done over this socket */
	struct frame_field fields[FIELDS_MAX];
};

#define AT(member) offsetof(struct frame, member)
#define CHAT { "chat", JSON_UUID, true, 0, 0, AT(chat) }
#define CID { "cid", JSON_UUID, true, 0, 0, AT(cid) }
#define OFFER { "offer", JSON_UUID, true, 0, 0, AT(offer) }
#define SEQ { "seq", JSON_INT, true, 0, SEQ_MAX, AT(seq) }
#define EPOCH { "epoch", JSON_TOKEN, false, 1, 64, AT(epoch) }
#define TAB { "tab", JSON_TOKEN, false, 1, 64, AT(tab) }

static const struct frame_def frame_defs[] = {
	[FRAME_HELLO_CUSTOMER] = { "hello", PARTY_UNKNOWN, CLIENT_NEW, false,
		{ { "token", JSON_TOKEN, true, 1, 128, AT(token) }, CHAT, { "last_seq", JSON_INT, false, 0, SEQ_MAX, AT(last_seq) }, EPOCH, TAB } },
	[FRAME_HELLO_OPERATOR] = { "hello", PARTY_UNKNOWN, CLIENT_NEW, false,
		{ { "ticket", JSON_TOKEN, true, 1, 128, AT(ticket) }, { "cursors", JSON_OBJECT, false, 0, 0, AT(cursors) }, EPOCH, TAB } },
	[FRAME_HELLO_BOT] = { "hello", PARTY_UNKNOWN, CLIENT_NEW, false,
		{ { "bot_token", JSON_TOKEN, true, 1, 128, AT(bot_token) }, { "cursors", JSON_OBJECT, false, 0, 0, AT(cursors) }, EPOCH, TAB } },
	[FRAME_SEND] = { "send", PARTY_UNKNOWN, CLIENT_READY, false,
		{ CID, CHAT, { "body", JSON_BODY, false, 1, BODY_MAX, AT(body) }, { "choice", JSON_TOKEN, false, 1, 64, AT(choice) } } },
	[FRAME_NOTE] = { "note", PARTY_OPERATOR, CLIENT_READY, false, { CID, CHAT, { "body", JSON_BODY, true, 1, BODY_MAX, AT(body) } } },
	[FRAME_GOT] = { "got", PARTY_UNKNOWN, CLIENT_READY, false, { CHAT, SEQ } },
	[FRAME_READ] = { "read", PARTY_UNKNOWN, CLIENT_READY, false, { CHAT, SEQ } },
	[FRAME_TYPING] = { "typing", PARTY_UNKNOWN, CLIENT_READY, false, { CHAT, { "on", JSON_BOOL, true, 0, 0, AT(on) } } },
	[FRAME_PING] = { "ping", PARTY_UNKNOWN, CLIENT_READY, false, { { "n", JSON_INT, true, 0, SEQ_MAX, AT(n) } } },
	[FRAME_ACCEPT] = { "accept", PARTY_OPERATOR, CLIENT_READY, false, { OFFER } },
	[FRAME_DECLINE] = { "decline", PARTY_OPERATOR, CLIENT_READY, false, { OFFER, { "reason", JSON_NAME, false, 1, 200, AT(reason) } } },
	[FRAME_TURN] = { "turn", PARTY_OPERATOR, CLIENT_READY, false, { CID, CHAT, { "turn", JSON_OBJECT, true, 0, 0, AT(turn) } } },
	[FRAME_TRANSFER] = { "transfer", PARTY_OPERATOR, CLIENT_READY, true, { { NULL } } },
};

#define DEF_COUNT (sizeof frame_defs / sizeof frame_defs[0])

static const struct frame_def *find_def(struct json_object *root)
{
	struct json_object *type, *secret;
	const char *name;

	if (!json_object_object_get_ex(root, "t", &type) || !json_object_is_type(type, json_type_string))
		return NULL;
	name = json_object_get_string(type);
	if (strcmp(name, "hello") == 0 && json_object_object_get_ex(root, "bot_token", &secret))
		return &frame_defs[FRAME_HELLO_BOT];
	if (strcmp(name, "hello") == 0)
		return &frame_defs[json_object_object_get_ex(root, "ticket", &secret) ? FRAME_HELLO_OPERATOR : FRAME_HELLO_CUSTOMER];
	for (size_t i = 0; i < DEF_COUNT; i++)
		if (strcmp(frame_defs[i].name, name) == 0)
			return &frame_defs[i];
	return NULL;
}

static enum status read_fields(const struct frame_def *def, struct frame *frame, struct problem *problem)
{
	const char *type;
	struct json_field fields[FIELDS_MAX + 1];
	size_t count = 0;
	enum status status;

	for (const struct frame_field *f = def->fields; f < def->fields + FIELDS_MAX && f->name; f++)
		fields[count++] = (struct json_field){
			.name = f->name, .kind = f->kind, .required = f->required, .min = f->min, .max = f->max, .ret = (char *)frame + f->offset,
		};
	fields[count++] = (struct json_field){ .name = "t", .kind = JSON_TOKEN, .required = true, .min = 1, .max = 32, .ret = &type };
	status = json_read(frame->root, fields, count, problem);
	if (status == STATUS_OK && frame->type == FRAME_SEND && !frame->body && !frame->choice)
		status = problem_set(problem, STATUS_INVALID, "body");
	return status;
}

enum status frame_parse(const char *text, size_t len, enum client_state state, enum party party, struct frame *ret_frame, struct problem *problem)
{
	const struct frame_def *def;
	enum status status;

	*ret_frame = (struct frame){ 0 };
	status = json_parse(text, len, &ret_frame->root);
	if (status != STATUS_OK) {
		ret_frame->root = NULL;
		return problem_set(problem, status, NULL);
	}
	def = find_def(ret_frame->root);
	if (!def)
		return problem_set(problem, STATUS_UNKNOWN_TYPE, NULL);
	ret_frame->type = (enum frame_type)(def - frame_defs);
	if (def->state != state)
		return problem_set(problem, STATUS_BAD_STATE, NULL);
	if (def->who != PARTY_UNKNOWN && def->who != party)
		return problem_set(problem, STATUS_FORBIDDEN, NULL);
	if (def->elsewhere)
		return problem_set(problem, STATUS_UNKNOWN_TYPE, NULL);
	return read_fields(def, ret_frame, problem);
}

void frame_fini(struct frame *frame)
{
	json_object_put(frame->root);
	frame->root = NULL;
}
