/* SPDX-License-Identifier: ISC */
/* switchboard-courier: delivers what leaves by HTTP or SMTP. */
#include "base/log.h"
#include "base/options.h"
#include "chat/options.h"
#include "courier/courier.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DRAIN_STEP_MS 50
#define GIVE_UP_MS 8000 /* what is still under way then is tried again later … */
#define DRAIN_LIMIT_MS 10000 /* … and the database is waited for no longer */

struct program {
	uv_loop_t loop;
	struct courier *courier;
	uv_signal_t signals[2];
	uv_timer_t drain;
	uint64_t drain_start_ms;
	bool draining, given_up;
};

static void on_drain(uv_timer_t *timer)
{
	struct program *p = timer->data;
	bool complete = courier_is_drained(p->courier);
	uint64_t took_ms = uv_now(&p->loop) - p->drain_start_ms;

	if (!complete && took_ms >= GIVE_UP_MS && !p->given_up) {
		p->given_up = true;
		courier_give_up(p->courier);
	}
	if (!complete && took_ms < DRAIN_LIMIT_MS)
		return;
	log_count(complete ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "drained", "ms", (long long)took_ms, "complete", complete ? "yes" : "no", NULL);
	uv_timer_stop(timer);
	uv_stop(&p->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct program *p = handle->data;

	(void)number;
	if (p->draining)
		return;
	p->draining = true;
	p->drain_start_ms = uv_now(&p->loop);
	courier_drain(p->courier);
	uv_timer_start(&p->drain, on_drain, 0, DRAIN_STEP_MS);
}

static const int stops[] = { SIGTERM, SIGINT };

static void signals_start(struct program *p)
{
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&p->loop, &p->signals[i]);
		p->signals[i].data = p;
		uv_signal_start(&p->signals[i], on_signal, stops[i]);
	}
	uv_timer_init(&p->loop, &p->drain);
	p->drain.data = p;
	(void)signal(SIGPIPE, SIG_IGN);
}

static void signals_close(struct program *p)
{
	for (int i = 0; i < 2; i++)
		uv_close((uv_handle_t *)&p->signals[i], NULL);
	uv_close((uv_handle_t *)&p->drain, NULL);
}

static void default_name(char *name, size_t size)
{
	char host[128] = "";

	gethostname(host, sizeof host - 1);
	(void)snprintf(name, size, "%s:%ld", host, (long)getpid());
}

static int run(const struct options *options, const char *name)
{
	static struct program program;
	struct program *p = &program;
	enum status status;

	uv_loop_init(&p->loop);
	signals_start(p);
	status = courier_new(&p->loop, options, name, &p->courier);
	if (status == STATUS_OK) {
		log_event(LOG_LEVEL_INFO, "started", "courier", name, NULL);
		uv_run(&p->loop, UV_RUN_DEFAULT);
		courier_close(p->courier);
	}
	signals_close(p);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	courier_free(&p->courier);
	if (uv_loop_close(&p->loop) != 0)
		log_event(LOG_LEVEL_WARN, "loop_not_empty", NULL);
	return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options *options = NULL;
	bool exit_now = false;
	char own_name[192];
	int code;

	log_init("courier", LOG_LEVEL_INFO);
	if (options_load(chat_options, chat_options_count, "courier", SWITCHBOARD_CONFIG_FILE, argc, argv, &options, &exit_now) != STATUS_OK)
		return EXIT_FAILURE;
	if (exit_now) {
		options_free(&options);
		return EXIT_SUCCESS;
	}
	log_init("courier", log_level_from_name(option_str(options, "log_level")));
	default_name(own_name, sizeof own_name);
	code = run(options, option_str(options, "courier_name") ? option_str(options, "courier_name") : own_name);
	options_free(&options);
	return code;
}
