/* SPDX-License-Identifier: ISC */
/* Plays every file of tests/fuzz/data/TARGET through the target this is linked with; TARGET is the program's name. One TAP line a file. A file that once
 * broke something stands there under the name of what it broke. */
#include "fuzz.h"

#include <dirent.h>
#include <err.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX (1 << 20)

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void play(const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t *data = malloc(INPUT_MAX);
	uint8_t *exact;
	size_t size;

	if (!file || !data)
		err(1, "%s", path);
	size = fread(data, 1, INPUT_MAX, file);
	fclose(file);
	exact = malloc(size > 0 ? size : 1); /* so that a sanitizer sees a read behind the end */
	if (!exact)
		err(1, "memory");
	memcpy(exact, data, size);
	free(data);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

int main(int argc, char **argv)
{
	const char *target = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	const char *source = getenv("srcdir");
	char dir[1024], path[2048];
	struct dirent **entries;
	int count;

	(void)argc;
	(void)snprintf(dir, sizeof dir, "%s/tests/fuzz/data/%s", source ? source : ".", target);
	count = scandir(dir, &entries, is_file, alphasort);
	if (count <= 0) {
		printf("Bail out! no inputs in %s\n", dir);
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name);
		play(path);
		printf("ok %d - fuzz/%s/%s\n", i + 1, target, entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
