/* SPDX-License-Identifier: ISC */
#include "relay/listen.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096       /* the system may allow fewer (net.core.somaxconn) */
#define ACCEPTS_PER_TURN 16
#define INHERITED_FD 3

static void start(struct listener *l);

static void on_turn(uv_timer_t *timer)
{
	start(timer->data);
}

/* false: the pace does not allow one now; its timer goes on */
static bool may_accept(struct listener *l)
{
	uint32_t wait_ms;

	if (bucket_take(&l->paced, &l->pace, uv_hrtime() / 1000, &wait_ms))
		return true;
	uv_poll_stop(&l->poll);
	uv_timer_start(&l->turn, on_turn, wait_ms, 0);
	return false;
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN && l->open < l->max; i++) {
		struct bucket before = l->paced;
		int fd;

		if (!may_accept(l))
			return;
		fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			l->paced = before;
			return;
		}
		l->open++;
		l->accepted(l->arg, fd);
	}
	if (l->open >= l->max && !l->full) {
		l->full = true;
		uv_poll_stop(&l->poll);
		log_count(LOG_LEVEL_WARN, "sockets_full", "sockets", (long long)l->open, NULL);
	}
}

static void start(struct listener *l)
{
	if (l->fd >= 0 && !l->full)
		uv_poll_start(&l->poll, UV_READABLE, on_connection);
}

static enum status refuse(const char *path, const char *what)
{
	log_event(LOG_LEVEL_ERROR, "listen_failed", "path", path, "reason", what, NULL);
	return STATUS_INVALID;
}

static bool is_answered(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answered = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;

	if (fd >= 0)
		close(fd);
	return answered;
}

static bool parse_mode(const char *text, mode_t *ret_mode)
{
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	if (end == text || *end != '\0' || mode > 0777)
		return false;
	*ret_mode = (mode_t)mode;
	return true;
}

static enum status bind_path(struct listener *l, const struct options *options)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mode, old;
	int rc;

	l->path = option_str(options, "relay_socket");
	if (!parse_mode(option_str(options, "relay_socket_mode"), &mode))
		return refuse(l->path, "relay_socket_mode is no octal mode");
	if (strlen(l->path) >= sizeof address.sun_path)
		return refuse(l->path, "longer than 107 bytes");
	memcpy(address.sun_path, l->path, strlen(l->path) + 1);
	if (is_answered(&address))
		return refuse(l->path, "another process answers there");
	if (unlink(l->path) != 0 && errno != ENOENT)
		return refuse(l->path, strerror(errno));
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return refuse(l->path, strerror(errno));
	old = umask(0777 & ~mode);
	rc = bind(l->fd, (const struct sockaddr *)&address, sizeof address);
	(void)umask(old);
	if (rc != 0 || listen(l->fd, BACKLOG) != 0)
		return refuse(l->path, strerror(errno));
	l->owned = true;
	return STATUS_OK;
}

static bool inherits(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");

	return pid && fds && strtol(pid, NULL, 10) == (long)getpid() && strcmp(fds, "1") == 0;
}

enum status listener_open(struct listener *l, uv_loop_t *loop, const struct options *options, size_t max, void (*accepted)(void *arg, int fd), void *arg)
{
	enum status status = STATUS_OK;

	*l = (struct listener){
		.fd = -1, .max = max, .accepted = accepted, .arg = arg,
		.pace = { .count = (unsigned)option_int(options, "sockets_pace"), .per_s = 1, .burst = ACCEPTS_PER_TURN },
	};
	if (inherits()) {
		l->fd = INHERITED_FD;
		l->path = "LISTEN_FDS";
		(void)fcntl(l->fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(l->fd, F_SETFL, fcntl(l->fd, F_GETFL) | O_NONBLOCK);
	} else {
		status = bind_path(l, options);
	}
	if (status == STATUS_OK && uv_poll_init(loop, &l->poll, l->fd) != 0)
		status = refuse(l->path, "not a socket");
	if (status != STATUS_OK) {
		if (l->fd >= 0)
			close(l->fd);
		l->fd = -1;
		return status;
	}
	uv_timer_init(loop, &l->turn);
	l->poll.data = l->turn.data = l;
	start(l);
	log_event(LOG_LEVEL_INFO, "listening", "path", l->path, NULL);
	return STATUS_OK;
}

void listener_closed(struct listener *l)
{
	l->open--;
	if (!l->full)
		return;
	l->full = false;
	start(l);
}

void listener_close(struct listener *l)
{
	if (l->fd < 0)
		return;
	uv_poll_stop(&l->poll);
	uv_close((uv_handle_t *)&l->poll, NULL);
	uv_close((uv_handle_t *)&l->turn, NULL);
	if (l->owned)
		(void)unlink(l->path);
	close(l->fd);
	l->fd = -1;
}
