/* SPDX-License-Identifier: ISC */
#include "http/worker.h"

#include "base/log.h"
#include "http/response.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OUT_MAX (RESPONSE_BODY_MAX + 65536)
#define OUT_KEEP_BYTES 1048576
#define WRITE_CHUNK 65536
#define ACCEPT_PAUSE_MS 50
#define WATCH_EVERY_S 1
#define SILENT_MS 2000

static size_t read_stream(void *stream, char *data, size_t len)
{
	int got = FCGX_GetStr(data, (int)len, stream);

	return got > 0 ? (size_t)got : 0;
}

/* False when the web server has gone away: nobody is left to tell. */
static bool write_stream(FCGX_Stream *stream, const struct buf *out)
{
	size_t done = 0, chunk;

	while (done < out->len) {
		chunk = out->len - done < WRITE_CHUNK ? out->len - done : WRITE_CHUNK;
		if (FCGX_PutStr(out->data + done, (int)chunk, stream) < 0)
			return false;
		done += chunk;
	}
	return true;
}

/* libfcgi closes a connection by shutting down its own half and sleeping until the web server has closed the other, because what was sent and not read would tear the
 * answer off. Where the request was read to its end (the record behind its body, too) there is nothing of that kind, and a plain close spares us two switches. */
static void close_at_once(FCGX_Request *request)
{
	if (FCGX_GetChar(request->in) == EOF && FCGX_GetError(request->in) == 0)
		FCGX_Detach(request);
}

static void serve(const struct worker_program *program, void *state, FCGX_Request *request, struct buf *out)
{
	buf_reset(out);
	if (program->serve(state, request->envp, read_stream, request->in, out))
		close_at_once(request);
	if (!write_stream(request->out, out))
		log_event(LOG_LEVEL_INFO, "client gone before the answer", NULL);
	log_set_request_id(NULL);
	if (out->size > OUT_KEEP_BYTES) {
		buf_fini(out);
		buf_init(out, OUT_MAX);
	}
}

/* ---- who takes too long ------------------------------------------------------------------------------------- */

static volatile sig_atomic_t watched; /* somebody else may be blocking us */
static time_t watch_set_s;

/* Ends this process wherever it is stuck, as if it had never caught the signal; the master starts another. */
static void on_alarm(int number)
{
	if (!watched)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

/* The alarm is set anew once a second and never taken back: it comes after `timeout_s`, or a second later, in what is watched, and finds an idle worker else. So nothing
 * that is watched is interrupted before its time. */
static void watch(int timeout_s)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (now.tv_sec - watch_set_s >= WATCH_EVERY_S) {
		alarm((unsigned)(timeout_s + WATCH_EVERY_S));
		watch_set_s = now.tv_sec;
	}
	watched = 1;
}

static void watch_no_longer(void)
{
	watched = 0;
}

/* ---- waiting and serving ------------------------------------------------------------------------------------ */

enum waited { WAITED_STOP, WAITED_REQUEST, WAITED_LONG_ENOUGH };

/* A connection wakes one of the workers that wait, not all of them (poll() would: each of the others finds nothing, and that costs as much as the request). */
static int open_waiting(int listen_fd, int stop_fd)
{
	struct epoll_event listening = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = listen_fd };
	struct epoll_event stopping = { .events = EPOLLIN, .data.fd = stop_fd };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd >= 0 && (epoll_ctl(fd, EPOLL_CTL_ADD, listen_fd, &listening) < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, stop_fd, &stopping) < 0)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		log_event(LOG_LEVEL_ERROR, "cannot wait for requests", "reason", strerror(errno), NULL);
	return fd;
}

static enum waited wait_for_request(int waiting_fd, int stop_fd, int timeout_ms)
{
	struct epoll_event events[2];
	int ready;

