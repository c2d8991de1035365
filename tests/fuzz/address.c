/* SPDX-License-Identifier: ISC */
/* Addresses as administrators write them (networks, public_url, origins), and text as HTML. One line each. */
#include "base/buf.h"
#include "base/public_url.h"
#include "fuzz.h"
#include "http/html.h"
#include "base/network.h"
#include "http/origin.h"

#include <string.h>

static void networks_hold(const char *text, const char *address)
{
	struct networks networks;

	if (networks_parse(text, &networks) != STATUS_OK)
		return;
	fuzz_holds(networks.count <= NETWORKS_MAX);
	for (size_t i = 0; i < networks.count; i++)
		fuzz_holds(networks.list[i].bits <= 128);
	(void)networks_contain(&networks, address);
}

static void url_is_plain(const char *text)
{
	struct public_url url;
	size_t len;

	if (public_url_parse(text, &url) != STATUS_OK)
		return;
	len = strlen(url.prefix);
	fuzz_holds(origin_is_wellformed(url.origin) && (len == 0 || (url.prefix[0] == '/' && url.prefix[len - 1] != '/')));
	fuzz_holds(!strpbrk(url.relay_url, " \"'<>;\r\n"));
}

static void html_is_harmless(const char *text)
{
	struct buf out;

	buf_init(&out, 65536);
	html_add(&out, text);
	fuzz_holds(!strpbrk(out.data, "<>\"'"));
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first = fuzz_take(&data, &size, '\n');
	char *second = fuzz_take(&data, &size, '\n');

	networks_hold(first, second);
	url_is_plain(first);
	html_is_harmless(first);
	free(first);
	free(second);
	return 0;
}
