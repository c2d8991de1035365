/* SPDX-License-Identifier: ISC */
/* One table of options, read from a file of `name = value` lines (# comments), then the environment (SWITCHBOARD_NAME), then flags
 * (--name=value or --name value). The engine is here; the table of the product is chat/options.c. */
#ifndef SWITCHBOARD_BASE_OPTIONS_H
#define SWITCHBOARD_BASE_OPTIONS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum option_type {
	OPTION_STRING,
	OPTION_INT,
	OPTION_BOOL, /* yes no true false on off 1 0; as a flag also alone: --name */
	OPTION_PATH,
	OPTION_CHOICE
};

struct option_def {
	const char *name;          /* lower_case */
	enum option_type type;
	const char *default_value; /* NULL = none */
	long min, max;             /* OPTION_INT */
	const char *choices;       /* OPTION_CHOICE: "a|b|c" */
	const char *programs;      /* who reads it: "api relay router cli"; NULL = a flag of one command: never read from file or environment */
	bool required;             /* refuse to start without it */
	const char *help;          /* one sentence */
};

struct options;

/* What a program or a command of it takes. Everything is borrowed for the life of the struct options. */
struct options_spec {
	const struct option_def *table; /* the product's table: programs share one file, so all of it may stand there */
	size_t count;
	const struct option_def *flags; /* of this command alone (programs = NULL); may be NULL */
	size_t flag_count;
	const char *program;            /* the word in option_def.programs */
	const char *default_path;       /* read where it exists; may be NULL */
	const char *usage;              /* "operator add NAME [OPTION...]"; NULL = "[OPTION...]" */
	const char *about;              /* one paragraph for --help; may be NULL */
	bool lenient;                   /* what the table requires may be missing: who needs it says so */
	bool words;                     /* words that are no flags are welcome; else they are refused */
};

/* Reads file (the --config flag, else SWITCHBOARD_CONFIG, else default_path where it exists), environment and argv. Known flags beyond
 * the table: --config FILE, -t or --test (check and exit 0/1), --help, --version, --print-config (an example file with every option, its
 * help and default). Writes what is wrong to stderr as `FILE:LINE: message` or `--flag: message` and returns STATUS_INVALID.
 * Words that are no flags are left, in order, for options_word(). `*ret_exit` is set to whether the program should end now with code 0
 * (help, version, -t, print-config); `*ret_options` is untouched then. In flags '-' and '_' are the same. */
enum status MUST_CHECK options_load(const struct option_def *table, size_t count, const char *program, const char *default_path, int argc,
                                    char **argv, struct options **ret_options, bool *ret_exit);
/* Same with everything said; options_load() leaves out flags, usage and about, and takes words. */
enum status MUST_CHECK options_load_spec(const struct options_spec *spec, int argc, char **argv, struct options **ret_options,
                                         bool *ret_exit);
void options_free(struct options **options);

/* Borrowed; an unknown name is an assert. NULL where there is neither value nor default. */
const char *option_str(const struct options *options, const char *name);
long option_int(const struct options *options, const char *name);
bool option_bool(const struct options *options, const char *name);
bool option_is_set(const struct options *options, const char *name); /* by file, environment or flag, not by default */
const char *options_path(const struct options *options); /* the file that was read; NULL = none */
size_t options_word_count(const struct options *options);
const char *options_word(const struct options *options, size_t index);

/* What --help and --print-config write; `name` is the program's name as typed. */
void options_print_help(FILE *out, const struct options_spec *spec, const char *name);
void options_print_config(FILE *out, const struct options_spec *spec);

#endif
