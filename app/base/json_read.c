/* SPDX-License-Identifier: ISC */
#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

/* `code` = each character of a valid UTF-8 string in turn, `c` behind it. */
#define EACH_CODE_POINT(c, code, str) \
	for (const uint8_t *c = (const uint8_t *)(str); (c = u8_next(&code, c)) != NULL;)

static bool is_blank(ucs4_t code)
{
	return uc_is_property_white_space(code) || uc_is_property_default_ignorable_code_point(code);
}

static bool has_only(const char *str, bool (*allowed)(ucs4_t))
{
	ucs4_t code;

	EACH_CODE_POINT (c, code, str)
		if (!allowed(code))
			return false;
	return true;
}

static bool in_one_line(ucs4_t code)
{
	return !uc_is_general_category_withtable(code, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp);
}

static bool in_body(ucs4_t code)
{
	if (code >= ' ' && code < 0x7f)
		return true; /* most of what people write, without a look into the tables */
	return code == '\t' || code == '\n' || !uc_is_general_category_withtable(code, UC_CATEGORY_MASK_Cc);
}

static bool in_address(ucs4_t code)
{
	return in_one_line(code) && !is_blank(code);
}

static int64_t count_code_points(const char *str)
{
	return (int64_t)u8_mbsnlen((const uint8_t *)str, strlen(str));
}

/* Writes `str`, which may be a part of the old text, back into the tree, so that what the caller borrows lives as long as the tree. */
static const char *replace_str(struct json_object *value, const char *str, size_t len)
{
	char *copy = alloc_zero(len + 1, 1);

	memcpy(copy, str, len);
	if (!json_object_set_string_len(value, copy, (int)len))
		alloc_check(NULL);
	free(copy);
	return json_object_get_string(value);
}

static const char *read_name(struct json_object *value, int64_t max)
{
	const uint8_t *from = (const uint8_t *)json_object_get_string(value), *to = from + json_object_get_string_len(value);
	const uint8_t *at;
	ucs4_t code;

	/* before trimming: a line end at either side is a second line too, and refused */
	if (!has_only((const char *)from, in_one_line) || has_only((const char *)from, is_blank))
		return NULL;
	while ((at = u8_next(&code, from)) && uc_is_property_white_space(code))
		from = at;
	while ((at = u8_prev(&code, to, from)) && uc_is_property_white_space(code))
		to = at;
	if ((int64_t)u8_mbsnlen(from, (size_t)(to - from)) > max)
		return NULL;
	return replace_str(value, (const char *)from, (size_t)(to - from));
}

static const char *read_body(struct json_object *value, int64_t max)
{
	const char *str = json_object_get_string(value);
	char *unix_lines;
	size_t len = 0;

	if (strstr(str, "\r\n")) {
		unix_lines = alloc_zero(strlen(str) + 1, 1);
		for (const char *c = str; *c; c++)
			if (c[0] != '\r' || c[1] != '\n')
				unix_lines[len++] = *c;
		str = replace_str(value, unix_lines, len);
		free(unix_lines);
	}
	return has_only(str, in_body) && !has_only(str, is_blank) && count_code_points(str) <= max ? str : NULL;
}

static bool token_is_good(const char *str, int64_t max)
{
	size_t len = strlen(str);

	for (size_t i = 0; i < len; i++)
		if (str[i] <= ' ' || str[i] >= 0x7f)
			return false;
	return len > 0 && (int64_t)len <= max;
}

static bool email_is_good(const char *str, int64_t max)
{
	const char *at = strchr(str, '@');

	return at && at != str && at[1] && !strchr(at + 1, '@') && has_only(str, in_address) && count_code_points(str) <= max;
}

static bool strings_are_good(struct json_object *value, int64_t max)
{
	size_t count;

	if (!json_object_is_type(value, json_type_array))
		return false;
	count = json_object_array_length(value);
	if ((int64_t)count > max)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(value, i);

		if (!json_object_is_type(item, json_type_string) || !token_is_good(json_object_get_string(item), JSON_STRINGS_ITEM_MAX))
			return false;
	}
	return true;
}

static const char *read_str(struct json_object *value, const struct json_field *field)
{
	const char *str;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	str = json_object_get_string(value);
	switch (field->kind) {
	case JSON_NAME:
		return read_name(value, field->max);
	case JSON_BODY:
		return read_body(value, field->max);
	case JSON_TOKEN:
		return token_is_good(str, field->max) ? str : NULL;
	case JSON_UUID:
		return uuid_is_canonical(str) ? str : NULL;
	case JSON_EMAIL:
		return email_is_good(str, field->max) ? str : NULL;
	case JSON_INT:
	case JSON_BOOL:
	case JSON_STRINGS:
	case JSON_OBJECT:
		break;
	}
	abort(); /* read_value() sends only the kinds above */
}

/* Kind and range of one present value; stores it and says true when it is what the table wants. */
static bool read_value(struct json_object *value, const struct json_field *field)
{
	switch (field->kind) {
	case JSON_INT: {
		int64_t number;

		if (!json_object_is_type(value, json_type_int))
			return false;
		number = json_object_get_int64(value);
		if (number < field->min || number > field->max)
			return false;
		*(int64_t *)field->ret = number;
		return true;
	}
	case JSON_BOOL:
		if (!json_object_is_type(value, json_type_boolean))
			return false;
		*(bool *)field->ret = json_object_get_boolean(value);
		return true;
	case JSON_STRINGS:
	case JSON_OBJECT:
		if (field->kind == JSON_OBJECT ? !json_object_is_type(value, json_type_object) : !strings_are_good(value, field->max))
			return false;
		*(struct json_object **)field->ret = value;
		return true;
	case JSON_NAME:
	case JSON_BODY:
	case JSON_TOKEN:
	case JSON_UUID:
	case JSON_EMAIL: {
		const char *str = read_str(value, field);

		if (str)
			*(const char **)field->ret = str;
		return str;
	}
	}
	abort();
}

static const struct json_field *find_field(const struct json_field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

/* The name of an unknown member is the client's own text: what is no plain identifier character goes back as '?'. */
static enum status unknown_name(struct problem *problem, const char *name)
{
	char plain[sizeof problem->field];
	size_t len = strnlen(name, sizeof plain - 1);

	for (size_t i = 0; i < len; i++)
		plain[i] = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-", name[i]) ? name[i] : '?';
	plain[len] = '\0';
	return problem_set(problem, STATUS_INVALID, plain);
}

enum status json_read(struct json_object *root, const struct json_field *fields, size_t count, struct problem *problem)
{
	json_object_object_foreach (root, name, member) {
		(void)member;
		if (!find_field(fields, count, name))
			return unknown_name(problem, name);
	}
	for (size_t i = 0; i < count; i++) {
		struct json_object *value;

		if (!json_object_object_get_ex(root, fields[i].name, &value)) {
			if (fields[i].required)
				return problem_set(problem, STATUS_INVALID, fields[i].name);
		} else if (!read_value(value, &fields[i])) {
			return problem_set(problem, STATUS_INVALID, fields[i].name);
		}
	}
	return STATUS_OK;
}
