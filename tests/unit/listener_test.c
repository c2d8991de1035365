/* SPDX-License-Identifier: ISC */
#include "capture.h"
#include "http/listener.h"
#include "http_suites.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/sblistenXXXXXX";
static char path[64];
static struct capture capture;

static void begin(void)
{
	memcpy(dir, "/tmp/sblistenXXXXXX", sizeof dir);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/a.sock", dir);
	capture_begin(&capture, 2);
}

static const char *end(void)
{
	char lock[80];

	snprintf(lock, sizeof lock, "%s.lock", path);
	unlink(path);
	unlink(lock);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
	return capture_end(&capture);
}

static bool connects(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), rc;

	memcpy(address.sun_path, path, strlen(path) + 1);
	rc = connect(fd, (const struct sockaddr *)&address, sizeof address);
	close(fd);
	return rc == 0;
}

static void a_socket_has_the_mode_it_was_given(void)
{
	struct listener listener;
	struct stat st;

	begin();
	CU_ASSERT_EQUAL_FATAL(listener_open(&listener, path, 0640), STATUS_OK);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT(S_ISSOCK(st.st_mode));
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
	CU_ASSERT(fcntl(listener.fd, F_GETFL) & O_NONBLOCK);
	CU_ASSERT(connects());
	listener_close(&listener);
	CU_ASSERT_NOT_EQUAL(stat(path, &st), 0);
	end();
}

static void a_stale_socket_is_replaced(void)
{
	struct listener listener;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	begin();
	memcpy(address.sun_path, path, strlen(path) + 1);
	CU_ASSERT_EQUAL(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	close(fd);
	CU_ASSERT(!connects());
	CU_ASSERT_EQUAL(listener_open(&listener, path, 0600), STATUS_OK);
	CU_ASSERT(connects());
	listener_close(&listener);
	end();
}

/* The lock belongs to a process, so the second instance is one. */
static void a_living_instance_keeps_its_path(void)
{
	struct listener listener, second;
	int wait_status;
	pid_t pid;

	begin();
	CU_ASSERT_EQUAL_FATAL(listener_open(&listener, path, 0600), STATUS_OK);
	pid = fork();
	if (pid == 0)
		_exit(listener_open(&second, path, 0600) == STATUS_UNAVAILABLE ? 0 : 1);
	CU_ASSERT_EQUAL(waitpid(pid, &wait_status, 0), pid);
	CU_ASSERT_EQUAL(wait_status, 0);
	CU_ASSERT(connects());
	listener_close(&listener);
	CU_ASSERT_PTR_NOT_NULL(strstr(end(), "another instance"));
}

static void a_file_that_is_no_socket_stays(void)
{
	struct listener listener;
	struct stat st;
	int fd;

	begin();
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	CU_ASSERT_EQUAL(listener_open(&listener, path, 0600), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT(S_ISREG(st.st_mode));
	CU_ASSERT_PTR_NOT_NULL(strstr(end(), "something else than a socket"));
}

static void a_path_too_long_is_refused(void)
{
	struct listener listener;
	char name[140];

	begin();
	memset(name, 'x', sizeof name);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	CU_ASSERT_EQUAL(listener_open(&listener, name, 0600), STATUS_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(end(), "107"));
}

/* In a process of its own, with a listening socket at `fd` as a supervisor leaves it there: exit code 0 when that one is used and `path` left alone. */
static int inherit(int fd, const char *count)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct listener listener;
	char pid[24];
	int lfd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s.given", path);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	if (bind(lfd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(lfd, 1) < 0 || dup2(lfd, fd) != fd)
		return 2;
	unlink(address.sun_path);
	if (count) {
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", count, 1);
	}
	if (listener_open(&listener, path, 0600) != STATUS_OK)
		return 3;
	return listener.fd == fd && !listener.path && (fcntl(fd, F_GETFL) & O_NONBLOCK) && access(path, F_OK) != 0 ? 0 : 4;
}

static void an_inherited_socket_is_used(void)
{
	static const struct {
		int fd;
		const char *count;
		int code;
	} rows[] = { { 0, NULL, 0 }, { 3, "1", 0 }, { 3, "0", 4 }, { 3, NULL, 4 } };
	int wait_status;
	size_t i;
	pid_t pid;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin();
		pid = fork();
		if (pid == 0)
			_exit(inherit(rows[i].fd, rows[i].count));
		CU_ASSERT_EQUAL(waitpid(pid, &wait_status, 0), pid);
		CU_ASSERT(WIFEXITED(wait_status));
		CU_ASSERT_EQUAL(WEXITSTATUS(wait_status), rows[i].code);
		end();
	}
}

CU_TestInfo listener_tests[] = {
	{ "a socket has the mode it was given", a_socket_has_the_mode_it_was_given },
	{ "a stale socket is replaced", a_stale_socket_is_replaced },
	{ "a living instance keeps its path", a_living_instance_keeps_its_path },
	{ "a file that is no socket stays", a_file_that_is_no_socket_stays },
	{ "an inherited socket is used", an_inherited_socket_is_used },
	{ "a path too long is refused", a_path_too_long_is_refused },
	CU_TEST_INFO_NULL,
};
