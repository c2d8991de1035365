/* SPDX-License-Identifier: ISC */
/* libnats, and nothing else of the relay knows it. One thread of ours connects, says what stands in its mailbox and, when the connection ends, begins anew; the
 * library's own reconnecting would keep old words for later. What comes is put into the other mailbox by a thread of the library. */
#include "relay/carrier.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/secret.h"
#include "relay/bus.h"
#include "relay/mailbox.h"

#include <nats/nats.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 1000 /* to connect, and to take what is written: the server is dead or stopped otherwise */
#define PING_MS 1000    /* two without an answer end the connection */
#define RETRY_MS 500
#define RETRY_SPREAD_MS 500
#define LOOK_MS 500
#define CLOSE_MS 2000
#define PENDING_MESSAGES 65536
#define REASON_MAX 200

enum letter_kind { LETTER_PAYLOAD, LETTER_SUBJECT, LETTER_STOP, LETTER_WAKE, LETTER_UP, LETTER_DOWN, LETTER_ERROR };

struct carrier {
	struct carrier_events events;
	struct mailbox out, in;
	uv_async_t wake;        /* there is something in `in` */
	atomic_bool in_full;
	uv_thread_t thread;
	char told[REASON_MAX];  /* the last fault that was logged; the loop's */
	/* the thread's */
	char *urls;             /* separated by NUL, one more behind the last */
	const char *url;        /* the next to be tried */
	char *ca_file;
	char *credentials_file; /* NKey and JWT, read by the library */
	char *user, *password;  /* user alone: a token */
	char subject[64];
	bool stopped, moved;
	bool abandoned;         /* the library did not end its threads in time: what they know of stays */
};

/* ---- on threads of the library ------------------------------------------------------------------------------ */

static void tell(struct carrier *c, enum letter_kind kind, const char *text)
{
	mailbox_must_put(&c->in, (int)kind, text);
	(void)uv_async_send(&c->wake);
}

static void on_message(natsConnection *connection, natsSubscription *subscription, natsMsg *message, void *arg)
{
	struct carrier *c = arg;
	int len = natsMsg_GetDataLength(message);

	(void)connection;
	(void)subscription;
	if (len > 0 && len <= CARRIER_PAYLOAD_MAX && !mailbox_put(&c->in, LETTER_PAYLOAD, natsMsg_GetData(message), (size_t)len))
		atomic_store(&c->in_full, true);
	natsMsg_Destroy(message);
	(void)uv_async_send(&c->wake);
}

static void on_closed(natsConnection *connection, void *arg)
{
	struct carrier *c = arg;

	(void)connection;
	mailbox_must_put(&c->out, LETTER_WAKE, "");
}

/* A right that is missing, a subscription that is too slow: the connection goes on. */
static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus status, void *arg)
{
	const char *detail = NULL;
	char text[REASON_MAX];

	(void)subscription;
	if (status == NATS_SLOW_CONSUMER)
		atomic_store(&((struct carrier *)arg)->in_full, true);
	(void)natsConnection_GetLastError(connection, &detail);
	(void)snprintf(text, sizeof text, "%s", detail && detail[0] ? detail : natsStatus_GetText(status));
	tell(arg, LETTER_ERROR, text);
}

/* ---- on our thread ------------------------------------------------------------------------------------------ */

static natsStatus set_credentials(const struct carrier *c, natsOptions *options)
{
	if (c->credentials_file)
		return natsOptions_SetUserCredentialsFromFiles(options, c->credentials_file, NULL);
	if (c->password)
		return natsOptions_SetUserInfo(options, c->user, c->password);
	return c->user ? natsOptions_SetToken(options, c->user) : NATS_OK;
}

static natsStatus set_tls(const struct carrier *c, natsOptions *options)
{
	char host[BUS_URL_MAX + 1];
	natsStatus status;

	if (strncmp(c->url, "tls://", 6) != 0)
		return NATS_OK;
	(void)snprintf(host, sizeof host, "%.*s", (int)strcspn(c->url + 6, ":"), c->url + 6);
	status = natsOptions_SetSecure(options, true);
	if (status == NATS_OK)
		status = natsOptions_LoadCATrustedCertificates(options, c->ca_file);
	if (status == NATS_OK)
		status = natsOptions_SetExpectedHostname(options, host);
	return status;
}

#define TRY(call) \
	do { \
		if (status == NATS_OK) \
			status = (call); \
	} while (0)

