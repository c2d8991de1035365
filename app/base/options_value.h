/* SPDX-License-Identifier: ISC */
/* One option and one text: is it a value of it? Internal to base: part of the options engine. */
#ifndef SWITCHBOARD_BASE_OPTIONS_VALUE_H
#define SWITCHBOARD_BASE_OPTIONS_VALUE_H

#include "base/options.h"

#include <stdbool.h>
#include <stddef.h>

#define OPTION_VALUE_MAX 4096 /* bytes */

/* true when it is; else `ret_fault` (`size` bytes) says why, as the end of a sentence that begins with where the text stood. */
bool option_value_check(const struct option_def *def, const char *value, char *ret_fault, size_t size);

/* The value of an OPTION_BOOL that passed the check. */
bool option_value_bool(const char *value);

/* The name in the tables that is nearest to a mistyped one, NULL when none is near. Options of a single command count when `flags` is true. */
const char *option_nearest_name(const struct options_spec *spec, const char *name, bool flags);

/* By name; NULL when there is none. */
const struct option_def *option_find(const struct options_spec *spec, const char *name, bool flags);

bool option_is_read_by(const struct option_def *def, const char *program);

#endif
