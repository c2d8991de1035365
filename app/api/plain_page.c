/* SPDX-License-Identifier: ISC */
/* What every page of plain/KEY has: its headers, its head, its links, and what it says when something went wrong. */
#include "api/plain.h"

#include "api/accent.h"
#include "api/locale.h"
#include "api/routes.h"
#include "http/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define POLICY "; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors "
/* around what is filled in: a Latin name must not turn an Arabic sentence around */
#define ISOLATE "\xe2\x81\xa8"
#define END_ISOLATE "\xe2\x81\xa9"
#define NAME_MAX_BYTES 64

/* ---- texts ----------------------------------------------------------------------------------------------------- */

/* The value of {name…, NULL where nobody gives one. */
static const char *value_of(const char *name, size_t len, va_list pairs)
{
	const char *found = NULL, *key;
	va_list left;

	va_copy(left, pairs);
	while (!found && (key = va_arg(left, const char *))) {
		const char *value = va_arg(left, const char *);

		if (strlen(key) == len && strncmp(key, name, len) == 0)
			found = value;
	}
	va_end(left);
	return found;
}

static void add_part(struct buf *out, const char *text, size_t len)
{
	char part[256];

	for (size_t n; len > 0; text += n, len -= n) {
		n = len < sizeof part ? len : sizeof part - 1;
		snprintf(part, sizeof part, "%.*s", (int)n, text);
		html_add(out, part);
	}
}

void plain_say(const struct plain *plain, const char *name, ...)
{
	struct buf *out = &plain->call->response.body;
	const char *text = words_text(&plain->words, name), *value;
	va_list pairs;
	size_t len;

	va_start(pairs, name);
	for (; *text; text += len) {
		len = strcspn(text, "{");
		add_part(out, text, len);
		if (text[len] == '\0')
			break;
		text += len + 1;
		len = strcspn(text, "}");
		value = value_of(text, len, pairs);
		buf_add_str(out, plain->words.from_right ? ISOLATE : "");
		html_add(out, value ? value : "");
		buf_add_str(out, plain->words.from_right ? END_ISOLATE : "");
		len += text[len] == '}';
	}
	va_end(pairs);
}

void plain_heading(const struct plain *plain, const char *tag, const char *text)
{
	struct buf *out = &plain->call->response.body;

	buf_addf(out, "<%s><bdi>", tag);
	plain_say(plain, text, NULL);
	buf_addf(out, "</bdi></%s>\n", tag);
}

void plain_line(const struct plain *plain, const char *class_name, const char *text)
{
	struct buf *out = &plain->call->response.body;

	buf_addf(out, "<p class=\"%s\"><bdi>", class_name);
	plain_say(plain, text, NULL);
	buf_add_str(out, "</bdi></p>\n");
}

/* ---- links ----------------------------------------------------------------------------------------------------- */

/* `page` is what stands behind the widget's key: "", "/chat", "/messages?hold=1" */
void plain_add_url(struct plain *plain, const char *page)
{
	struct buf *out = &plain->call->response.body;

	html_add(out, plain->call->api->url.prefix);
	buf_add_str(out, "/plain/");
	html_add(out, plain->key);
	html_add(out, page);
	if (plain->asked) {
		buf_addf(out, "%slocale=", strchr(page, '?') ? "&amp;" : "?");
		html_add(out, plain->asked);
	}
}

void plain_link(struct plain *plain, const char *page, const char *class_name, const char *text, const char *target)
{
	struct buf *out = &plain->call->response.body;

	buf_addf(out, "<a class=\"%s\" href=\"", class_name);
	plain_add_url(plain, page);
	if (target)
		buf_addf(out, "\" target=\"%s", target);
	buf_add_str(out, "\">");
	plain_say(plain, text, NULL);
	buf_add_str(out, "</a>\n");
}

