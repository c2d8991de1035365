/* SPDX-License-Identifier: ISC */
#include "base/json.h"
#include "base/alloc.h"
#include "base/json_text.h"

#include <stdlib.h>
#include <string.h>

/* Members in the whole tree; its depth is bounded by the tokener. */
static size_t count_members(struct json_object *value)
{
	size_t count = 0;

	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, name, member) {
			(void)name;
			count += 1 + count_members(member);
		}
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			count += count_members(json_object_array_get_idx(value, i));
	}
	return count;
}

static struct json_object *parse_tree(const char *text, size_t len)
{
	/* json-c counts the level of the values too, hence one more */
	struct json_tokener *tokener = json_tokener_new_ex(JSON_MAX_DEPTH + 1);
	struct json_object *root;

	if (!tokener)
		abort();
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, text, (int)len);
	if (root && (json_tokener_get_error(tokener) != json_tokener_success || json_tokener_get_parse_end(tokener) != len)) {
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(tokener);
	return root;
}

enum status json_parse(const char *text, size_t len, struct json_object **ret_root)
{
	struct json_object *root = NULL;
	enum status status = STATUS_BAD_JSON;
	char *copy = NULL;
	size_t names;

	if (len == 0 || len > JSON_MAX_BYTES)
		goto out;
	/* a socket's frame has no NUL behind it, and the checks lean on one */
	copy = alloc_zero(len + 1, 1);
	memcpy(copy, text, len);
	if (!json_text_is_ijson(copy, len, &names))
		goto out;
	/* json-c stops behind the value and calls white space after it trailing garbage */
	while (len > 0 && strchr(" \t\r\n", copy[len - 1]))
		len--;
	root = parse_tree(copy, len);
	/* of a repeated name json-c keeps the last, so the tree has fewer members than the text had names */
	if (!json_object_is_type(root, json_type_object) || count_members(root) != names)
		goto out;
	*ret_root = root;
	root = NULL;
	status = STATUS_OK;
out:
	json_object_put(root);
	free(copy);
	return status;
}

bool uuid_is_canonical(const char *str)
{
	static const char pattern[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (!str)
		return false;
	for (const char *p = pattern; *p; p++, str++)
		if (*p == '-' ? *str != '-' : !*str || !strchr("0123456789abcdef", *str))
			return false;
	return *str == '\0';
}
