/* SPDX-License-Identifier: ISC */
/* What a browser gets through public_url. */
#include "cli/doctor.h"

#include "base/buf.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define PATIENCE_MS 10000L
#define BODY_MAX 65536
#define EXPIRY_DAYS 14
#define PROTOCOL "chat.v1"
/* The example of RFC 6455, section 1.3. */
#define WEBSOCKET_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define WEBSOCKET_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

struct answer {
	CURLcode code;
	long status;
	char type[128], caching[200], protocol[64], accept[64];
	struct buf body;
	char error[CURL_ERROR_SIZE];
	time_t expires; /* of the certificate; 0 = none was shown */
	bool upgraded;
};

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct answer *answer = arg;

	if (answer->body.len < BODY_MAX)
		buf_add(&answer->body, data, size * count);
	return size * count;
}

static void keep(const char *line, size_t len, const char *name, char *ret_value, size_t size)
{
	size_t skip = strlen(name);

	if (len <= skip || strncasecmp(line, name, skip) != 0)
		return;
	while (skip < len && (line[skip] == ' ' || line[skip] == '\t'))
		skip++;
	while (len > skip && strchr("\r\n \t", line[len - 1]))
		len--;
	snprintf(ret_value, size, "%.*s", (int)(len - skip), line + skip);
}

/* At the end of the head of an upgrade nothing more is wanted: what follows are frames. */
static size_t on_head(char *data, size_t size, size_t count, void *arg)
{
	struct answer *answer = arg;
	size_t len = size * count;

	if (len > 12 && strncmp(data, "HTTP/", 5) == 0)
		answer->upgraded = strncmp(data, "HTTP/1.1 101", 12) == 0;
	keep(data, len, "content-type:", answer->type, sizeof answer->type);
	keep(data, len, "cache-control:", answer->caching, sizeof answer->caching);
	keep(data, len, "sec-websocket-protocol:", answer->protocol, sizeof answer->protocol);
	keep(data, len, "sec-websocket-accept:", answer->accept, sizeof answer->accept);
	return answer->upgraded && len <= 2 ? 0 : len;
}

static time_t first_expiry(CURL *easy)
{
	struct curl_certinfo *info = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info || info->num_of_certs < 1)
		return 0;
	for (const struct curl_slist *field = info->certinfo[0]; field; field = field->next) {
		if (strncmp(field->data, "Expire date:", 12) == 0)
			return curl_getdate(field->data + 12, NULL);
	}
	return 0;
}

/* GET of public_url and `path`; free the body. `head` may be NULL. */
static void get(struct doctor *d, const char *path, struct curl_slist *head, struct answer *ret_answer)
{
	const char *ca_file = option_str(d->options, "ca_file"), *place = option_str(d->options, "connect_to");
	char url[2 * PUBLIC_URL_MAX + 64], elsewhere[300];
	struct curl_slist *places = NULL;
	CURL *easy = curl_easy_init();

	*ret_answer = (struct answer){ .code = CURLE_OUT_OF_MEMORY };
	if (!easy)
		return;
	snprintf(url, sizeof url, "%s%s%s", d->url.origin, d->url.prefix, path);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, PATIENCE_MS);
	curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, ret_answer->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, ret_answer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, ret_answer);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, head);
	if (ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	if (place) {
		snprintf(elsewhere, sizeof elsewhere, "::%s", place);
		places = curl_slist_append(NULL, elsewhere);
		curl_easy_setopt(easy, CURLOPT_CONNECT_TO, places);
	}
	ret_answer->code = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret_answer->status);
	ret_answer->expires = first_expiry(easy);
	if (ret_answer->upgraded && ret_answer->code == CURLE_WRITE_ERROR)
		ret_answer->code = CURLE_OK;
	curl_slist_free_all(places);
	curl_easy_cleanup(easy);
}

static const char *why_not(const struct answer *answer)
{
	return answer->error[0] ? answer->error : curl_easy_strerror(answer->code);
}

static void check_certificate(struct doctor *d, const struct answer *answer)
{
	double days = difftime(answer->expires, time(NULL)) / 86400;
	char day[32];

	if (answer->expires <= 0)
		return;
	strftime(day, sizeof day, "%Y-%m-%d", gmtime(&(time_t){ answer->expires }));
	if (days < EXPIRY_DAYS)
		doctor_say(d, VERDICT_WARNING, "certificate", "renew it, and reload the web server", "expires on %s, in %.0f days", day, days);
	else
		doctor_say(d, VERDICT_OK, "certificate", NULL, "is good until %s", day);
}

