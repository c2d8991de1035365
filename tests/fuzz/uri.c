/* SPDX-License-Identifier: ISC */
/* A request target: what is let through has plain segments and named parameters, none of them a credential or twice. */
#include "http/uri.h"

#include "fuzz.h"

#include <string.h>

static void segments_are_plain(const struct uri *uri)
{
	fuzz_holds(uri->segment_count <= URI_SEGMENTS_MAX);
	for (size_t i = 0; i < uri->segment_count; i++) {
		const char *s = uri->segments[i];

		fuzz_holds(s[0] != '\0' && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 && !strchr(s, '/'));
		for (; *s; s++)
			fuzz_holds((unsigned char)*s >= 0x20 && *s != 0x7f);
	}
}

static void parameters_are_single(const struct uri *uri)
{
	fuzz_holds(uri->param_count <= URI_PARAMS_MAX);
	for (size_t i = 0; i < uri->param_count; i++) {
		fuzz_holds(uri->params[i].name[0] != '\0' && uri->params[i].value);
		fuzz_holds(strcmp(uri->params[i].name, "token") != 0);
		fuzz_holds(uri_param(uri, uri->params[i].name) == uri->params[i].value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct uri uri;
	char *text = fuzz_string(data, size);
	const char *const prefixes[] = { "/chat", "" };

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		if (uri_parse(&uri, text, prefixes[i]) != STATUS_OK)
			continue;
		segments_are_plain(&uri);
		parameters_are_single(&uri);
	}
	free(text);
	return 0;
}