static natsStatus make_options(struct carrier *c, natsOptions **ret_options)
{
	natsStatus status = natsOptions_Create(ret_options);

	TRY(natsOptions_SetURL(*ret_options, c->url));
	TRY(natsOptions_SetName(*ret_options, "switchboard-relay"));
	TRY(natsOptions_SetTimeout(*ret_options, CONNECT_MS));
	TRY(natsOptions_SetWriteDeadline(*ret_options, CONNECT_MS));
	TRY(natsOptions_SetPingInterval(*ret_options, PING_MS));
	TRY(natsOptions_SetMaxPingsOut(*ret_options, 2));
	TRY(natsOptions_SetAllowReconnect(*ret_options, false));
	TRY(natsOptions_SetSendAsap(*ret_options, true)); /* words come together already */
	TRY(natsOptions_SetClosedCB(*ret_options, on_closed, c));
	TRY(natsOptions_SetErrorHandler(*ret_options, on_error, c));
	TRY(set_tls(c, *ret_options));
	TRY(set_credentials(c, *ret_options));
	return status;
}

static void take_order(struct carrier *c, const struct letter *letter)
{
	if (letter->kind == LETTER_STOP)
		c->stopped = true;
	if (letter->kind == LETTER_SUBJECT && strcmp(c->subject, letter->text) != 0) {
		(void)snprintf(c->subject, sizeof c->subject, "%s", letter->text);
		c->moved = true;
	}
}

/* Until the connection ends, or we are told to. */
static natsStatus serve(struct carrier *c, natsConnection *connection)
{
	natsStatus status = NATS_OK;

	while (status == NATS_OK && !c->stopped && !c->moved && !natsConnection_IsClosed(connection)) {
		struct letter *letters = mailbox_wait(&c->out, LOOK_MS);

		for (const struct letter *letter = letters; letter; letter = letter->next)
			if (letter->kind == LETTER_PAYLOAD)
				TRY(natsConnection_Publish(connection, c->subject, letter->text, (int)letter->len));
			else
				take_order(c, letter);
		letters_free(&letters);
	}
	return status;
}

static void session(struct carrier *c)
{
	natsOptions *options = NULL;
	natsConnection *connection = NULL;
	natsSubscription *subscription = NULL;
	natsStatus status = make_options(c, &options);
	const char *detail = NULL;
	char reason[REASON_MAX];

	c->moved = false;
	TRY(natsConnection_Connect(&connection, options));
	TRY(natsConnection_Subscribe(&subscription, connection, c->subject, on_message, c));
	TRY(natsSubscription_SetPendingLimits(subscription, PENDING_MESSAGES, CARRIER_IN_MAX));
	TRY(natsConnection_FlushTimeout(connection, CONNECT_MS)); /* the server has taken it */
	if (status == NATS_OK) {
		tell(c, LETTER_UP, c->url);
		status = serve(c, connection);
	}
	if (connection)
		(void)natsConnection_GetLastError(connection, &detail);
	else
		detail = nats_GetLastError(NULL);
	(void)snprintf(reason, sizeof reason, "%s: %s", c->url, detail && detail[0] ? detail : status == NATS_OK ? "closed" : natsStatus_GetText(status));
	tell(c, LETTER_DOWN, reason);
	natsSubscription_Destroy(subscription);
	natsConnection_Destroy(connection);
	natsOptions_Destroy(options);
}

/* What was to be said meanwhile is not: the bus does not work, and says it the other way. */
static void rest(struct carrier *c, unsigned ms)
{
	struct letter *letters = mailbox_wait(&c->out, ms);

	for (const struct letter *letter = letters; letter; letter = letter->next)
		take_order(c, letter);
	letters_free(&letters);
}

static void next_url(struct carrier *c)
{
	c->url += strlen(c->url) + 1;
	if (c->url[0] == '\0')
		c->url = c->urls;
}

static void run(void *arg)
{
	struct carrier *c = arg;

	while (!c->stopped && c->subject[0] == '\0')
		rest(c, LOOK_MS);
	while (!c->stopped) {
		uint64_t until_ns;

		session(c);
		next_url(c);
		if (c->moved)
			continue;
		until_ns = uv_hrtime() + (RETRY_MS + uv_hrtime() / 1000 % RETRY_SPREAD_MS) * 1000000;
		while (!c->stopped && uv_hrtime() < until_ns)
			rest(c, LOOK_MS / 4);
	}
	c->abandoned = nats_CloseAndWait(CLOSE_MS) != NATS_OK;
}

/* ---- on the loop's thread ----------------------------------------------------------------------------------- */

static void log_fault(struct carrier *c, const char *event, const char *text)
{
	if (strcmp(c->told, text) == 0)
		return; /* it goes on trying, and failing */
	(void)snprintf(c->told, sizeof c->told, "%s", text);
	log_event(LOG_LEVEL_WARN, event, "reason", text, NULL);
}