void plain_button(struct plain *plain, const char *class_name, const char *text)
{
	struct buf *out = &plain->call->response.body;

	buf_addf(out, "<button class=\"%s\" type=\"submit\">", class_name);
	plain_say(plain, text, NULL);
	buf_add_str(out, "</button>\n");
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

/* The site's colour is the one rule that is in no file: the policy names it by its hash, so that no other may stand in the page. */
static void add_policy(struct plain *plain, const struct buf *rules)
{
	uint8_t hash[SECRET_BYTES];
	char digest[(SECRET_BYTES + 2) / 3 * 4 + 1];
	struct buf policy;

	buf_init(&policy, 512);
	buf_add_str(&policy, "default-src 'none'; style-src 'self'");
	if (rules->len > 0) {
		secret_sha256(rules->data, rules->len, hash);
		secret_base64(hash, sizeof hash, digest); /* not every browser knows the other alphabet here */
		buf_addf(&policy, " 'sha256-%s'", digest);
	}
	buf_add_str(&policy, plain->framed ? POLICY "'self'" : POLICY "'none'");
	response_header(&plain->call->response, "Content-Security-Policy", policy.data);
	buf_fini(&policy);
}

static void add_headers(struct plain *plain, const struct buf *rules)
{
	struct response *response = &plain->call->response;

	response->content_type = "text/html; charset=utf-8";
	add_policy(plain, rules);
	/* not "no-referrer": forms would come from nowhere then, and are held against our origin */
	response_header(response, "Referrer-Policy", "same-origin");
	response_header(response, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
	response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	response_vary(response, "Accept-Language");
	response_vary(response, "Cookie");
	plain_keep_seed(plain);
}

void plain_open_page(struct plain *plain, enum http_code code, const char *title, const char *class_name)
{
	const struct api *api = plain->call->api;
	struct buf *out = &plain->call->response.body, rules;

	plain->call->response.code = code;
	buf_init(&rules, 1024);
	accent_rules(plain_accent(plain), &rules);
	add_headers(plain, &rules);
	buf_add_str(out, "<!doctype html>\n<html lang=\"");
	html_add(out, plain->words.language);
	buf_addf(out,
			 "\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			 "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
			 plain->words.from_right ? "rtl" : "ltr");
	plain_say(plain, title, NULL);
	buf_add_str(out, "</title>\n");
	if (api->assets.plain_css[0])
		buf_addf(out, "<link rel=\"stylesheet\" href=\"%s/%s\">\n", api->url.prefix, api->assets.plain_css);
	if (rules.len > 0)
		buf_addf(out, "<style>%s</style>\n", rules.data);
	buf_fini(&rules);
	buf_addf(out, "</head>\n<body class=\"%s\">\n", class_name);
}

void plain_head(struct plain *plain, const char *title, const char *status)
{
	struct buf *out = &plain->call->response.body;

	buf_add_str(out, "<header>\n");
	plain_heading(plain, "h1", title);
	if (status)
		plain_line(plain, "status", status);
	buf_add_str(out, "</header>\n<main>\n");
}

void plain_close_page(struct plain *plain)
{
	buf_add_str(&plain->call->response.body, "</main>\n</body>\n</html>\n");
}

/* ---- what went wrong ------------------------------------------------------------------------------------------- */

static const char *text_for(const struct problem *problem)
{
	switch ((int)problem->status) {
	case STATUS_UNAUTHORIZED:
	case STATUS_GONE:
		return "lost.title";
	case STATUS_IDENTITY_REQUIRED:
		return "problem.identity";
	case STATUS_FORBIDDEN:
		return strcmp(problem->field, "form") == 0 ? "error.cookies" : "error.forbidden";
	case STATUS_ORIGIN_DENIED:
		return "error.forbidden";
	case STATUS_NOT_FOUND:
		return "error.not_found";
	case STATUS_METHOD_NOT_ALLOWED:
		return "error.method";
	case STATUS_CONFLICT:
		return "error.conflict";
	case STATUS_CLOSED:
		return "problem.closed";
	case STATUS_QUEUE_FULL:
		return "problem.full";
	case STATUS_TOO_LARGE:
		return "failed.too_large";
	case STATUS_INVALID:
		return strcmp(problem->field, "name") == 0 ? "problem.invalid" : strcmp(problem->field, "body") == 0 ? "error.body" : "error.invalid";
	case STATUS_RATE_LIMITED:
	case STATUS_SITE_BUSY:
		return "error.busy";
	case STATUS_UNAVAILABLE:
	case STATUS_INTERNAL:
		return "error.unavailable";
	default:
		return "error.bad";
	}
}

void plain_problem_text(struct plain *plain, const struct problem *problem)
{
	char seconds[16], time[32] = "";
	struct json_object *extra = NULL;

	if (problem->extra[0] && json_parse(problem->extra, strlen(problem->extra), &extra) == STATUS_OK)
		plain_time(plain_str(extra, "next_opening"), time, sizeof time);
	snprintf(seconds, sizeof seconds, "%d", problem->retry_ms > 0 ? (problem->retry_ms + 999) / 1000 : 1);
	if (plain_str(extra, "text"))
		html_add(&plain->call->response.body, plain_str(extra, "text"));
	else
		plain_say(plain, time[0] ? "problem.closed_until" : text_for(problem), "n", seconds, "time", time, NULL);
	json_object_put(extra);
}

void plain_reference(struct plain *plain)
{
	struct buf *out = &plain->call->response.body;

	buf_add_str(out, "<p class=\"reference\" dir=\"auto\">");
	plain_say(plain, "reference", "id", plain->call->request.id, NULL);
	buf_add_str(out, "</p>\n");
}

bool plain_is_page(const struct call *call)
{
	const struct uri *uri = &call->request.uri;

	return call->match.route ? call->match.route->who == WHO_PLAIN : uri->segment_count > 0 && strcmp(uri->segments[0], "plain") == 0;
}

/* A chat that is not there any more can be begun anew; else one goes on where one was. */
static void add_ways(struct plain *plain, enum status status)
{
	struct buf *out = &plain->call->response.body;
	bool lost = status == STATUS_UNAUTHORIZED || status == STATUS_GONE || status == STATUS_NOT_FOUND;

	if (!plain->key)
		return;
	buf_add_str(out, "<p class=\"ways\">");
	if (lost)
		plain_link(plain, "", "button primary", "new_chat", "_parent");
	else
		plain_link(plain, "", "button primary", "plain.back", "_parent");
	buf_add_str(out, "</p>\n");
}

void plain_problem(struct call *call)
{
	struct plain plain = { .call = call, .framed = true };
	const char *asked = uri_param(&call->request.uri, "locale");
	struct problem problem = call->problem;
	struct buf *out = &call->response.body;
	char code[8];

	if (call->match.route)
		plain.key = call->match.args[0];
	if (asked && locale_is_wellformed(asked))
		plain.asked = asked;
	words_choose(&call->api->assets, plain.asked ? plain.asked : locale_accepted(&call->request), NULL, &plain.words);
	buf_reset(out);
	plain_open_page(&plain, (enum http_code)call->response.code, "status.chat", "page");
	snprintf(code, sizeof code, "%d", call->response.code);
	plain_head(&plain, "status.chat", NULL);
	buf_add_str(out, "<h2 dir=\"auto\">");
	plain_problem_text(&plain, &problem);
	buf_add_str(out, "</h2>\n");
	add_ways(&plain, problem.status);
	buf_add_str(out, "<p class=\"reference\" dir=\"auto\">");
	plain_say(&plain, "plain.code", "code", code, "name", status_wire_name(problem.status), NULL);
	buf_add_str(out, "</p>\n");
	plain_reference(&plain);
	plain_close_page(&plain);
}
