/* SPDX-License-Identifier: ISC */
/* What shows on this host: the configuration, secrets, sockets, descriptors. */
#include "cli/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SECRET_MIN 32         /* bytes, as the api asks for */
#define DESCRIPTORS_MIN 4096L /* a relay takes one a socket */

/* ---- files ------------------------------------------------------------------------------------------------------ */

static void check_public_url(struct doctor *d)
{
	const char *text = option_str(d->options, "public_url");

	if (!text)
		doctor_say(d, VERDICT_WRONG, "public_url", "api and relay refuse to start without it", "is not set");
	else if (public_url_parse(text, &d->url) != STATUS_OK)
		doctor_say(d, VERDICT_WRONG, "public_url", "write it as in https://chat.example.com/chat", "%s is no URL of a server", text);
	else if (!d->url.secure && !d->url.loopback)
		doctor_say(d, VERDICT_WRONG, "public_url", "serve it by https: over plain http browsers keep no session cookie and everybody on the way reads along", "%s is plain http", text);
	else
		doctor_say(d, VERDICT_OK, "public_url", NULL, "%s", text);
	d->url_is_known = text && public_url_parse(text, &d->url) == STATUS_OK;
}

/* A file that only its owner may read. */
static void check_secret(struct doctor *d, const char *name, off_t least)
{
	const char *path = option_str(d->options, name);
	struct stat file;

	if (stat(path, &file) != 0 && errno == EACCES)
		doctor_say(d, VERDICT_WARNING, name, "run doctor as root", "%s could not be looked at", path);
	else if (stat(path, &file) != 0)
		doctor_say(d, VERDICT_WRONG, name, "make it as deploy/README.md says", "%s: %s", path, strerror(errno));
	else if (!S_ISREG(file.st_mode))
		doctor_say(d, VERDICT_WRONG, name, "make it as deploy/README.md says", "%s is no file", path);
	else if (file.st_mode & (S_IRWXG | S_IRWXO))
		doctor_say(d, VERDICT_WRONG, name, "chmod 0600, and change the secret: others may have read it", "%s is open to others (mode %04o)", path, (unsigned)file.st_mode & 07777);
	else if (file.st_size < least)
		doctor_say(d, VERDICT_WRONG, name, "make it as deploy/README.md says", "%s has %lld bytes, fewer than %lld", path, (long long)file.st_size, (long long)least);
	else
		doctor_say(d, VERDICT_OK, name, NULL, "%s belongs to user %u alone", path, (unsigned)file.st_uid);
}

static void check_file(struct doctor *d)
{
	const char *path = options_path(d->options);
	struct stat file;

	if (!path)
		doctor_say(d, VERDICT_OK, "configuration", NULL, "there is no file; the options of the environment and the defaults are good");
	else if (stat(path, &file) == 0 && (file.st_mode & S_IWOTH))
		doctor_say(d, VERDICT_WRONG, "configuration", "chmod o-w", "%s can be written by everybody", path);
	else if (stat(path, &file) == 0 && (file.st_mode & S_IROTH) && strstr(option_str(d->options, "database"), "password"))
		doctor_say(d, VERDICT_WRONG, "configuration", "chmod 0640, or leave the password to a .pgpass file", "%s holds a password of the database and can be read by everybody", path);
	else
		doctor_say(d, VERDICT_OK, "configuration", NULL, "%s is readable, every option in it is good", path);
}

void doctor_configuration(struct doctor *d)
{
	check_file(d);
	check_public_url(d);
	if (option_is_set(d->options, "server_key_file"))
		check_secret(d, "server_key_file", SECRET_MIN);
	else
		doctor_say(d, VERDICT_WRONG, "server_key_file", "make it as deploy/README.md says: the api refuses to start without it", "is not set");
	if (option_is_set(d->options, "nats_credentials_file"))
		check_secret(d, "nats_credentials_file", 1);
}

/* ---- sockets ---------------------------------------------------------------------------------------------------- */

/* -1, with errno, when nobody answers. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, fault;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* a full backlog is EAGAIN at once */
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	fault = errno;
	close(fd);
	errno = fault;
	return -1;
}

/* The soft limit of the process that listens at the other end; -1: unknown. */
static long descriptors_of(int fd)
{
	struct ucred peer = { 0 };
	socklen_t size = sizeof peer;
	char path[64], line[256];
	long limit = -1;
	FILE *file;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 1)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/limits", (int)peer.pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file)) {
		if (strncmp(line, "Max open files", 14) == 0)
			limit = strtol(line + 14, NULL, 10);
	}
	if (file)
		fclose(file);
	return limit;
}

static void check_socket(struct doctor *d, const char *name, const char *program, bool answers_otherwise, long descriptors_min)
{
	const char *path = option_str(d->options, name);
	int fd = connect_to(path);
	char advice[160];
	long limit;

	if (fd < 0 && (errno == EACCES || errno == EPERM)) {
		doctor_say(d, VERDICT_WARNING, name, "run doctor as root", "%s may not be connected to by this user", path);
	} else if (fd < 0 && answers_otherwise) {
		doctor_say(d, VERDICT_OK, name, NULL, "%s is not in use, %s answers elsewhere", path, program);
	} else if (fd < 0) {
		snprintf(advice, sizeof advice, "start %s (systemctl status %s), and read its log if it does not stay", program, program);
		doctor_say(d, VERDICT_WRONG, name, advice, "%s: %s", path, errno == EAGAIN ? "more wait there than it takes in" : strerror(errno));
	} else {
		limit = descriptors_of(fd);
		doctor_say(d, VERDICT_OK, name, NULL, "%s takes connections", path);
		if (limit >= 0)
			doctor_say(d, limit < descriptors_min ? VERDICT_WARNING : VERDICT_OK, "open files", limit < descriptors_min ? "raise it (LimitNOFILE in the unit)" : NULL,
					   "%s may open %ld", program, limit);
		close(fd);
	}
}

void doctor_sockets(struct doctor *d)
{
	check_socket(d, "api_socket", "switchboard-api", d->api_answers, 256);
	check_socket(d, "relay_socket", "switchboard-relay", d->relay_answers, DESCRIPTORS_MIN);
}
