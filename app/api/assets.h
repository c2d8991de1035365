/* SPDX-License-Identifier: ISC */
/* The names of the built front-end files. They carry a hash, so they change with every build; manifest.json in static_dir tells them. */
#ifndef SWITCHBOARD_API_ASSETS_H
#define SWITCHBOARD_API_ASSETS_H

#include "base/status.h"

#include <sys/types.h>
#include <time.h>

#define ASSET_NAME_MAX 127

struct json_object;

struct assets {
	const char *dir;              /* borrowed */
	char js[ASSET_NAME_MAX + 1];  /* "assets/widget-HASH.js", below the prefix */
	char css[ASSET_NAME_MAX + 1]; /* "" = none */
	char plain_css[ASSET_NAME_MAX + 1]; /* of the page without JavaScript; "" = none */
	struct json_object *words;    /* owned: {"en":{name:text}, …}, what our own pages say; NULL = none */
	ino_t inode;                  /* of the manifest that was read; 0 = none yet */
	struct timespec modified;
};

void assets_init(struct assets *assets, const char *dir);
void assets_fini(struct assets *assets);

/* Reads the manifest again when it has changed since. STATUS_UNAVAILABLE (logged): missing, unreadable, or naming something that is no plain file
 * name. */
enum status MUST_CHECK assets_refresh(struct assets *assets);

#endif
