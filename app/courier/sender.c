/* SPDX-License-Identifier: ISC */
#include "courier/sender.h"

#include "base/alloc.h"
#include "courier/mail.h"
#include "courier/reason.h"
#include "courier/signature.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistr.h>
#include <utlist.h>

#define CONNECT_MAX_MS 5000L
#define HEAD_MAX 65536 /* of an answer: all its headers together */
#define ERROR_MAX 400
#define CONNECTIONS_KEPT 64L

struct transfer {
	struct transfer *prev, *next;
	struct sender *sender;
	struct letter *letter;
	CURL *easy;
	CURLU *url;
	char *host;
	struct curl_slist *head;
	struct mail mail;
	struct buf answer;
	size_t head_bytes;
	uint64_t start_ms;
	bool opened; /* an address that is allowed */
	const char *reason; /* with `why`: what we ended it for, NULL = it was not us */
	char error[CURL_ERROR_SIZE], why[ERROR_MAX];
};

struct sender {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t timer;
	const struct target_rules *rules;
	char *ca_file;
	sender_done_fn *done;
	void *arg;
	struct transfer *transfers;
	size_t active;
};

/* ---- the end of a transfer -------------------------------------------------------------------------------------- */

static void transfer_free(struct transfer *t)
{
	if (t->easy)
		curl_easy_cleanup(t->easy);
	curl_url_cleanup(t->url);
	curl_slist_free_all(t->head);
	mail_fini(&t->mail);
	buf_fini(&t->answer);
	free(t->host);
	free(t);
}

/* What strangers send is no text until it has been looked at. */
static const char *readable(struct buf *answer)
{
	for (size_t i = 0; i < answer->len; i++)
		if (answer->data[i] == '\0')
			answer->data[i] = ' ';
	if (u8_check((const uint8_t *)answer->data, answer->len))
		for (size_t i = 0; i < answer->len; i++)
			if ((unsigned char)answer->data[i] >= 0x80)
				answer->data[i] = '?';
	return answer->data;
}

static void tell(struct sender *s, struct transfer *t, struct outcome *outcome)
{
	struct letter *letter = t->letter;

	outcome->took_ms = uv_now(s->loop) - t->start_ms;
	DL_DELETE(s->transfers, t);
	s->active--;
	s->done(s->arg, letter, outcome);
	transfer_free(t);
}

/* One that did not begin, or that is given up. */
static void give_up(struct transfer *t, const char *reason, const char *why, bool final)
{
	tell(t->sender, t, &(struct outcome){ .reason = reason, .text = why, .final = final });
}

static const char *why_not(struct transfer *t, CURLcode code)
{
	if (t->reason)
		return t->why;
	(void)snprintf(t->why, sizeof t->why, "%s%s%s", curl_easy_strerror(code), t->error[0] != '\0' ? ": " : "", t->error);
	return t->why;
}

static void finish(struct transfer *t, CURLcode code)
{
	struct outcome outcome = { 0 };
	long status = 0;
	curl_off_t retry_s = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &retry_s);
	outcome.status = (int)status;
	if (code == CURLE_OK) {
		outcome.retry_s = retry_s > 0 && retry_s < 86400 ? (long)retry_s : 0;
		outcome.text = readable(&t->answer);
	} else {
		outcome.text = why_not(t, code);
		outcome.reason = t->reason ? t->reason : reason_of(code, letter_is_mail(t->letter) ? status : 0);
		outcome.final = letter_is_mail(t->letter) && status >= 500 && code != CURLE_LOGIN_DENIED;
	}
	curl_multi_remove_handle(t->sender->multi, t->easy);
	tell(t->sender, t, &outcome);
}

static void collect(struct sender *s)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(s->multi, &left))) {
		struct transfer *t = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		finish(t, code);
	}
}

/* ---- libcurl on the loop ---------------------------------------------------------------------------------------- */

