/* SPDX-License-Identifier: ISC */
#include "http/listener.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 512
#define SYSTEMD_FIRST_FD 3

static bool is_listening(int fd)
{
	int value = 0;
	socklen_t size = sizeof value;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value;
}

static int inherited_fd(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	if (pid && count && strtol(pid, NULL, 10) == (long)getpid() && strtol(count, NULL, 10) >= 1 && is_listening(SYSTEMD_FIRST_FD))
		return SYSTEMD_FIRST_FD;
	return is_listening(STDIN_FILENO) ? STDIN_FILENO : -1;
}

static enum status refuse(const char *path, const char *reason)
{
	log_event(LOG_LEVEL_ERROR, "cannot listen", "path", path, "reason", reason, NULL);
	return STATUS_UNAVAILABLE;
}

/* A record lock belongs to this process alone: it ends with us, not with workers that still drain and hold the socket. */
static enum status lock_path(struct listener *listener, const char *path)
{
	struct flock whole_file = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char name[sizeof(((struct sockaddr_un *)0)->sun_path) + 8];

	snprintf(name, sizeof name, "%s.lock", path);
	listener->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (listener->lock_fd < 0)
		return refuse(name, strerror(errno));
	if (fcntl(listener->lock_fd, F_SETLK, &whole_file) < 0)
		return refuse(path, "another instance is listening there");
	return STATUS_OK;
}

/* Never removes what is no socket: a mistyped option must not delete a file. */
static enum status remove_stale(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? STATUS_OK : refuse(path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return refuse(path, "something else than a socket is there");
	return unlink(path) == 0 ? STATUS_OK : refuse(path, strerror(errno));
}

static enum status bind_path(struct listener *listener, const char *path, mode_t mode)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t old;
	int rc;

	memcpy(address.sun_path, path, strlen(path) + 1);
	listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd < 0)
		return refuse(path, strerror(errno));
	old = umask(~mode & 0777);
	rc = bind(listener->fd, (const struct sockaddr *)&address, sizeof address);
	umask(old);
	if (rc < 0 || listen(listener->fd, BACKLOG) < 0 || lstat(path, &st) < 0)
		return refuse(path, strerror(errno));
	listener->path = path;
	listener->device = st.st_dev;
	listener->inode = st.st_ino;
	return STATUS_OK;
}

enum status listener_open(struct listener *listener, const char *path, mode_t mode)
{
	enum status status;

	*listener = (struct listener){ .fd = inherited_fd(), .lock_fd = -1 };
	if (listener->fd >= 0) {
		if (fcntl(listener->fd, F_SETFL, O_NONBLOCK | fcntl(listener->fd, F_GETFL)) < 0)
			return refuse("inherited", strerror(errno));
		log_event(LOG_LEVEL_INFO, "listening", "socket", "inherited", NULL);
		return STATUS_OK;
	}
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return refuse(path, "longer than 107 bytes");
	status = lock_path(listener, path);
	if (status == STATUS_OK)
		status = remove_stale(path);
	if (status == STATUS_OK)
		status = bind_path(listener, path, mode);
	if (status == STATUS_OK)
		log_event(LOG_LEVEL_INFO, "listening", "socket", path, NULL);
	else
		listener_close(listener);
	return status;
}

bool listener_is_spawned(const struct listener *listener)
{
	return listener->fd == STDIN_FILENO;
}

void listener_close(struct listener *listener)
{
	struct stat st;

	if (listener->path && lstat(listener->path, &st) == 0 && st.st_dev == listener->device && st.st_ino == listener->inode)
		unlink(listener->path);
	if (listener->fd >= 0)
		close(listener->fd);
	if (listener->lock_fd >= 0)
		close(listener->lock_fd);
	*listener = (struct listener){ .fd = -1, .lock_fd = -1 };
}
