/* SPDX-License-Identifier: ISC */
#include "base/options.h"
#include "base/alloc.h"
#include "base/options_value.h"

#include <assert.h>
#include <config.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (OPTION_VALUE_MAX + 256)
#define FAULT_SIZE 512

struct options {
	struct options_spec spec;
	char **values;   /* owned; NULL = nowhere set. First those of the table, then those of the flags */
	unsigned *lines; /* where the file sets it; 0 = it does not */
	char **words;    /* borrowed from argv */
	size_t word_count;
	size_t faults; /* each has been written to stderr */
	const char *config, *path; /* the file that was asked for, the one that was read */
	enum { DO_RUN, DO_TEST, DO_HELP, DO_VERSION, DO_PRINT_CONFIG } what;
};

static size_t index_of(const struct options *options, const struct option_def *def)
{
	if (def >= options->spec.table && def < options->spec.table + options->spec.count)
		return (size_t)(def - options->spec.table);
	return options->spec.count + (size_t)(def - options->spec.flags);
}

/* ---- setting ---- */

static void report(struct options *options, const char *where, const char *what)
{
	fprintf(stderr, "%s: %s\n", where, what);
	options->faults++;
}

static void report_unknown(struct options *options, const char *where, const char *name, bool flags)
{
	const char *near = option_nearest_name(&options->spec, name, flags);
	char fault[FAULT_SIZE];

	if (near)
		snprintf(fault, sizeof fault, "there is no option \"%.64s\"; did you mean \"%s\"?", name, near);
	else
		snprintf(fault, sizeof fault, "there is no option \"%.64s\"; --help lists them", name);
	report(options, where, fault);
}

/* Checks always, keeps the first: flags are read before the environment and the environment before the file. */
static void set_value(struct options *options, const char *where, const struct option_def *def, const char *value)
{
	char fault[FAULT_SIZE], **slot = &options->values[index_of(options, def)];

	if (!option_value_check(def, value, fault, sizeof fault))
		report(options, where, fault);
	else if (!*slot)
		*slot = alloc_copy_str(value);
}

/* ---- flags ---- */

static bool take_own_flag(struct options *options, const char *name)
{
	static const struct {
		const char *name;
		int what;
	} own[] = {
		{ "-t", DO_TEST },
		{ "--test", DO_TEST },
		{ "-h", DO_HELP },
		{ "--help", DO_HELP },
		{ "-V", DO_VERSION },
		{ "--version", DO_VERSION },
		{ "--print-config", DO_PRINT_CONFIG },
	};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		if (!strcmp(name, own[i].name)) {
			options->what = own[i].what;
			return true;
		}
	}
	return false;
}

/* --name=value or --name value; returns how many of argv were used up. */
static int take_flag(struct options *options, char **argv)
{
	char where[80], name[72], fault[FAULT_SIZE];
	size_t len = strcspn(argv[0] + 2, "=");
	const char *value = argv[0][2 + len] ? argv[0] + 2 + len + 1 : NULL;
	const struct option_def *def;
	int used = 1;

	snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), argv[0] + 2);
	snprintf(where, sizeof where, "--%s", name);
	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : *c;
	def = option_find(&options->spec, name, true);
	if (!def && strcmp(name, "config")) {
		report_unknown(options, where, name, true);
		return 1;
	}
	if (def && !option_is_read_by(def, options->spec.program)) {
		snprintf(fault, sizeof fault, "not an option of this program, but of: %s", def->programs);
		report(options, where, fault);
		return 1;
	}
	if (!value && def && def->type == OPTION_BOOL) {
		value = "yes";
	} else if (!value) {
		value = argv[1];
		used = 2;
	}
	if (!value) {
		report(options, where, "a value must follow");
		return 1;
	}
	if (def)
		set_value(options, where, def, value);
	else
		options->config = value;
	return used;
}