	while ((ready = epoll_wait(waiting_fd, events, 2, timeout_ms)) < 0)
		if (errno != EINTR)
			return WAITED_STOP;
	for (int i = 0; i < ready; i++)
		if (events[i].data.fd == stop_fd)
			return WAITED_STOP;
	return ready > 0 ? WAITED_REQUEST : WAITED_LONG_ENOUGH;
}

static int stop_signals_fd(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	return signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool accepts_itself; /* libfcgi knows more of TCP: whom to believe, and its options */

static bool is_unix(int listen_fd)
{
	int domain = AF_UNSPEC;
	socklen_t size = sizeof domain;

	return getsockopt(listen_fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

/* libfcgi would accept and read in one call. Whoever finds that another worker was quicker must not have begun anything for it, so a connection to a unix socket is accepted
 * here; as there, who says nothing at first is not waited for. */
static int accept_request(const struct worker_program *program, void *state, FCGX_Request *request)
{
	struct pollfd speaks = { .fd = -1, .events = POLLIN };

	if (accepts_itself) {
		speaks.fd = accept4(request->listen_sock, NULL, NULL, SOCK_CLOEXEC);
		if (speaks.fd < 0)
			return -errno;
	}
	if (program->coming)
		program->coming(state);
	if (speaks.fd >= 0 && poll(&speaks, 1, SILENT_MS) <= 0) {
		close(speaks.fd);
		return -EAGAIN;
	}
	if (speaks.fd >= 0) {
		request->ipcFd = speaks.fd;
		request->keepConnection = 1; /* until its own flag is read, or else it would be closed as the request before */
	}
	return FCGX_Accept_r(request);
}

static void take_request(const struct worker_program *program, void *state, FCGX_Request *request, struct buf *out)
{
	const struct timespec pause = { .tv_nsec = ACCEPT_PAUSE_MS * 1000000L };
	int rc = accept_request(program, state, request);

	if (rc >= 0) {
		serve(program, state, request, out);
		FCGX_Finish_r(request);
		if (request->ipcFd >= 0)
			FCGX_Free(request, 1); /* the web server wants to keep it, and an idle connection would occupy this worker */
	} else if (rc != -EAGAIN && rc != -EINTR) {
		log_event(LOG_LEVEL_WARN, "accept failed", "reason", strerror(-rc), NULL);
		nanosleep(&pause, NULL);
	}
}

static void loop(const struct worker_program *program, void *state, FCGX_Request *request, int waiting_fd, int stop_fd, int request_timeout_s)
{
	enum waited waited = WAITED_LONG_ENOUGH;
	struct buf out;
	int timeout_ms;

	buf_init(&out, OUT_MAX);
	while (waited != WAITED_STOP) {
		watch(request_timeout_s); /* a web server that connects and says nothing, a database that hangs */
		if (waited == WAITED_REQUEST)
			take_request(program, state, request, &out);
		timeout_ms = program->between ? program->between(state) : -1;
		watch_no_longer();
		waited = wait_for_request(waiting_fd, stop_fd, timeout_ms);
	}
	buf_fini(&out);
}

int worker_run(const struct worker_program *program, unsigned worker, int listen_fd, int request_timeout_s)
{
	FCGX_Request request;
	void *state = program->open(program->arg, worker);
	int stop_fd = stop_signals_fd(), waiting_fd = stop_fd < 0 ? -1 : open_waiting(listen_fd, stop_fd);
	int code = 1;

	if (!state || waiting_fd < 0)
		goto out;
	signal(SIGALRM, on_alarm);
	accepts_itself = is_unix(listen_fd);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		goto out;
	loop(program, state, &request, waiting_fd, stop_fd, request_timeout_s);
	FCGX_Free(&request, 1);
	code = 0;
out:
	if (state)
		program->close(state);
	if (waiting_fd >= 0)
		close(waiting_fd);
	if (stop_fd >= 0)
		close(stop_fd);
	return code;
}

int worker_run_alone(const struct worker_program *program, int listen_fd, int request_timeout_s)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	return worker_run(program, (unsigned)getpid(), listen_fd, request_timeout_s);
}
