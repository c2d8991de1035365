/* SPDX-License-Identifier: ISC */
#include "base/options_value.h"

#include <string.h>

#define PRINT_COLUMNS 100

/* `text` in lines of at most PRINT_COLUMNS, each begun with `prefix`. */
static void print_wrapped(FILE *out, const char *prefix, const char *text)
{
	size_t room = PRINT_COLUMNS - strlen(prefix);

	while (*text) {
		size_t len = strlen(text);

		if (len > room) {
			for (len = room; len > 0 && text[len] != ' ';)
				len--;
			if (len == 0) /* a word longer than the line */
				len = strcspn(text, " ");
		}
		fprintf(out, "%s%.*s\n", prefix, (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

/* What stands behind the name: the kind of value. */
static void print_kind(FILE *out, const struct option_def *def)
{
	switch (def->type) {
	case OPTION_INT:
		fprintf(out, "%ld..%ld", def->min, def->max);
		break;
	case OPTION_BOOL:
		fputs("yes|no", out);
		break;
	case OPTION_CHOICE:
		fputs(def->choices, out);
		break;
	case OPTION_PATH:
		fputs("PATH", out);
		break;
	case OPTION_STRING:
		fputs("TEXT", out);
		break;
	}
}

static void print_flag(FILE *out, const struct option_def *def)
{
	fputs("  --", out);
	for (const char *c = def->name; *c; c++)
		fputc(*c == '_' ? '-' : *c, out);
	if (def->type != OPTION_BOOL || def->programs) {
		fputc('=', out);
		print_kind(out, def);
	}
	if (def->required)
		fputs("  (required)", out);
	else if (def->default_value && (def->type != OPTION_BOOL || def->programs))
		fprintf(out, "  (default: %s)", def->default_value);
	fputc('\n', out);
	print_wrapped(out, "      ", def->help);
}

void options_print_help(FILE *out, const struct options_spec *spec, const char *name)
{
	fprintf(out, "Usage: %s %s\n", name, spec->usage ? spec->usage : "[OPTION...]");
	if (spec->about) {
		fputc('\n', out);
		print_wrapped(out, "", spec->about);
	}
	if (spec->flag_count)
		fputs("\nOptions of this command:\n", out);
	for (size_t i = 0; i < spec->flag_count; i++)
		print_flag(out, &spec->flags[i]);
	fputs("\nOptions from the configuration file (name = value), the environment (SWITCHBOARD_NAME) or flags; the later wins:\n", out);
	for (size_t i = 0; i < spec->count; i++)
		if (option_is_read_by(&spec->table[i], spec->program))
			print_flag(out, &spec->table[i]);
	fputs("\nOther flags:\n", out);
	fprintf(out, "  --config=FILE  (default: %s)\n", spec->default_path ? spec->default_path : "none");
	fputs("      The configuration file; also SWITCHBOARD_CONFIG.\n", out);
	fputs("  -t, --test\n      Check the configuration, name what is wrong, and end.\n", out);
	fputs("  --print-config\n      Print an example configuration file with every option, its meaning and its default.\n", out);
	fputs("  --help, --version\n", out);
}

void options_print_config(FILE *out, const struct options_spec *spec)
{
	fputs("# Configuration of Switchboard: one file for all of its programs, lines of the form  name = value.\n"
	      "# A line that begins with # is a comment; the values shown are the defaults.\n",
	      out);
	for (size_t i = 0; i < spec->count; i++) {
		const struct option_def *def = &spec->table[i];

		fputc('\n', out);
		print_wrapped(out, "# ", def->help);
		fprintf(out, "# %sValue: ", def->required ? "Required. " : "");
		print_kind(out, def);
		fprintf(out, ". Read by: %s.\n", def->programs);
		fprintf(out, "#%s =%s%s\n", def->name, def->default_value ? " " : "", def->default_value ? def->default_value : "");
	}
}
