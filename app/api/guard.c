/* SPDX-License-Identifier: ISC */
#include "api/guard.h"

#include "api/call.h"
#include "api/routes.h"
#include "base/log.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NONSENSE_MS 60000
#define SELDOM_PART 4 /* who asks for a quarter of what an address may have asks seldom */
#define OVERLOADED_RETRY_MS 5000

enum counted { COUNTED_REQUEST, COUNTED_CHAT, COUNTED_NOTE, COUNTED_WEBHOOK, COUNTED_ACCOUNT, COUNTED_OFTEN };

static const struct rate note_rate = { .count = 1, .per_s = 10, .burst = 1 };

enum status guard_init(struct guard *guard, const struct options *options)
{
	const char *exempt = option_str(options, "limit_exempt");

	*guard = (struct guard){
		.requests = { .count = (unsigned)option_int(options, "requests_per_second"), .per_s = 1, .burst = (unsigned)option_int(options, "requests_burst") },
		.chats = { .count = (unsigned)option_int(options, "chats_per_minute"), .per_s = 60, .burst = (unsigned)option_int(options, "chats_burst") },
		.webhooks = { .count = (unsigned)option_int(options, "webhooks_per_second"), .per_s = 1, .burst = (unsigned)option_int(options, "webhooks_burst") },
		.chat_wait_ms = option_int(options, "chat_wait_max_ms"),
		.hashes = { .fd = -1 },
		.reports = { .fd = -1 },
	};
	guard->seldom = (struct rate){ .count = guard->chats.count, .per_s = guard->chats.per_s * SELDOM_PART, .burst = (guard->chats.burst + SELDOM_PART - 1) / SELDOM_PART };
	if (networks_parse(exempt ? exempt : "", &guard->exempt) != STATUS_OK) {
		log_event(LOG_LEVEL_ERROR, "limit_exempt is no list of addresses and networks", "limit_exempt", exempt, NULL);
		return STATUS_INVALID;
	}
	guard->buckets = shared_buckets_new();
	if (!guard->buckets || !seats_init(&guard->hashes, (int)option_int(options, "password_hashes_max")) ||
		!seats_init(&guard->reports, (int)option_int(options, "reports_max"))) {
		log_event(LOG_LEVEL_ERROR, "no memory for what the workers share", NULL);
		return STATUS_UNAVAILABLE;
	}
	return STATUS_OK;
}

void guard_fini(struct guard *guard)
{
	shared_buckets_free(&guard->buckets);
	seats_fini(&guard->hashes);
	seats_fini(&guard->reports);
}

bool guard_exempts(const struct call *call)
{
	return networks_contain(&call->api->guard.exempt, call->request.remote_addr);
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* One of this kind for who is calling. */
static bool take(struct call *call, enum counted what, unsigned detail, const struct rate *rate, uint32_t *ret_wait_ms)
{
	uint8_t key[NETWORK_KEY_BYTES + 2];

	network_key(call->request.remote_addr, key);
	key[NETWORK_KEY_BYTES] = (uint8_t)what;
	key[NETWORK_KEY_BYTES + 1] = (uint8_t)detail;
	return shared_buckets_take(call->api->guard.buckets, key, sizeof key, rate, now_us(), ret_wait_ms);
}

static enum status judge(struct call *call, enum counted what, const struct rate *rate)
{
	uint32_t wait_ms;

	if (guard_exempts(call) || take(call, what, 0, rate, &wait_ms))
		return STATUS_OK;
	call_fail(call, STATUS_RATE_LIMITED, NULL);
	call->problem.retry_ms = (int)wait_ms;
	return STATUS_RATE_LIMITED;
}

/* Providers send what their customers write: they have an allowance of their own. */
static bool is_webhook(const struct uri *uri)
{
	return uri->segment_count > 2 && strcmp(uri->segments[0], "api") == 0 && strcmp(uri->segments[2], "channels") == 0;
}

enum status guard_request(struct call *call)
{
	if (is_webhook(&call->request.uri))
		return judge(call, COUNTED_WEBHOOK, &call->api->guard.webhooks);
	return judge(call, COUNTED_REQUEST, &call->api->guard.requests);
}

enum status guard_account(struct call *call, const char *account)
{
	uint8_t key[SECRET_BYTES + 1];
	uint32_t wait_ms;

	secret_sha256(account, strlen(account), key);
	key[SECRET_BYTES] = COUNTED_ACCOUNT;
	if (guard_exempts(call) || shared_buckets_take(call->api->guard.buckets, key, sizeof key, &call->api->guard.webhooks, now_us(), &wait_ms))
		return STATUS_OK;
	call_fail(call, STATUS_RATE_LIMITED, NULL);
	call->problem.retry_ms = (int)wait_ms;
	return STATUS_RATE_LIMITED;
}

/* A wait that the web server would not have sat through is a clock that was set. */
static bool has_waited_too_long(const struct call *call)
{
	int64_t limit_ms = call->api->guard.chat_wait_ms, waited_ms;
	struct timespec now;
	char *end;
	double sent_s;

	if (limit_ms == 0 || !call->request.sent_at)
		return false;
	sent_s = strtod(call->request.sent_at, &end);
	if (end == call->request.sent_at || *end != '\0' || !(sent_s > 0 && sent_s < 1e11))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	waited_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - (int64_t)(sent_s * 1000);
	return waited_ms > limit_ms && waited_ms < NONSENSE_MS;
}

enum status guard_chat(struct call *call)
{
	if (has_waited_too_long(call)) {
		call_fail(call, STATUS_UNAVAILABLE, NULL);
		call->problem.retry_ms = OVERLOADED_RETRY_MS;
		return STATUS_UNAVAILABLE;
	}
	return judge(call, COUNTED_CHAT, &call->api->guard.chats);
}

bool guard_asks_often(struct call *call)
{
	uint32_t wait_ms;

	return !guard_exempts(call) && !take(call, COUNTED_OFTEN, 0, &call->api->guard.seldom, &wait_ms);
}

/* A console without a session is an everyday thing, and a refused login has its own line; a chat's token that is none is odd. */
static const char *what_to_note(const struct route *route, enum status status)
{
	switch ((int)status) {
	case STATUS_UNAUTHORIZED:
		return route && route->who == WHO_CUSTOMER ? "denied" : NULL;
	case STATUS_FORBIDDEN:
	case STATUS_ORIGIN_DENIED:
		return "denied";
	case STATUS_RATE_LIMITED:
	case STATUS_SITE_BUSY:
		return "limit reached";
	default:
		return NULL;
	}
}

void guard_note(struct call *call, enum status status)
{
	const struct route *route = call->match.route;
	const char *what = what_to_note(route, status);
	uint32_t wait_ms;

	if (!what || !take(call, COUNTED_NOTE, (unsigned)status, &note_rate, &wait_ms))
		return;
	log_security(LOG_LEVEL_WARN, what, "address", call_address(call), "method", http_method_name(call->request.method), "route", route ? route->path : "none",
				 "result", status_wire_name(status), NULL);
}
