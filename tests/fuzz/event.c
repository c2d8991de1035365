/* SPDX-License-Identifier: ISC */
/* A stored event as frames: whatever text the row holds, both frames are JSON that says just that. Fields of the row stand behind each other, each ended
 * by 0x1f: kind, kind of author, name, body, data. */
#include "relay/event.h"

#include "base/json.h"
#include "fuzz.h"

#include <string.h>
#include <unistr.h>

#define CHAT "0b0c2f5e-1111-4222-8333-444455556666"

static bool is_text(const char *text)
{
	return u8_check((const uint8_t *)text, strlen(text)) == NULL;
}

/* What the database can hold as the data of an event: an object, not as deep as a message may be. */
static bool is_data(const char *text)
{
	struct json_object *root = NULL;
	char wrapped[4096];

	if (snprintf(wrapped, sizeof wrapped, "{\"data\":%s}", text) >= (int)sizeof wrapped || json_parse(wrapped, strlen(wrapped), &root) != STATUS_OK)
		return false;
	json_object_put(root);
	return true;
}

/* A JSON string cannot hold raw control characters, json_parse() refuses \u0000: all others come back as they were. */
static void says(const char *frame, size_t len, const char *member, const char *text)
{
	struct json_object *root = NULL, *value = NULL;

	fuzz_holds(json_parse(frame, len, &root) == STATUS_OK);
	fuzz_holds(!memchr(frame, '<', len) && !memchr(frame, '\n', len));
	if (member) {
		fuzz_holds(json_object_object_get_ex(root, member, &value));
		fuzz_holds(strcmp(json_object_get_string(value), text) == 0);
	}
	json_object_put(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *fields[5];
	bool fit = true;

	for (size_t i = 0; i < 5; i++) {
		fields[i] = fuzz_take(&data, &size, '\x1f');
		fit = fit && is_text(fields[i]);
	}
	if (fit && (fields[4][0] == '\0' || (is_data(fields[4]) && !strpbrk(fields[4], "<\n\r\t")))) {
		const struct event_row row = { .chat = CHAT, .seq = 7, .kind = fields[0], .author_kind = fields[1], .author_name = fields[2], .body = fields[3],
					       .data = fields[4][0] ? fields[4] : NULL, .at = "2026-01-02T03:04:05.678Z", .operators_only = fields[0][0] == 'n' };
		struct event *event = event_new(&row);
		const char *text;
		size_t len;

		text = event_text(event, PARTY_OPERATOR, &len);
		says(text, len, "body", fields[3]);
		text = event_text(event, PARTY_CUSTOMER, &len);
		says(text, len, row.operators_only ? NULL : "body", fields[3]);
		event_free(&event);
	}
	for (size_t i = 0; i < 5; i++)
		free(fields[i]);
	return 0;
}
