/* SPDX-License-Identifier: ISC */
/* What our own pages say, in the languages of the widget: the texts that the build of the front end leaves in static_dir (words.json), below the site's own wording. */
#ifndef SWITCHBOARD_API_WORDS_H
#define SWITCHBOARD_API_WORDS_H

#include "api/assets.h"
#include "base/json.h"

#include <stdbool.h>

struct words {
	struct json_object *own, *built, *english; /* borrowed; NULL = none */
	const char *language;
	bool from_right;
};

/* `locale` is what the widget speaks, or what a browser accepts (Accept-Language): the first language in it that we have; English where there is none or NULL. */
void words_choose(const struct assets *assets, const char *locale, struct json_object *own, struct words *ret_words);

/* NULL where neither the site nor a language has it. */
const char *words_find(const struct words *words, const char *name);
/* The name itself where there is no text. */
const char *words_text(const struct words *words, const char *name);

#endif
