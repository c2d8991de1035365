/* SPDX-License-Identifier: ISC */
/* A configuration file: read or refused with a sentence; what was read is within the range of the table. */
#include "base/options.h"

#include "chat/options.h"
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	FILE *errors = stderr;
	int file = memfd_create("options", 0);
	char path[64];
	char program[] = "switchboard-api", flag[] = "--config";
	char *argv[] = { program, flag, path, NULL };
	struct options *options = NULL;
	bool leave = false;

	if (!nowhere)
		nowhere = fopen("/dev/null", "we");
	if (file < 0 || !nowhere || write(file, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	stderr = nowhere; /* the sentences; what a sanitizer says goes another way */
	if (options_load(chat_options, chat_options_count, "api", NULL, 3, argv, &options, &leave) == STATUS_OK && options) {
		fuzz_holds(option_int(options, "api_workers") >= 1 && option_int(options, "api_workers") <= 256);
		fuzz_holds(option_str(options, "public_url") != NULL);
	} else {
		fuzz_holds(!options);
	}
	stderr = errors;
	options_free(&options);
	close(file);
	return 0;
}
