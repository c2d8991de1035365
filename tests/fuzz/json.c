/* SPDX-License-Identifier: ISC */
/* The JSON that strangers send: what json_parse() lets through is written out and read again as the same, and json_read() gives what its table says. */
#include "api/canonical.h"
#include "base/json.h"
#include "fuzz.h"

#include <string.h>

/* Members called a, b, c … of every kind. */
static void read_fields(struct json_object *root)
{
	const char *name = NULL, *body = NULL, *token = NULL, *uuid = NULL, *email = NULL;
	struct json_object *strings = NULL, *object = NULL;
	int64_t number = 0;
	bool truth = false;
	const struct json_field fields[] = {
		{ "a", JSON_NAME, false, 1, 100, &name },   { "b", JSON_BODY, false, 1, 4000, &body },    { "c", JSON_TOKEN, false, 1, 64, &token },
		{ "d", JSON_UUID, false, 0, 0, &uuid },     { "e", JSON_EMAIL, false, 1, 254, &email },   { "f", JSON_INT, false, -5, 1000, &number },
		{ "g", JSON_BOOL, false, 0, 0, &truth },    { "h", JSON_STRINGS, false, 0, 8, &strings }, { "i", JSON_OBJECT, false, 0, 0, &object },
	};
	struct problem problem = { 0 };
	enum status status = json_read(root, fields, sizeof fields / sizeof fields[0], &problem);

	if (status != STATUS_OK) {
		fuzz_holds(status == STATUS_INVALID && problem.status == status);
		return;
	}
	fuzz_holds(!name || (name[0] != '\0' && strlen(name) <= 400 && !strpbrk(name, "\r\n\t")));
	fuzz_holds(!body || (body[0] != '\0' && strlen(body) <= 16000 && !strchr(body, '\r')));
	fuzz_holds(!token || (token[0] != '\0' && strlen(token) <= 64));
	fuzz_holds(!uuid || uuid_is_canonical(uuid));
	fuzz_holds(!email || strchr(email, '@'));
	fuzz_holds(number >= -5 && number <= 1000);
	fuzz_holds(!object || json_object_is_type(object, json_type_object));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *root = NULL, *again = NULL;
	uint8_t hash[SECRET_BYTES], hash_again[SECRET_BYTES];
	const char *text;

	if (json_parse((const char *)data, size, &root) != STATUS_OK) {
		fuzz_holds(!root);
		return 0;
	}
	text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN);
	fuzz_holds(json_parse(text, strlen(text), &again) == STATUS_OK);
	canonical_hash(root, hash);
	canonical_hash(again, hash_again);
	fuzz_holds(memcmp(hash, hash_again, sizeof hash) == 0);
	json_object_put(again);
	read_fields(root);
	json_object_put(root);
	return 0;
}
