/* SPDX-License-Identifier: ISC */
#include "cli/sql_file.h"
#include "base/alloc.h"
#include "base/secret.h"
#include "cli/command.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

const char *sql_dir(const struct options *options)
{
	const char *dir = option_str(options, "sql_dir");

	return dir ? dir : SWITCHBOARD_SQL_DIR;
}

static void sha256_hex(const void *data, size_t len, char ret_hex[SHA256_HEX_SIZE])
{
	uint8_t hash[SECRET_BYTES];

	secret_sha256(data, len, hash);
	for (size_t i = 0; i < SECRET_BYTES; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", hash[i]);
}

/* Why not, or NULL. */
static const char *read_text(FILE *file, char **ret_text, size_t *ret_len)
{
	char *text = alloc_zero(SQL_FILE_MAX + 1, 1);
	size_t len = fread(text, 1, SQL_FILE_MAX + 1, file);
	const char *fault = NULL;

	if (ferror(file))
		fault = strerror(errno);
	else if (len > SQL_FILE_MAX)
		fault = "larger than 4 MiB";
	else if (memchr(text, '\0', len) || u8_check((const uint8_t *)text, len))
		fault = "not UTF-8 text";
	if (fault) {
		free(text);
		return fault;
	}
	*ret_text = alloc_grow(text, len + 1, 1);
	*ret_len = len;
	return NULL;
}

enum status sql_file_read(const char *dir, const char *name, struct sql_file *ret_file)
{
	struct sql_file made = { 0 };
	char path[SQL_PATH_MAX];
	const char *fault = NULL, *slash = strrchr(name, '/');
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/%s.sql", dir, name);
	file = fopen(path, "re");
	fault = file ? read_text(file, &made.text, &len) : strerror(errno);
	if (file)
		fclose(file);
	if (fault) {
		command_fail("%s: %s", path, fault);
		return STATUS_INVALID;
	}
	snprintf(made.name, sizeof made.name, "%s", slash ? slash + 1 : name);
	sha256_hex(made.text, len, made.sha256);
	*ret_file = made;
	return STATUS_OK;
}

void sql_file_fini(struct sql_file *file)
{
	free(file->text);
	*file = (struct sql_file){ 0 };
}

void sql_folder_free(struct sql_file **files, size_t count)
{
	for (size_t i = 0; *files && i < count; i++)
		sql_file_fini(&(*files)[i]);
	free(*files);
	*files = NULL;
}

static int is_sql(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && len < sizeof((struct sql_file *)NULL)->name && entry->d_name[0] != '.' && !strcmp(entry->d_name + len - 4, ".sql");
}

/* In bytes, whatever the locale: everybody must see one order. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* NNNN of "NNNN_name", 0 when the name is none. */
static int number_of(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	for (int i = 0; i < 4; i++)
		if (!isdigit((unsigned char)name[i]))
			return 0;
	if (name[4] != '_' || !name[5] || strspn(name, allowed) != strlen(name))
		return 0;
	return (int)strtol(name, NULL, 10);
}

static enum status check_number(const char *folder, struct sql_file *file, int expected)
{
	file->number = number_of(file->name);
	if (file->number == expected)
		return STATUS_OK;
	if (file->number == 0)
		command_fail("%s/%s.sql: a migration is named NNNN_name.sql, in lower case, counted from 0001", folder, file->name);
	else if (file->number < expected)
		command_fail("%s/%s.sql: there is another migration of the number %04d", folder, file->name, file->number);
	else
		command_fail("%s/%s.sql: migration %04d is missing before it", folder, file->name, expected);
	return STATUS_INVALID;
}

enum status sql_folder_read(const char *dir, const char *folder, bool numbered, struct sql_file **ret_files, size_t *ret_count)
{
	char path[SQL_PATH_MAX], name[SQL_PATH_MAX];
	struct sql_file *files = NULL;
	struct dirent **entries = NULL;
	enum status status = STATUS_OK;
	int count, done = 0;

	snprintf(path, sizeof path, "%s/%s", dir, folder);
	count = scandir(path, &entries, is_sql, by_name);
	if (count < 0) {
		command_fail("%s: %s", path, strerror(errno));
		return STATUS_INVALID;
	}
	files = alloc_zero((size_t)count + 1, sizeof *files);
	for (; done < count && status == STATUS_OK; done++) {
		snprintf(name, sizeof name, "%s/%.*s", folder, (int)strlen(entries[done]->d_name) - 4, entries[done]->d_name);
		status = sql_file_read(dir, name, &files[done]);
		if (status == STATUS_OK && numbered)
			status = check_number(folder, &files[done], done + 1);
	}
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	if (status != STATUS_OK) {
		sql_folder_free(&files, (size_t)done);
		return status;
	}
	*ret_files = files;
	*ret_count = (size_t)count;
	return STATUS_OK;
}

void sql_folder_sha256(const struct sql_file *files, size_t count, char ret_sha256[SHA256_HEX_SIZE])
{
	const size_t line = sizeof files->name + SHA256_HEX_SIZE + 2;
	char *list = alloc_zero(count + 1, line);
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(list + len, line, "%s  %s\n", files[i].sha256, files[i].name);
	sha256_hex(list, len, ret_sha256);
	free(list);
}
