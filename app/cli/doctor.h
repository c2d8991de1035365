/* SPDX-License-Identifier: ISC */
/* The checks of `switchboard doctor`, by where they look; each says one line for each thing it has looked at. */
#ifndef SWITCHBOARD_CLI_DOCTOR_H
#define SWITCHBOARD_CLI_DOCTOR_H

#include "base/json.h"
#include "base/options.h"
#include "base/public_url.h"

enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_WRONG };

struct doctor {
	const struct options *options;
	bool json;
	struct json_object *list; /* with `json` */
	int counts[VERDICT_WRONG + 1];
	struct public_url url;
	bool url_is_known;
	bool api_answers, relay_answers; /* through the web server */
};

/* `advice` says what to do; NULL: nothing. */
void doctor_say(struct doctor *doctor, enum verdict verdict, const char *name, const char *advice, const char *format, ...) __attribute__((format(printf, 5, 6)));

void doctor_configuration(struct doctor *doctor); /* files, secrets; fills in `url` */
void doctor_web(struct doctor *doctor);           /* what a browser gets; fills in `api_answers` and `relay_answers` */
void doctor_sockets(struct doctor *doctor);       /* the programs' sockets and descriptors */
void doctor_database(struct doctor *doctor);

#endif