struct watch {
	uv_poll_t poll;
	struct sender *sender;
	curl_socket_t socket;
};

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	struct sender *s = w->sender;
	int flags = status < 0 ? CURL_CSELECT_ERR : ((events & UV_READABLE) ? CURL_CSELECT_IN : 0) | ((events & UV_WRITABLE) ? CURL_CSELECT_OUT : 0);
	int running;

	curl_multi_socket_action(s->multi, w->socket, flags, &running);
	collect(s);
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *arg, void *known)
{
	struct sender *s = arg;
	struct watch *w = known;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(s->multi, socket, NULL);
		if (w) {
			uv_poll_stop(&w->poll);
			uv_close((uv_handle_t *)&w->poll, on_watch_closed);
		}
		return 0;
	}
	if (!w) {
		w = alloc_zero(1, sizeof *w);
		w->sender = s;
		w->socket = socket;
		if (uv_poll_init(s->loop, &w->poll, socket) != 0) {
			free(w);
			return -1;
		}
		w->poll.data = w;
		curl_multi_assign(s->multi, socket, w);
	}
	uv_poll_start(&w->poll, (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0), on_ready);
	return 0;
}

static void on_timeout(uv_timer_t *timer)
{
	struct sender *s = timer->data;
	int running;

	curl_multi_socket_action(s->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(s);
}

static int on_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct sender *s = arg;

	(void)multi;
	if (timeout_ms < 0)
		uv_timer_stop(&s->timer);
	else
		uv_timer_start(&s->timer, on_timeout, (uint64_t)timeout_ms, 0);
	return 0;
}

/* ---- one transfer ----------------------------------------------------------------------------------------------- */

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = arg;
	char text[INET6_ADDRSTRLEN];

	(void)purpose;
	if (target_allows(t->sender->rules, t->host, &address->addr, text, sizeof text)) {
		t->opened = true;
		t->reason = NULL;
		return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	}
	if (t->opened) /* another of its addresses will do, or is why it is not reached */
		return CURL_SOCKET_BAD;
	t->reason = REASON_PRIVATE_ADDRESS;
	(void)snprintf(t->why, sizeof t->why, "%s is at %s, which is not public: the administrator can allow it (courier_private_hosts)", t->host, text);
	return CURL_SOCKET_BAD;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * count;

	if (t->answer.len + len > t->letter->answer_max) {
		t->reason = REASON_ANSWER_TOO_LARGE;
		(void)snprintf(t->why, sizeof t->why, "its answer is longer than %zu bytes", t->letter->answer_max);
		return 0;
	}
	buf_add(&t->answer, data, len);
	return len;
}

static size_t on_head(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * count;

	(void)data;
	t->head_bytes += len;
	if (t->head_bytes > HEAD_MAX) {
		t->reason = REASON_ANSWER_TOO_LARGE;
		(void)snprintf(t->why, sizeof t->why, "the head of its answer is longer than %d bytes", HEAD_MAX);
		return 0;
	}
	return len;
}

static bool add_line(void *arg, const char *line, size_t len)
{
	struct transfer *t = arg;
	char *copy = alloc_zero(len + 1, 1);

	memcpy(copy, line, len);
	for (size_t i = 0; i < len; i++)
		if (copy[i] == '\r')
			copy[i] = ' ';
	t->head = curl_slist_append(t->head, copy);
	free(copy);
	return true;
}

static void add_head(struct transfer *t, const char *name, const char *value)
{
	struct buf line;

	buf_init(&line, 8192);
	buf_addf(&line, "%s: %s", name, value);
	(void)add_line(t, line.data, line.len);
	buf_fini(&line);
}

static void authenticate(struct transfer *t)
{
	const struct letter *l = t->letter;
	struct buf value;

	if (strcmp(l->scheme, "basic") == 0 || letter_is_mail(l)) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(t->easy, CURLOPT_USERNAME, l->user_name);
		curl_easy_setopt(t->easy, CURLOPT_PASSWORD, l->secret);
	} else if (strcmp(l->scheme, "bearer") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		curl_easy_setopt(t->easy, CURLOPT_XOAUTH2_BEARER, l->secret);
	} else if (strcmp(l->scheme, "hmac") == 0) {
		buf_init(&value, 512);
		signature_write(&value, time(NULL), l->secret, l->other_secret, l->body);
		add_head(t, "Switchboard-Signature", value.data);
		buf_fini(&value);
	}
}

