/* SPDX-License-Identifier: ISC */
#include "base/json.h"
#include "base/alloc.h"
#include "base/json_text.h"

#include <stdlib.h>
#include <string.h>

/* What the whole tree holds; its depth is bounded by the tokener. */
static void add_extent(struct json_object *value, struct json_extent *extent)
{
	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, name, member) {
			extent->names++;
			extent->string_bytes += strlen(name);
			add_extent(member, extent);
		}
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			add_extent(json_object_array_get_idx(value, i), extent);
	} else if (json_object_is_type(value, json_type_string)) {
		extent->string_bytes += (size_t)json_object_get_string_len(value);
	}
}

/* Is everything there? Of a repeated name json-c keeps the last, so the tree has fewer members than the text had names; and where it gets no memory it leaves out
 * members, and ends of strings, without a word. */
static bool tree_is_whole(struct json_object *root, const struct json_extent *text)
{
	struct json_extent tree = { 0 };

	add_extent(root, &tree);
	return tree.names == text->names && tree.string_bytes == text->string_bytes;
}

static struct json_object *parse_tree(const char *text, size_t len, size_t max_depth)
{
	/* json-c counts the level of the values too, hence one more */
	struct json_tokener *tokener = json_tokener_new_ex((int)max_depth + 1);
	struct json_object *root;

	alloc_check(tokener);
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
	return json_parse_deep(text, len, JSON_MAX_DEPTH, ret_root);
}

enum status json_parse_deep(const char *text, size_t len, size_t max_depth, struct json_object **ret_root)
{
	struct json_object *root = NULL;
	enum status status = STATUS_BAD_JSON;
	struct json_extent extent;
	char *copy = NULL;

	if (len == 0 || len > JSON_MAX_BYTES)
		goto out;
	/* a socket's frame has no NUL behind it, and the checks lean on one */
	copy = alloc_zero(len + 1, 1);
	memcpy(copy, text, len);
	if (!json_text_is_ijson(copy, len, max_depth, &extent))
		goto out;
	/* json-c stops behind the value and calls white space after it trailing garbage */
	while (len > 0 && strchr(" \t\r\n", copy[len - 1]))
		len--;
	/* bad text stays bad; what failed for want of memory is worth another try, so that no good text is called bad */
	for (int attempt = 0; attempt < 2 && !root; attempt++) {
		root = parse_tree(copy, len, max_depth);
		if (!json_object_is_type(root, json_type_object) || !tree_is_whole(root, &extent)) {
			json_object_put(root);
			root = NULL;
		}
	}
	if (!root)
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

const char *json_plain(struct json_object *tree)
{
	const char *text = tree ? json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : NULL;

	if (tree)
		alloc_check(text);
	return text;
}
