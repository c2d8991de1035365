/* SPDX-License-Identifier: ISC */
#include "http/uri.h"

#include <string.h>
#include <strings.h>

static const char *const credential_names[] = {
	"token", "access_token",  "refresh_token", "id_token", "ticket", "password", "passwd",   "secret",      "session", "sid",
	"auth",  "authorization", "bearer",        "api_key",  "apikey", "jwt",      "identity", "request_key", "totp",
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* In place; `plus_is_space` is the form rule of queries. False for a broken escape and for control characters, however they are written. */
static bool percent_decode(char *text, bool plus_is_space)
{
	char *in = text, *out = text;

	for (; *in; in++, out++) {
		if (*in == '%') {
			int high = hex_digit(in[1]);
			int low = high < 0 ? -1 : hex_digit(in[2]);

			if (low < 0)
				return false;
			*out = (char)(high * 16 + low);
			in += 2;
		} else {
			*out = plus_is_space && *in == '+' ? ' ' : *in;
		}
		if ((unsigned char)*out < 0x20 || *out == 0x7f)
			return false;
	}
	*out = '\0';
	return true;
}

static enum status parse_segment(struct uri *uri, char *segment, bool last)
{
	if (*segment == '\0' && last) {
		uri->trailing_slash = true;
		return STATUS_OK;
	}
	if (*segment == '\0' || uri->segment_count == URI_SEGMENTS_MAX || !percent_decode(segment, false) || strchr(segment, '/') ||
		strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
		return STATUS_BAD_REQUEST;
	uri->segments[uri->segment_count++] = segment;
	return STATUS_OK;
}

/* `path` starts behind the slash that follows the prefix. */
static enum status parse_path(struct uri *uri, char *path)
{
	char *slash;

	for (;;) {
		slash = strchr(path, '/');
		if (slash)
			*slash = '\0';
		if (parse_segment(uri, path, !slash) != STATUS_OK)
			return STATUS_BAD_REQUEST;
		if (!slash)
			return STATUS_OK;
		path = slash + 1;
	}
}

static bool is_credential(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof credential_names / sizeof credential_names[0]; i++)
		if (strcasecmp(name, credential_names[i]) == 0)
			return true;
	return false;
}

static enum status parse_param(struct uri *uri, char *name)
{
	char *equals = strchr(name, '=');
	char *value = name + strlen(name);

	if (equals) {
		*equals = '\0';
		value = equals + 1;
	}
	if (!percent_decode(name, true) || !percent_decode(value, true))
		return STATUS_BAD_REQUEST;
	if (*name == '\0' || is_credential(name) || uri_param(uri, name) || uri->param_count == URI_PARAMS_MAX)
		return STATUS_BAD_REQUEST;
	uri->params[uri->param_count++] = (struct uri_param){ name, value };
	return STATUS_OK;
}

static enum status parse_query(struct uri *uri, char *query)
{
	char *ampersand;

	if (*query == '\0')
		return STATUS_OK;
	for (;;) {
		ampersand = strchr(query, '&');
		if (ampersand)
			*ampersand = '\0';
		if (parse_param(uri, query) != STATUS_OK)
			return STATUS_BAD_REQUEST;
		if (!ampersand)
			return STATUS_OK;
		query = ampersand + 1;
	}
}

enum status uri_parse(struct uri *uri, const char *request_uri, const char *prefix)
{
	size_t len = strlen(request_uri), prefix_len = strlen(prefix);
	char *query;

	uri->segment_count = uri->param_count = 0;
	uri->trailing_slash = false;
	if (len > URI_MAX || request_uri[0] != '/')
		return STATUS_BAD_REQUEST;
	memcpy(uri->text, request_uri, len + 1);
	query = strchr(uri->text, '?');
	if (query) {
		*query = '\0';
		if (parse_query(uri, query + 1) != STATUS_OK)
			return STATUS_BAD_REQUEST;
	}
	if (strncmp(uri->text, prefix, prefix_len) != 0 || uri->text[prefix_len] != '/')
		return STATUS_NOT_FOUND;
	return parse_path(uri, uri->text + prefix_len + 1);
}

const char *uri_param(const struct uri *uri, const char *name)
{
	size_t i;

	for (i = 0; i < uri->param_count; i++)
		if (strcmp(uri->params[i].name, name) == 0)
			return uri->params[i].value;
	return NULL;
}