static void prepare_request(struct transfer *t)
{
	const struct letter *l = t->letter;

	curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, l->method);
	if (l->body) {
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(l->body));
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, l->body);
	} else if (strcmp(l->method, "GET") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
	}
	add_head(t, "Content-Type", l->content_type ? l->content_type : "application/json");
	add_head(t, "Idempotency-Key", l->item);
	(void)add_line(t, "Expect:", 7);
	(void)letter_words(l->headers, '\n', add_line, t);
	authenticate(t);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->head);
}

/* What holds for every transfer. Nothing is taken from the environment or from files of whoever runs us. */
static void prepare_common(struct transfer *t)
{
	const struct letter *l = t->letter;
	const char *ca_file = t->sender->ca_file;

	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_CURLU, t->url);
	curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, letter_is_mail(l) ? "smtp,smtps" : l->plain_http ? "https,http" : "https");
	curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(t->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(t->easy, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, l->timeout_ms);
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, l->timeout_ms < CONNECT_MAX_MS ? l->timeout_ms : CONNECT_MAX_MS);
	curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "switchboard/" PACKAGE_VERSION);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
	if (ca_file)
		curl_easy_setopt(t->easy, CURLOPT_CAINFO, ca_file);
}

void sender_send(struct sender *s, struct letter *letter)
{
	struct transfer *t = alloc_zero(1, sizeof *t);
	const char *reason, *why;

	t->sender = s;
	t->letter = letter;
	t->start_ms = uv_now(s->loop);
	buf_init(&t->answer, letter->answer_max + 1);
	DL_APPEND(s->transfers, t);
	s->active++;
	if (letter->problem) {
		tell(s, t, &(struct outcome){ .status = letter->status, .reason = letter->reason ? letter->reason : REASON_OTHER, .text = letter->problem, .final = letter->final });
		return;
	}
	t->url = target_of(letter, &t->host, &reason, &why);
	if (!t->url) {
		give_up(t, reason, why, false); /* a DBA can mend it meanwhile */
		return;
	}
	t->easy = curl_easy_init();
	if (!t->easy) {
		give_up(t, REASON_OTHER, "libcurl has no handle for it", false);
		return;
	}
	prepare_common(t);
	if (letter_is_mail(letter)) {
		if (!mail_prepare(t->easy, letter, time(NULL), &t->mail)) {
			give_up(t, REASON_NOT_MADE, "it is no mail: a sender or receiver is missing or none, or its head is too long", true);
			return;
		}
		authenticate(t);
	} else {
		prepare_request(t);
	}
	if (curl_multi_add_handle(s->multi, t->easy) != CURLM_OK)
		give_up(t, REASON_OTHER, "libcurl does not take it", false);
}

/* ---- the sender ------------------------------------------------------------------------------------------------- */

enum status sender_new(uv_loop_t *loop, const struct target_rules *rules, const char *ca_file, sender_done_fn *done, void *arg, struct sender **ret_sender)
{
	struct sender *s;
	CURLM *multi;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return STATUS_INTERNAL;
	multi = curl_multi_init();
	if (!multi)
		return STATUS_INTERNAL;
	s = alloc_zero(1, sizeof *s);
	s->loop = loop;
	s->multi = multi;
	s->rules = rules;
	s->ca_file = ca_file ? alloc_copy_str(ca_file) : NULL;
	s->done = done;
	s->arg = arg;
	uv_timer_init(loop, &s->timer);
	s->timer.data = s;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, s);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, s);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
	*ret_sender = s;
	return STATUS_OK;
}

size_t sender_active(const struct sender *s)
{
	return s->active;
}

void sender_abort(struct sender *s)
{
	struct transfer *t, *next;

	DL_FOREACH_SAFE(s->transfers, t, next) {
		curl_multi_remove_handle(s->multi, t->easy);
		give_up(t, REASON_INTERRUPTED, "the courier was stopped in the middle of the attempt", false);
	}
}

void sender_close(struct sender *s)
{
	curl_multi_cleanup(s->multi); /* closes its connections, whose sockets it gives back through on_socket() */
	s->multi = NULL;
	uv_close((uv_handle_t *)&s->timer, NULL);
}

void sender_free(struct sender **sender)
{
	if (!*sender)
		return;
	free((*sender)->ca_file);
	free(*sender);
	*sender = NULL;
	curl_global_cleanup();
}
