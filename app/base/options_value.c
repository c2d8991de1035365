/* SPDX-License-Identifier: ISC */
#include "base/options_value.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#define NAME_MAX_LEN 64 /* longer names are near to nothing */

static bool __attribute__((format(printf, 3, 4))) fault(char *ret_fault, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ret_fault, size, format, args);
	va_end(args);
	return false;
}

static int bool_of(const char *value)
{
	static const struct {
		const char *word;
		int value;
	} words[] = { { "yes", 1 }, { "no", 0 }, { "true", 1 }, { "false", 0 }, { "on", 1 }, { "off", 0 }, { "1", 1 }, { "0", 0 } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(value, words[i].word))
			return words[i].value;
	return -1;
}

bool option_value_bool(const char *value)
{
	return bool_of(value) == 1;
}

static bool int_is_good(const struct option_def *def, const char *value)
{
	char *end;
	long number;

	if (!strchr("0123456789-", *value))
		return false;
	errno = 0;
	number = strtol(value, &end, 10);
	return end != value && !*end && errno == 0 && number >= def->min && number <= def->max;
}

/* `word` is one of `list`, whose words stand between `separator`s. */
static bool list_has(const char *list, const char *word, char separator)
{
	size_t len = strlen(word);
	const char *c = list;

	while (c && len) {
		if (!strncmp(c, word, len) && (c[len] == separator || !c[len]))
			return true;
		c = strchr(c, separator);
		c = c ? c + 1 : NULL;
	}
	return false;
}

bool option_is_read_by(const struct option_def *def, const char *program)
{
	return !def->programs || list_has(def->programs, program, ' ');
}

bool option_value_check(const struct option_def *def, const char *value, char *ret_fault, size_t size)
{
	size_t len = strnlen(value, OPTION_VALUE_MAX + 1);

	if (len == 0)
		return fault(ret_fault, size, "%s has no value; leave it out to have its default", def->name);
	if (len > OPTION_VALUE_MAX)
		return fault(ret_fault, size, "the value of %s is longer than %d bytes", def->name, OPTION_VALUE_MAX);
	if (u8_check((const uint8_t *)value, len))
		return fault(ret_fault, size, "the value of %s is not UTF-8", def->name);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return fault(ret_fault, size, "the value of %s has a control character in it", def->name);
	switch (def->type) {
	case OPTION_INT:
		if (!int_is_good(def, value))
			return fault(ret_fault, size, "%s must be a whole number from %ld to %ld, not \"%.40s\"", def->name, def->min, def->max, value);
		break;
	case OPTION_BOOL:
		if (bool_of(value) < 0)
			return fault(ret_fault, size, "%s must be yes or no, not \"%.40s\"", def->name, value);
		break;
	case OPTION_CHOICE:
		if (strchr(value, '|') || !list_has(def->choices, value, '|'))
			return fault(ret_fault, size, "%s must be one of %s, not \"%.40s\"", def->name, def->choices, value);
		break;
	case OPTION_STRING:
	case OPTION_PATH:
		break;
	}
	return true;
}

const struct option_def *option_find(const struct options_spec *spec, const char *name, bool flags)
{
	for (size_t i = 0; i < spec->count; i++)
		if (!strcmp(spec->table[i].name, name))
			return &spec->table[i];
	for (size_t i = 0; flags && i < spec->flag_count; i++)
		if (!strcmp(spec->flags[i].name, name))
			return &spec->flags[i];
	return NULL;
}

/* Levenshtein's distance: how many characters to add, drop or change. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1], a_len = strlen(a), b_len = strlen(b);

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < step ? change : step;
		}
	}
	return row[b_len];
}

static void nearer(const struct option_def *def, const char *name, size_t *best, const char **ret_name)
{
	size_t distance;

	if (strlen(def->name) > NAME_MAX_LEN)
		return;
	distance = edit_distance(name, def->name);
	if (distance < *best) {
		*best = distance;
		*ret_name = def->name;
	}
}

const char *option_nearest_name(const struct options_spec *spec, const char *name, bool flags)
{
	size_t len = strnlen(name, NAME_MAX_LEN + 1);
	size_t best = len / 3 + 2; /* farther than a third of the name is another word */
	const char *nearest = NULL;

	if (len > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < spec->count; i++)
		nearer(&spec->table[i], name, &best, &nearest);
	for (size_t i = 0; flags && i < spec->flag_count; i++)
		nearer(&spec->flags[i], name, &best, &nearest);
	return nearest;
}
