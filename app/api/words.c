/* SPDX-License-Identifier: ISC */
#include "api/words.h"

#include <string.h>

#define LANGUAGE_MAX 8

static const char *find(struct json_object *texts, const char *name)
{
	struct json_object *text;

	return texts && json_object_object_get_ex(texts, name, &text) && json_object_is_type(text, json_type_string) ? json_object_get_string(text) : NULL;
}

void words_choose(const struct assets *assets, const char *locale, struct json_object *own, struct words *ret_words)
{
	struct words words = { .own = own, .language = "en" };
	char language[LANGUAGE_MAX + 1];
	size_t len;

	if (assets->words)
		(void)json_object_object_get_ex(assets->words, "en", &words.english);
	for (const char *at = locale ? locale : ""; *at && !words.built; at += strcspn(at, ","), at += strspn(at, ", ")) {
		len = strcspn(at, "-;, ");
		if (len == 0 || len > LANGUAGE_MAX)
			continue;
		memcpy(language, at, len);
		language[len] = '\0';
		if (assets->words && json_object_object_get_ex(assets->words, language, &words.built))
			words.language = find(words.built, "language");
	}
	if (!words.language)
		words.language = "en";
	words.from_right = find(words.built, "from_right") != NULL;
	*ret_words = words;
}

const char *words_find(const struct words *words, const char *name)
{
	struct json_object *const sources[] = { words->own, words->built, words->english };
	const char *text = NULL;

	for (size_t i = 0; !text && i < sizeof sources / sizeof sources[0]; i++)
		text = find(sources[i], name);
	return text;
}

const char *words_text(const struct words *words, const char *name)
{
	const char *text = words_find(words, name);

	return text ? text : name;
}
