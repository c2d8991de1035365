/* SPDX-License-Identifier: ISC */
/* switchboard-relay: holds the sockets of customers and operators. */
#include "base/log.h"
#include "base/options.h"
#include "base/public_url.h"
#include "chat/options.h"
#include "relay/relay.h"
#include "relay/wire.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAIN_STEP_MS 50
#define DRAIN_LIMIT_MS 4000 /* sockets that take nothing and messages the database does not answer are waited for no longer … */
#define STOP_LIMIT_S 5      /* … and cleaning up behind them no longer than this, all in all */

struct program {
	uv_loop_t loop;
	struct relay relay;
	struct wire *wire;
	uv_signal_t term, interrupt;
	uv_timer_t drain;
	uint64_t drain_start_ms;
};

/* A last resort: what was acknowledged is stored, and sockets and sessions end with the process. */
static void on_overdue(int number)
{
	static const char line[] = "level=warn program=relay event=stop_overdue\n";

	(void)number;
	_exit(write(STDERR_FILENO, line, sizeof line - 1) < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void on_drain(uv_timer_t *timer)
{
	struct program *p = timer->data;
	bool complete = relay_is_drained(&p->relay);
	uint64_t took_ms = uv_now(&p->loop) - p->drain_start_ms;
	char left[24];

	if (!complete && took_ms < DRAIN_LIMIT_MS)
		return;
	(void)snprintf(left, sizeof left, "%zu", p->relay.clients.count);
	log_count(complete ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "drained", "ms", (long long)took_ms, "sockets_left", left, "complete", complete ? "yes" : "no", NULL);
	uv_timer_stop(timer);
	wire_stop(p->wire);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct program *p = handle->data;

	(void)number;
	if (p->relay.draining)
		return;
	p->drain_start_ms = uv_now(&p->loop);
	(void)signal(SIGALRM, on_overdue);
	(void)alarm(STOP_LIMIT_S);
	wire_deafen(p->wire);
	relay_drain(&p->relay);
	uv_timer_start(&p->drain, on_drain, DRAIN_STEP_MS, DRAIN_STEP_MS);
}

static void signals_start(struct program *p)
{
	uv_signal_init(&p->loop, &p->term);
	uv_signal_init(&p->loop, &p->interrupt);
	uv_timer_init(&p->loop, &p->drain);
	p->term.data = p->interrupt.data = p->drain.data = p;
	uv_signal_start(&p->term, on_signal, SIGTERM);
	uv_signal_start(&p->interrupt, on_signal, SIGINT);
	(void)signal(SIGPIPE, SIG_IGN);
}

static void signals_close(struct program *p)
{
	uv_close((uv_handle_t *)&p->term, NULL);
	uv_close((uv_handle_t *)&p->interrupt, NULL);
	uv_close((uv_handle_t *)&p->drain, NULL);
}

static void log_end(const struct relay *r)
{
	unsigned long long culled = 0;

	for (int i = 0; i < CULL_COUNT; i++)
		culled += r->clients.culled[i];
	log_count(LOG_LEVEL_INFO, "stopped", "sockets", (long long)r->clients.opened, NULL);
	log_count(LOG_LEVEL_INFO, "culled", "sockets", (long long)culled, NULL);
	log_count(LOG_LEVEL_INFO, "messages", "stored", (long long)r->batch.stored, NULL);
	log_count(LOG_LEVEL_INFO, "batches", "statements", (long long)r->batch.statements, NULL);
	log_count(LOG_LEVEL_INFO, "hints", "words", (long long)r->hints.sent, NULL);
}

static int run(const struct options *options, const struct public_url *url)
{
	static struct program program;
	struct program *p = &program;
	bool use_libuv = strcmp(option_str(options, "relay_event_loop"), "libuv") == 0;
	enum status status;

	uv_loop_init(&p->loop);
	relay_init(&p->relay, &p->loop, options, url, &wire_transport);
	signals_start(p);
	status = crowding_init(&p->relay.crowding, options, &p->relay.batch, &wire_transport);
	if (status == STATUS_OK)
		status = bus_open(&p->relay.bus, &p->loop, options);
	if (status == STATUS_OK)
		status = wire_new(&p->loop, use_libuv, &p->relay, options, &p->wire);
	if (status == STATUS_OK)
		wire_run(p->wire);
	if (p->wire)
		wire_close(p->wire);
	relay_close(&p->relay);
	signals_close(p);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	wire_free(&p->wire);
	log_end(&p->relay);
	relay_fini(&p->relay);
	if (uv_loop_close(&p->loop) != 0)
		log_event(LOG_LEVEL_WARN, "loop_not_empty", NULL);
	(void)alarm(0);
	return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options *options = NULL;
	struct public_url url;
	bool done = false;
	int code;

	log_init("relay", LOG_LEVEL_INFO);
	if (options_load(chat_options, chat_options_count, "relay", SWITCHBOARD_CONFIG_FILE, argc, argv, &options, &done) != STATUS_OK)
		return EXIT_FAILURE;
	if (done) {
		options_free(&options);
		return EXIT_SUCCESS;
	}
	log_init("relay", log_level_from_name(option_str(options, "log_level")));
	if (public_url_parse(option_str(options, "public_url"), &url) != STATUS_OK) {
		log_event(LOG_LEVEL_ERROR, "bad_public_url", NULL);
		code = EXIT_FAILURE;
	} else if (!log_security_to(option_str(options, "security_log"))) {
		log_event(LOG_LEVEL_ERROR, "bad_security_log", "path", option_str(options, "security_log"), "reason", strerror(errno), NULL);
		code = EXIT_FAILURE;
	} else {
		code = run(options, &url);
	}
	options_free(&options);
	return code;
}