static void read_argv(struct options *options, int argc, char **argv)
{
	int i = 1;

	while (i < argc) {
		if (!strcmp(argv[i], "--")) {
			for (i++; i < argc; i++)
				options->words[options->word_count++] = argv[i];
		} else if (argv[i][0] != '-' || !argv[i][1]) {
			options->words[options->word_count++] = argv[i++];
		} else if (take_own_flag(options, argv[i])) {
			i++;
		} else if (argv[i][1] != '-') {
			report(options, argv[i++], "there is no such flag; --help lists them");
		} else {
			i += take_flag(options, argv + i);
		}
	}
	if (!options->spec.words && options->word_count)
		report(options, options->words[0], "this program takes no words; --help says what it takes");
}

/* ---- environment ---- */

static void read_environment(struct options *options)
{
	char name[96];

	for (size_t i = 0; i < options->spec.count; i++) {
		const struct option_def *def = &options->spec.table[i];
		const char *value;

		if (!option_is_read_by(def, options->spec.program))
			continue;
		snprintf(name, sizeof name, "SWITCHBOARD_%s", def->name);
		for (char *c = name; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		value = getenv(name);
		if (value && *value) /* empty is how a shell says "not set" */
			set_value(options, name, def, value);
	}
	if (!options->config) {
		const char *path = getenv("SWITCHBOARD_CONFIG");

		options->config = path && *path ? path : NULL;
	}
}

/* ---- file ---- */

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return text;
}

static void read_line(struct options *options, const char *path, unsigned number, char *line)
{
	char where[OPTION_VALUE_MAX], fault[FAULT_SIZE], *name, *value, *equals;
	const struct option_def *def;
	unsigned *seen;

	snprintf(where, sizeof where, "%.4000s:%u", path, number);
	line = trim(line);
	if (!*line || *line == '#')
		return;
	equals = strchr(line, '=');
	if (!equals) {
		report(options, where, "expected a line of the form: name = value");
		return;
	}
	*equals = '\0';
	name = trim(line);
	value = trim(equals + 1);
	def = option_find(&options->spec, name, false);
	if (!def) {
		report_unknown(options, where, name, false);
		return;
	}
	seen = &options->lines[index_of(options, def)];
	if (*seen) {
		snprintf(fault, sizeof fault, "%s is set a second time; the first is in line %u", name, *seen);
		report(options, where, fault);
		return;
	}
	*seen = number;
	set_value(options, where, def, value);
}

static void read_lines(struct options *options, const char *path, FILE *file)
{
	char *line = NULL, where[OPTION_VALUE_MAX];
	size_t size = 0;
	unsigned number = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) >= 0) {
		number++;
		snprintf(where, sizeof where, "%.4000s:%u", path, number);
		if (len > LINE_MAX_BYTES)
			report(options, where, "this line is too long");
		else if (strlen(line) != (size_t)len)
			report(options, where, "this line has a zero byte in it");
		else
			read_line(options, path, number, line);
	}
	if (ferror(file))
		report(options, path, strerror(errno));
	free(line);
}

static void read_file(struct options *options)
{
	const char *path = options->config ? options->config : options->spec.default_path;
	FILE *file;

	if (!path)
		return;
	file = fopen(path, "re");
	if (file) {
		read_lines(options, path, file);
		fclose(file);
		options->path = path;
	} else if (options->config || errno != ENOENT) {
		report(options, path, strerror(errno));
	}
}

/* ---- all together ---- */

static void require(struct options *options, const struct option_def *def)
{
	char where[80], fault[FAULT_SIZE];

	if (!def->required || (def->programs && options->spec.lenient) || !option_is_read_by(def, options->spec.program) || options->values[index_of(options, def)])
		return;
	if (options->faults) /* what is wrong is known already; this may be its consequence */
		return;
	snprintf(where, sizeof where, "%s%s", def->programs ? "" : "--", def->name);
	for (char *c = where; *c && !def->programs; c++)
		*c = *c == '_' ? '-' : *c;
	if (def->programs)
		snprintf(fault, sizeof fault, "must be set, in the configuration file, the environment or as a flag: %s", def->help);
	else
		snprintf(fault, sizeof fault, "must be given: %s", def->help);
	report(options, where, fault);
}

