/* SPDX-License-Identifier: ISC */
/* switchboard-router: options, signals, run. */
#include "base/log.h"
#include "base/options.h"
#include "chat/options.h"
#include "router/router.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_stop(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

/* SIGTERM and SIGINT are blocked while we work and let in while we sleep, so that neither interrupts a pass nor is missed. */
static void signals_init(sigset_t *ret_wait_mask)
{
	struct sigaction action = { .sa_handler = on_stop };
	sigset_t blocked;

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, ret_wait_mask);
	sigdelset(ret_wait_mask, SIGTERM);
	sigdelset(ret_wait_mask, SIGINT);
}

static void default_name(char *name, size_t size)
{
	char host[128] = "";

	gethostname(host, sizeof host - 1);
	snprintf(name, size, "%s:%ld", host, (long)getpid());
}

int main(int argc, char **argv)
{
	struct options *options = NULL;
	struct router *router = NULL;
	bool exit_now = false;
	char own_name[192];
	sigset_t wait_mask;
	const char *name;

	log_init("router", LOG_LEVEL_INFO);
	if (options_load(chat_options, chat_options_count, "router", SWITCHBOARD_CONFIG_FILE, argc, argv, &options, &exit_now) != STATUS_OK)
		return EXIT_FAILURE;
	if (exit_now)
		goto out;
	log_init("router", log_level_from_name(option_str(options, "log_level")));
	default_name(own_name, sizeof own_name);
	name = option_str(options, "router_name") ? option_str(options, "router_name") : own_name;
	signals_init(&wait_mask);
	router_new(option_str(options, "database"), name, (int)option_int(options, "router_sweep_s") * 1000, (int)option_int(options, "slow_statement_ms"), &router);
	log_event(LOG_LEVEL_INFO, "started", "router", name, NULL);
	router_run(router, &stop, &wait_mask);
	log_event(LOG_LEVEL_INFO, "stopped", "router", name, NULL);
	router_free(&router);
out:
	options_free(&options);
	return EXIT_SUCCESS;
}
