/* SPDX-License-Identifier: ISC */
/* First aid: everything an installation needs, one line each. */
#include "cli/command.h"
#include "cli/doctor.h"
#include "cli/rows.h"

#include <stdarg.h>
#include <stdio.h>

enum { CLEAN, WARNED, FAILED }; /* exit codes, as those of check */

static const char *const verdict_names[] = { "ok", "warning", "wrong" };

/* Some of it comes from other machines: one line stays one line. */
static void flatten(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
}

void doctor_say(struct doctor *doctor, enum verdict verdict, const char *name, const char *advice, const char *format, ...)
{
	char sentence[1200];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	flatten(sentence);
	doctor->counts[verdict]++;
	if (doctor->json) {
		struct json_object *line = json_object_new_object();

		json_object_object_add(line, "verdict", json_object_new_string(verdict_names[verdict]));
		json_object_object_add(line, "name", json_object_new_string(name));
		json_object_object_add(line, "sentence", json_object_new_string(sentence));
		json_object_object_add(line, "advice", advice ? json_object_new_string(advice) : NULL);
		json_object_array_add(doctor->list, line);
	} else {
		printf("%-7s  %s: %s%s%s\n", verdict_names[verdict], name, sentence, advice ? " -> " : "", advice ? advice : "");
		fflush(stdout);
	}
}

static void print_json(struct doctor *doctor)
{
	struct json_object *tree = json_object_new_object();

	json_object_object_add(tree, "checks", doctor->list);
	json_object_object_add(tree, "ok", json_object_new_int(doctor->counts[VERDICT_OK]));
	json_object_object_add(tree, "warnings", json_object_new_int(doctor->counts[VERDICT_WARNING]));
	json_object_object_add(tree, "wrong", json_object_new_int(doctor->counts[VERDICT_WRONG]));
	rows_print_json(tree);
}

static int run(const struct options *options, const char *const *words)
{
	struct doctor doctor = { .options = options, .json = option_bool(options, "json") };

	(void)words;
	if (doctor.json)
		doctor.list = json_object_new_array();
	doctor_configuration(&doctor);
	doctor_database(&doctor);
	if (doctor.url_is_known)
		doctor_web(&doctor);
	doctor_sockets(&doctor);
	if (doctor.json)
		print_json(&doctor);
	else
		printf("%d ok, %d warnings, %d wrong\n", doctor.counts[VERDICT_OK], doctor.counts[VERDICT_WARNING], doctor.counts[VERDICT_WRONG]);
	if (doctor.counts[VERDICT_WRONG])
		return FAILED;
	return doctor.counts[VERDICT_WARNING] && option_bool(options, "strict") ? WARNED : CLEAN;
}

static const struct option_def flags[] = {
	{ "strict", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "End with code 1 when there are warnings, but nothing is wrong." },
	{ "json", OPTION_BOOL, "no", 0, 0, NULL, NULL, false, "Print one JSON object instead of text." },
	{ "connect_to", OPTION_STRING, NULL, 0, 0, NULL, NULL, false,
	  "HOST:PORT of the web server, where this host does not reach it by the name in public_url; name and certificate stay those of public_url." },
	{ "ca_file", OPTION_PATH, NULL, 0, 0, NULL, NULL, false, "Certificates that the web server's is judged by, as PEM; default: the system's." },
	{ "disk_min_mib", OPTION_INT, "1024", 0, 1073741824, NULL, NULL, false, "Warn when less than this is free where the database's data stands, in MiB." },
};

const struct command command_doctor = {
	.name = "doctor",
	.usage = "[OPTION...]",
	.about = "First aid: looks at everything an installation needs and says for each ok, warning or wrong, and what to do. Configuration and secrets, the database (migrations, "
			 "roles, settings, clock, disk), the programs, what waits to be sent, what a browser gets through public_url (health, the widget, a WebSocket, the "
			 "certificate), the programs' sockets. Changes nothing. Run it on the programs' host, as root or as whom `migrate` runs. For cron, as check: ends with code 0 "
			 "when nothing is wrong (warnings are printed and count only with --strict: code 1), 2 when something is wrong or the configuration cannot be read.",
	.flags = flags,
	.flag_count = sizeof flags / sizeof flags[0],
	.misread = FAILED,
	.run = run,
};