static void take(struct carrier *c, const struct letter *letter)
{
	switch ((enum letter_kind)letter->kind) {
	case LETTER_UP:
		c->told[0] = '\0';
		log_event(LOG_LEVEL_INFO, "nats_up", "url", letter->text, NULL);
		c->events.up(c->events.arg);
		break;
	case LETTER_DOWN:
		log_fault(c, "nats_down", letter->text);
		c->events.down(c->events.arg, letter->text);
		break;
	case LETTER_ERROR:
		log_fault(c, "nats_error", letter->text);
		break;
	case LETTER_PAYLOAD:
		c->events.came(c->events.arg, letter->text);
		break;
	case LETTER_SUBJECT:
	case LETTER_STOP:
	case LETTER_WAKE:
	default:
		break;
	}
}

static void on_wake(uv_async_t *wake)
{
	struct carrier *c = wake->data;
	struct letter *letters = mailbox_take(&c->in);

	for (const struct letter *letter = letters; letter; letter = letter->next)
		take(c, letter);
	letters_free(&letters);
	if (atomic_exchange(&c->in_full, false))
		c->events.lost(c->events.arg);
}

void carrier_subject(struct carrier *c, const char *subject)
{
	mailbox_must_put(&c->out, LETTER_SUBJECT, subject);
}

bool carrier_send(struct carrier *c, const char *payload, size_t len)
{
	return mailbox_put(&c->out, LETTER_PAYLOAD, payload, len);
}

/* ---- life --------------------------------------------------------------------------------------------------- */

/* A credentials file of the NATS tools, or one line: USER:PASSWORD, or a token. false: refused (logged). */
static bool read_credentials(struct carrier *c, const char *path)
{
	char text[SECRET_TEXT_MAX + 1], *colon;

	if (!path)
		return true;
	if (secret_load_text(path, text) != STATUS_OK)
		return false;
	if (strncmp(text, "-----BEGIN NATS", 15) == 0) {
		c->credentials_file = alloc_copy_str(path);
	} else {
		text[strcspn(text, "\r\n")] = '\0';
		colon = strchr(text, ':');
		if (colon) {
			*colon = '\0';
			c->password = alloc_copy_str(colon + 1);
		}
		c->user = alloc_copy_str(text);
	}
	OPENSSL_cleanse(text, sizeof text);
	return true;
}

static bool read_options(struct carrier *c, const struct options *options)
{
	const char *urls = option_str(options, "nats_url"), *ca_file = option_str(options, "nats_ca_file");
	const char *fault = bus_url_fault(urls);

	if (!fault && strncmp(urls, "tls://", 6) == 0 && !ca_file)
		fault = "tls:// needs nats_ca_file, with the certificates it is to trust";
	if (fault) {
		log_event(LOG_LEVEL_ERROR, "nats_refused", "option", "nats_url", "reason", fault, NULL);
		return false;
	}
	c->urls = alloc_zero(1, strlen(urls) + 2);
	for (size_t i = 0; urls[i]; i++)
		c->urls[i] = (char)(urls[i] == ',' ? '\0' : urls[i]);
	c->url = c->urls;
	c->ca_file = ca_file ? alloc_copy_str(ca_file) : NULL;
	return read_credentials(c, option_str(options, "nats_credentials_file"));
}

static void release(struct carrier *c)
{
	if (c->password)
		OPENSSL_cleanse(c->password, strlen(c->password));
	if (c->user)
		OPENSSL_cleanse(c->user, strlen(c->user));
	free(c->password);
	free(c->user);
	free(c->credentials_file);
	free(c->ca_file);
	free(c->urls);
	mailbox_fini(&c->in);
	mailbox_fini(&c->out);
	free(c);
}

enum status carrier_new(uv_loop_t *loop, const struct options *options, const struct carrier_events *events, struct carrier **ret_carrier)
{
	struct carrier *c;
	sigset_t all, before;

	*ret_carrier = NULL;
	if (!option_str(options, "nats_url") || option_str(options, "nats_url")[0] == '\0')
		return STATUS_OK;
	c = alloc_zero(1, sizeof *c);
	c->events = *events;
	mailbox_init(&c->out, CARRIER_OUT_MAX);
	mailbox_init(&c->in, CARRIER_IN_MAX);
	if (!read_options(c, options)) {
		release(c);
		return STATUS_INVALID;
	}
	if (uv_async_init(loop, &c->wake, on_wake) != 0)
		abort();
	c->wake.data = c;
	sigfillset(&all); /* signals are the loop's; what the library starts inherits it */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (uv_thread_create(&c->thread, run, c) != 0)
		abort();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	*ret_carrier = c;
	return STATUS_OK;
}

static void on_wake_closed(uv_handle_t *handle)
{
	struct carrier *c = handle->data;

	if (!c->abandoned)
		release(c);
}

void carrier_free(struct carrier **carrier)
{
	struct carrier *c = *carrier;

	if (!c)
		return;
	*carrier = NULL;
	mailbox_must_put(&c->out, LETTER_STOP, "");
	(void)uv_thread_join(&c->thread);
	uv_close((uv_handle_t *)&c->wake, on_wake_closed);
}
