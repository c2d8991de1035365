/* SPDX-License-Identifier: ISC */
#include "http/master.h"

#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_MS 4000
#define SETTLED_MS 1000
#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS 5000

struct slot {
	pid_t pid; /* 0 = empty */
	int64_t started_ms;
	int64_t start_at_ms;
	int backoff_ms;
};

struct master {
	const struct worker_program *program;
	int listen_fd;
	int signal_fd;
	int request_timeout_s;
	int workers;
	sigset_t old_signals;
	struct slot slots[MASTER_WORKERS_MAX];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The new process: dies with its parent, keeps SIGTERM and SIGINT blocked (worker_run() reads them), takes all else as usual. */
static void become_worker(struct master *m, unsigned worker, pid_t parent)
{
	sigset_t unblock;

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(1);
	close(m->signal_fd);
	sigemptyset(&unblock);
	sigaddset(&unblock, SIGCHLD);
	sigaddset(&unblock, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &unblock, NULL);
	signal(SIGALRM, SIG_DFL);
	exit(worker_run(m->program, worker, m->listen_fd, m->request_timeout_s));
}

static void start_worker(struct master *m, struct slot *slot)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		become_worker(m, (unsigned)(slot - m->slots), parent);
	slot->started_ms = now_ms();
	if (pid < 0) {
		log_event(LOG_LEVEL_ERROR, "cannot start a worker", "reason", strerror(errno), NULL);
		slot->start_at_ms = slot->started_ms + BACKOFF_LAST_MS;
		return;
	}
	slot->pid = pid;
	log_count(LOG_LEVEL_INFO, "worker started", "worker", pid, NULL);
}

/* Starts what is due; returns the milliseconds until the next start, -1 for none. */
static int start_due(struct master *m)
{
	int64_t now = now_ms(), next = -1;
	int i;

	for (i = 0; i < m->workers; i++) {
		struct slot *slot = &m->slots[i];

		if (slot->pid == 0 && slot->start_at_ms <= now)
			start_worker(m, slot);
		if (slot->pid == 0 && (next < 0 || slot->start_at_ms - now < next))
			next = slot->start_at_ms - now;
	}
	return (int)next;
}

static void log_end(pid_t pid, int wait_status)
{
	char how[48];

	if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGALRM)
		snprintf(how, sizeof how, "took too long over a request");
	else if (WIFSIGNALED(wait_status))
		snprintf(how, sizeof how, "signal %d", WTERMSIG(wait_status));
	else
		snprintf(how, sizeof how, "exit %d", WEXITSTATUS(wait_status));
	log_count(wait_status == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "worker ended", "worker", pid, "how", how, NULL);
}

static void plan_restart(struct slot *slot)
{
	int64_t now = now_ms();

	if (now - slot->started_ms >= SETTLED_MS)
		slot->backoff_ms = 0;
	else if (slot->backoff_ms == 0)
		slot->backoff_ms = BACKOFF_FIRST_MS;
	else
		slot->backoff_ms = slot->backoff_ms * 2 < BACKOFF_LAST_MS ? slot->backoff_ms * 2 : BACKOFF_LAST_MS;
	slot->start_at_ms = now + slot->backoff_ms;
	slot->pid = 0;
}

/* Returns how many workers are left. */
static int reap(struct master *m)
{
	int i, alive = 0, wait_status;
	pid_t pid;

	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
		log_end(pid, wait_status);
		for (i = 0; i < m->workers; i++)
			if (m->slots[i].pid == pid)
				plan_restart(&m->slots[i]);
	}
	for (i = 0; i < m->workers; i++)
		alive += m->slots[i].pid != 0;
	return alive;
}

static void signal_all(const struct master *m, int number)
{
	int i;

	for (i = 0; i < m->workers; i++)
		if (m->slots[i].pid != 0)
			kill(m->slots[i].pid, number);
}

/* Sleeps until a signal or `timeout_ms` (-1 = for ever); true when the signal says stop. */
static bool wait_for_signal(const struct master *m, int timeout_ms)
{
	struct pollfd fd = { .fd = m->signal_fd, .events = POLLIN };
	struct signalfd_siginfo info;
	bool stop = false;

	if (poll(&fd, 1, timeout_ms) <= 0)
		return false;
	while (read(m->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo != SIGCHLD)
			stop = true;
	return stop;
}

static void drain(struct master *m)
{
	int64_t deadline = now_ms() + DRAIN_MS, left;

	log_event(LOG_LEVEL_INFO, "stopping", NULL);
	signal_all(m, SIGTERM);
	while (reap(m) > 0) {
		left = deadline - now_ms();
		if (left <= 0) {
			log_event(LOG_LEVEL_ERROR, "workers did not finish in time and are killed", NULL);
			signal_all(m, SIGKILL);
			deadline += DRAIN_MS;
		} else {
			(void)wait_for_signal(m, (int)left);
		}
	}
	log_event(LOG_LEVEL_INFO, "stopped", NULL);
}

int master_run(const struct worker_program *program, int listen_fd, int workers, int request_timeout_s)
{
	static struct master m;
	sigset_t signals;

	m = (struct master){ .program = program, .listen_fd = listen_fd, .request_timeout_s = request_timeout_s, .workers = workers };
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &signals, &m.old_signals);
	m.signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (m.signal_fd < 0) {
		log_event(LOG_LEVEL_ERROR, "no signal descriptor", "reason", strerror(errno), NULL);
		return 1;
	}
	while (!wait_for_signal(&m, start_due(&m)))
		(void)reap(&m);
	drain(&m);
	close(m.signal_fd);
	sigprocmask(SIG_SETMASK, &m.old_signals, NULL);
	return 0;
}