/* False: nobody is there, and there is no use in asking further. */
static bool check_health(struct doctor *d)
{
	struct answer answer;
	bool there;

	get(d, "/api/v1/health", NULL, &answer);
	there = answer.code == CURLE_OK;
	d->api_answers = there && (answer.status == 200 || (answer.status == 503 && answer.body.len && strstr(answer.body.data, "\"database\"")));
	if (!there)
		doctor_say(d, VERDICT_WRONG, "web server",
				   "is it running, does its name lead here (--connect-to), is its certificate good?", "%s does not answer: %s", d->url.origin, why_not(&answer));
	else if (answer.status == 200)
		doctor_say(d, VERDICT_OK, "health", NULL, "the api answers through the web server and is ready");
	else if (answer.status == 404)
		doctor_say(d, VERDICT_WRONG, "health",
				   "does the web server serve the path of public_url? deploy/README.md has its configuration", "%s%s/api/v1/health is not found", d->url.origin, d->url.prefix);
	else
		doctor_say(d, VERDICT_WRONG, "health", answer.status == 503 || answer.status == 502 ? "see the lines on database, relays, router and api_socket" : "read the web server's log",
				   "the answer is %ld", answer.status);
	if (there)
		check_certificate(d, &answer);
	buf_fini(&answer.body);
	return there;
}

static void check_widget(struct doctor *d)
{
	static const char advice[] = "serve it as deploy/nginx or deploy/apache do";
	struct answer answer;

	get(d, "/widget.js", NULL, &answer);
	if (answer.code != CURLE_OK)
		doctor_say(d, VERDICT_WRONG, "widget.js", advice, "no answer: %s", why_not(&answer));
	else if (answer.status != 200)
		doctor_say(d, VERDICT_WRONG, "widget.js", advice, "the answer is %ld", answer.status);
	else if (strncasecmp(answer.type, "text/javascript", 15) != 0 && strncasecmp(answer.type, "application/javascript", 22) != 0)
		doctor_say(d, VERDICT_WRONG, "widget.js", advice, "is served as %s: browsers do not run it", answer.type[0] ? answer.type : "no type");
	else if (!strstr(answer.caching, "max-age") || strstr(answer.caching, "immutable"))
		doctor_say(d, VERDICT_WARNING, "widget.js", advice, "is served with Cache-Control \"%s\": %s", answer.caching,
				   strstr(answer.caching, "immutable") ? "after an upgrade browsers keep the old one" : "browsers ask for it anew on each page, or keep it for as long as they like");
	else
		doctor_say(d, VERDICT_OK, "widget.js", NULL, "%s, %s", answer.type, answer.caching);
	buf_fini(&answer.body);
}

static void check_websocket(struct doctor *d)
{
	static const char *const lines[] = { "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " WEBSOCKET_KEY,
										 "Sec-WebSocket-Protocol: " PROTOCOL };
	struct curl_slist *head = NULL;
	struct answer answer;
	char origin[sizeof d->url.origin + 16];

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		head = curl_slist_append(head, lines[i]);
	snprintf(origin, sizeof origin, "Origin: %s", d->url.origin);
	head = curl_slist_append(head, origin);
	get(d, "/relay", head, &answer);
	d->relay_answers = answer.code == CURLE_OK && answer.upgraded && !strcmp(answer.protocol, PROTOCOL) && !strcmp(answer.accept, WEBSOCKET_ACCEPT);
	if (d->relay_answers)
		doctor_say(d, VERDICT_OK, "websocket", NULL, "opens through the web server with %s", PROTOCOL);
	else if (answer.code != CURLE_OK)
		doctor_say(d, VERDICT_WRONG, "websocket", "read the web server's log", "no answer: %s", why_not(&answer));
	else if (answer.upgraded)
		doctor_say(d, VERDICT_WRONG, "websocket", "something between does not pass the handshake's headers on unchanged", "opens without %s, or not by our relay", PROTOCOL);
	else
		doctor_say(d, VERDICT_WRONG, "websocket",
				   answer.status >= 500 ? "start switchboard-relay" : "the web server, or a proxy before it, has to pass on Upgrade: deploy/README.md has its configuration",
				   "the answer to the handshake is %ld, not 101", answer.status);
	curl_slist_free_all(head);
	buf_fini(&answer.body);
}

void doctor_web(struct doctor *d)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return;
	if (check_health(d)) {
		check_widget(d);
		check_websocket(d);
	}
	curl_global_cleanup();
}