static struct options *options_new(const struct options_spec *spec, int argc)
{
	struct options *options = alloc_zero(1, sizeof *options);

	options->spec = *spec;
	options->values = alloc_zero(spec->count + spec->flag_count, sizeof *options->values);
	options->lines = alloc_zero(spec->count + spec->flag_count, sizeof *options->lines);
	options->words = alloc_zero((size_t)argc + 1, sizeof *options->words);
	return options;
}

void options_free(struct options **options)
{
	if (!*options)
		return;
	for (size_t i = 0; i < (*options)->spec.count + (*options)->spec.flag_count; i++)
		free((*options)->values[i]);
	free((*options)->values);
	free((*options)->lines);
	free((*options)->words);
	free(*options);
	*options = NULL;
}

enum status options_load_spec(const struct options_spec *spec, int argc, char **argv, struct options **ret_options, bool *ret_exit)
{
	struct options *options = options_new(spec, argc);
	const char *slash = strrchr(argv[0], '/');
	enum status status = STATUS_INVALID;

	read_argv(options, argc, argv);
	if (options->what == DO_RUN || options->what == DO_TEST) {
		read_environment(options);
		read_file(options);
		for (size_t i = 0; i < spec->count; i++)
			require(options, &spec->table[i]);
		for (size_t i = 0; i < spec->flag_count; i++)
			require(options, &spec->flags[i]);
	}
	if (options->faults && options->what != DO_HELP)
		goto out;
	if (options->what == DO_TEST)
		puts("The configuration is good.");
	else if (options->what == DO_HELP)
		options_print_help(stdout, spec, slash ? slash + 1 : argv[0]);
	else if (options->what == DO_VERSION)
		puts(PACKAGE_STRING);
	else if (options->what == DO_PRINT_CONFIG)
		options_print_config(stdout, spec);
	*ret_exit = options->what != DO_RUN;
	if (options->what == DO_RUN) {
		*ret_options = options;
		options = NULL;
	}
	status = STATUS_OK;
out:
	options_free(&options);
	return status;
}

enum status options_load(const struct option_def *table, size_t count, const char *program, const char *default_path, int argc, char **argv,
						 struct options **ret_options, bool *ret_exit)
{
	const struct options_spec spec = { .table = table, .count = count, .program = program, .default_path = default_path, .words = true };

	return options_load_spec(&spec, argc, argv, ret_options, ret_exit);
}

/* ---- asking ---- */

static const char *value_of(const struct options *options, const char *name, const struct option_def **ret_def)
{
	const struct option_def *def = option_find(&options->spec, name, true);
	const char *value;

	assert(def);
	value = options->values[index_of(options, def)];
	*ret_def = def;
	return value ? value : def->default_value;
}

const char *option_str(const struct options *options, const char *name)
{
	const struct option_def *def;

	return value_of(options, name, &def);
}

long option_int(const struct options *options, const char *name)
{
	const struct option_def *def;
	const char *value = value_of(options, name, &def);

	assert(def->type == OPTION_INT && value);
	return strtol(value, NULL, 10);
}

bool option_bool(const struct options *options, const char *name)
{
	const struct option_def *def;
	const char *value = value_of(options, name, &def);

	assert(def->type == OPTION_BOOL);
	return value && option_value_bool(value);
}

bool option_is_set(const struct options *options, const char *name)
{
	const struct option_def *def = option_find(&options->spec, name, true);

	assert(def);
	return options->values[index_of(options, def)];
}

const char *options_path(const struct options *options)
{
	return options->path;
}

size_t options_word_count(const struct options *options)
{
	return options->word_count;
}

const char *options_word(const struct options *options, size_t index)
{
	assert(index < options->word_count);
	return options->words[index];
}
