/* SPDX-License-Identifier: ISC */
#include "api/assets.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_MAX 65536
#define WORDS_MAX (512 * 1024)

void assets_init(struct assets *assets, const char *dir)
{
	*assets = (struct assets){ .dir = dir };
}

void assets_fini(struct assets *assets)
{
	json_object_put(assets->words);
	assets->words = NULL;
}

/* It is written into a page: only what a build makes. */
static bool name_is_wellformed(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= ASSET_NAME_MAX && name[0] != '/' && !strstr(name, "..") && !strstr(name, "//") &&
		   strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == len;
}

static const char *string_member(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static enum status take_names(struct assets *assets, const char *text, size_t len)
{
	struct json_object *root = NULL, *widget, *plain;
	enum status status = STATUS_UNAVAILABLE;
	const char *js, *css, *plain_css = NULL;

	if (json_parse(text, len, &root) != STATUS_OK || !json_object_object_get_ex(root, "widget", &widget))
		goto out;
	js = string_member(widget, "js");
	css = string_member(widget, "css");
	if (!js || !name_is_wellformed(js) || (css && !name_is_wellformed(css)))
		goto out;
	if (json_object_object_get_ex(root, "plain", &plain))
		plain_css = string_member(plain, "css");
	snprintf(assets->plain_css, sizeof assets->plain_css, "%s", plain_css && name_is_wellformed(plain_css) ? plain_css : "");
	snprintf(assets->js, sizeof assets->js, "%s", js);
	snprintf(assets->css, sizeof assets->css, "%s", css ? css : "");
	status = STATUS_OK;
out:
	json_object_put(root);
	return status;
}

static enum status complain(const char *path, const char *reason)
{
	log_event(LOG_LEVEL_ERROR, "no list of front-end files", "path", path, "reason", reason, NULL);
	return STATUS_UNAVAILABLE;
}

/* They are of the same build as the manifest, which is written last; where they are missing only the pages that need them are. */
static void take_words(struct assets *assets)
{
	char path[PATH_MAX];
	struct json_object *words = NULL;
	struct buf text;
	ssize_t len = 0;
	char chunk[8192];
	int fd;

	buf_init(&text, WORDS_MAX);
	fd = snprintf(path, sizeof path, "%s/words.json", assets->dir) < (int)sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	while (fd >= 0 && (len = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(&text, chunk, (size_t)len);
	if (fd >= 0)
		close(fd);
	if (fd < 0 || len < 0 || text.overflow || json_parse(text.data, text.len, &words) != STATUS_OK)
		(void)complain(path, "the words of the page without JavaScript cannot be read");
	json_object_put(assets->words);
	assets->words = words;
	buf_fini(&text);
}

enum status assets_refresh(struct assets *assets)
{
	char path[PATH_MAX], text[MANIFEST_MAX];
	enum status status = STATUS_OK;
	struct stat st;
	ssize_t len;
	int fd;

	if (snprintf(path, sizeof path, "%s/manifest.json", assets->dir) >= (int)sizeof path)
		return complain(assets->dir, "too long");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		status = complain(path, strerror(errno));
		goto out;
	}
	if (st.st_ino == assets->inode && st.st_mtim.tv_sec == assets->modified.tv_sec && st.st_mtim.tv_nsec == assets->modified.tv_nsec)
		goto out;
	len = read(fd, text, sizeof text);
	if (len <= 0 || (size_t)len == sizeof text || take_names(assets, text, (size_t)len) != STATUS_OK) {
		status = complain(path, "not what the build of the front end writes");
		goto out;
	}
	if (assets->plain_css[0])
		take_words(assets);
	assets->inode = st.st_ino;
	assets->modified = st.st_mtim;
out:
	if (fd >= 0)
		close(fd);
	return status;
}
