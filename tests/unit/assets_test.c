/* SPDX-License-Identifier: ISC */
#include "api/assets.h"
#include "api/words.h"
#include "api_suites.h"
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[32], path[64];
static struct capture capture;

static void begin(void)
{
	snprintf(dir, sizeof dir, "/tmp/sbassetsXXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/manifest.json", dir);
	capture_begin(&capture, 2);
}

static void end(void)
{
	char words[80];

	capture_end(&capture);
	unlink(path);
	snprintf(words, sizeof words, "%s/words.json", dir);
	unlink(words);
	rmdir(dir);
}

/* As a build does it: a new file, renamed over the old one. */
static void write_file(const char *to, const char *text)
{
	char new[80];
	FILE *file;

	snprintf(new, sizeof new, "%s/new", dir);
	file = fopen(new, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
	CU_ASSERT_EQUAL(rename(new, to), 0);
}

static void write_manifest(const char *text)
{
	write_file(path, text);
}

static void a_new_manifest_is_read_without_restart(void)
{
	struct assets assets;

	begin();
	assets_init(&assets, dir);
	CU_ASSERT_EQUAL(assets_refresh(&assets), STATUS_UNAVAILABLE);
	write_manifest("{\"widget\":{\"js\":\"assets/widget-1.js\",\"css\":\"assets/widget-1.css\"},\"console\":{\"js\":\"x\"}}");
	CU_ASSERT_EQUAL(assets_refresh(&assets), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(assets.js, "assets/widget-1.js");
	CU_ASSERT_STRING_EQUAL(assets.css, "assets/widget-1.css");
	write_manifest("{\"widget\":{\"js\":\"assets/widget-2.js\"}}");
	CU_ASSERT_EQUAL(assets_refresh(&assets), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(assets.js, "assets/widget-2.js");
	CU_ASSERT_STRING_EQUAL(assets.css, "");
	end();
}

static void a_manifest_that_no_build_writes_is_refused(void)
{
	static const char *const texts[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"widget\":1}",
		"{\"widget\":{}}",
		"{\"widget\":{\"js\":1}}",
		"{\"widget\":{\"js\":\"\"}}",
		"{\"widget\":{\"js\":\"../x.js\"}}",
		"{\"widget\":{\"js\":\"/x.js\"}}",
		"{\"widget\":{\"js\":\"//evil/x.js\"}}",
		"{\"widget\":{\"js\":\"https://evil/x.js\"}}",
		"{\"widget\":{\"js\":\"a\\\">.js\"}}",
		"{\"widget\":{\"js\":\"a.js\",\"css\":\"b c\"}}",
	};
	struct assets assets;
	size_t i;

	begin();
	assets_init(&assets, dir);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		write_manifest(texts[i]);
		CU_ASSERT_EQUAL(assets_refresh(&assets), STATUS_UNAVAILABLE);
	}
	end();
}

static void what_a_page_says_is_the_sites_wording_then_the_language_then_english(void)
{
	struct json_object *own;
	struct assets assets;
	struct words words;
	char to[80];

	begin();
	assets_init(&assets, dir);
	snprintf(to, sizeof to, "%s/words.json", dir);
	write_file(to, "{\"en\":{\"language\":\"en\",\"a\":\"A\",\"b\":\"B\",\"c\":\"C\"},\"ar\":{\"language\":\"ar\",\"from_right\":\"yes\",\"b\":\"BB\",\"c\":\"CC\"}}");
	write_manifest("{\"widget\":{\"js\":\"assets/widget-1.js\"},\"plain\":{\"css\":\"assets/plain-1.css\"}}");
	CU_ASSERT_EQUAL(assets_refresh(&assets), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(assets.plain_css, "assets/plain-1.css");
	CU_ASSERT_EQUAL(json_parse("{\"c\":\"ours\"}", 12, &own), STATUS_OK);
	words_choose(&assets, "xx, ar-EG;q=0.8, en", own, &words);
	CU_ASSERT_STRING_EQUAL(words.language, "ar");
	CU_ASSERT(words.from_right);
	CU_ASSERT_STRING_EQUAL(words_text(&words, "a"), "A");
	CU_ASSERT_STRING_EQUAL(words_text(&words, "b"), "BB");
	CU_ASSERT_STRING_EQUAL(words_text(&words, "c"), "ours");
	CU_ASSERT_STRING_EQUAL(words_text(&words, "d"), "d");
	words_choose(&assets, ";,,-", NULL, &words);
	CU_ASSERT_STRING_EQUAL(words.language, "en");
	CU_ASSERT(!words.from_right);
	json_object_put(own);
	assets_fini(&assets);
	end();
}

CU_TestInfo assets_tests[] = {
	{ "what a page says is the site's wording, then the language, then English", what_a_page_says_is_the_sites_wording_then_the_language_then_english },
	{ "a new manifest is read without restart", a_new_manifest_is_read_without_restart },
	{ "a manifest that no build writes is refused", a_manifest_that_no_build_writes_is_refused },
	CU_TEST_INFO_NULL,
};
