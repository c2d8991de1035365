/* SPDX-License-Identifier: ISC */
/* The SQL directory: roles.sql, migrations/NNNN_name.sql, api/….sql, invariants.sql. Whatever is wrong with it has been told to the user when these fail. */
#ifndef SWITCHBOARD_CLI_SQL_FILE_H
#define SWITCHBOARD_CLI_SQL_FILE_H

#include "base/options.h"
#include "base/status.h"

#include <stddef.h>

#define SQL_FILE_MAX (4 << 20) /* bytes */
#define SQL_PATH_MAX 4096
#define SHA256_HEX_SIZE 65

struct sql_file {
	int number;     /* of a migration; 0 elsewhere */
	char name[128]; /* without directory and ".sql": "0001_configuration" */
	char *text;     /* owned */
	char sha256[SHA256_HEX_SIZE];
};

/* The option sql_dir or the installed directory. */
const char *sql_dir(const struct options *options);

enum status MUST_CHECK sql_file_read(const char *dir, const char *name, struct sql_file *ret_file);
void sql_file_fini(struct sql_file *file);

/* All `dir`/`folder`/…sql in name order. Where `numbered`, the names are NNNN_name with numbers 1, 2, 3, … and nothing else is accepted. */
enum status MUST_CHECK sql_folder_read(const char *dir, const char *folder, bool numbered, struct sql_file **ret_files, size_t *ret_count);
void sql_folder_free(struct sql_file **files, size_t count);

/* Of names and texts together: changes when any file does. */
void sql_folder_sha256(const struct sql_file *files, size_t count, char ret_sha256[SHA256_HEX_SIZE]);

#endif
