/* SPDX-License-Identifier: ISC */
#include "link.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD_MAX 14
#define FRAME_MAX 4096
#define READ_BYTES 65536
#define PATIENCE_S 20

enum { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

static void send_frame(struct link *link, int opcode, const char *text, size_t len)
{
	static const unsigned char key[4] = { 0x5a, 0xa5, 0x3c, 0xc3 };
	unsigned char frame[HEAD_MAX + FRAME_MAX];
	size_t head = 2;
	ssize_t sent;

	if (len > FRAME_MAX)
		errx(1, "a frame of %zu bytes is too long", len);
	frame[0] = (unsigned char)(0x80 | opcode);
	frame[1] = (unsigned char)(0x80 | (len < 126 ? len : 126));
	if (len >= 126) {
		frame[2] = (unsigned char)(len >> 8);
		frame[3] = (unsigned char)len;
		head = 4;
	}
	memcpy(frame + head, key, sizeof key);
	head += sizeof key;
	for (size_t i = 0; i < len; i++)
		frame[head + i] = (unsigned char)text[i] ^ key[i & 3];
	sent = send(link->fd, frame, head + len, MSG_NOSIGNAL);
	if (sent != (ssize_t)(head + len) && errno != EPIPE && errno != ECONNRESET)
		errx(1, "a socket took %zd of %zu bytes: %s", sent, head + len, strerror(errno));
}

void link_send(struct link *link, const char *text, size_t len)
{
	send_frame(link, OPCODE_TEXT, text, len);
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* The frame at `data` → its size with its head; 0: not all of it is there. */
static size_t frame_size(const unsigned char *data, size_t len, size_t *ret_head, size_t *ret_payload)
{
	size_t head = 2, payload;

	if (len < 2)
		return 0;
	payload = data[1] & 0x7f;
	if (payload >= 126) {
		size_t bytes = payload == 126 ? 2 : 8;

		if (len < 2 + bytes)
			return 0;
		head += bytes;
		payload = 0;
		for (size_t i = 0; i < bytes; i++)
			payload = payload << 8 | data[2 + i];
	}
	if (len < head || len - head < payload)
		return 0;
	*ret_head = head;
	*ret_payload = payload;
	return head + payload;
}

static void keep_rest(struct link *link, const char *data, size_t len)
{
	char *rest = NULL;

	if (len > 0) {
		rest = malloc(len);
		if (!rest)
			err(1, "memory");
		memcpy(rest, data, len);
	}
	free(link->rest);
	link->rest = rest;
	link->rest_len = len;
}

bool link_read(struct link *link, void (*each)(void *arg, const char *text, size_t len), void *arg)
{
	static char data[2 * READ_BYTES];
	size_t len = link->rest_len, at = 0, head, payload, size;
	ssize_t got;

	if (len > READ_BYTES)
		errx(1, "the relay sends a frame of more than %d bytes", READ_BYTES);
	if (len > 0)
		memcpy(data, link->rest, len);
	got = recv(link->fd, data + len, READ_BYTES, 0);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got <= 0)
		return false;
	len += (size_t)got;
	while ((size = frame_size((unsigned char *)data + at, len - at, &head, &payload)) > 0) {
		int opcode = data[at] & 0x0f;

		if (opcode == OPCODE_CLOSE) {
			if (payload >= 2)
				warnx("closed with %d", (unsigned char)data[at + head] << 8 | (unsigned char)data[at + head + 1]);
			return false;
		}
		if (opcode == OPCODE_PING)
			send_frame(link, OPCODE_PONG, data + at + head, payload);
		if (opcode == OPCODE_TEXT)
			each(arg, data + at + head, payload);
		at += size;
	}
	if (link->rest_len > 0 || at < len)
		keep_rest(link, data + at, len - at);
	return true;
}

/* ---- opening ------------------------------------------------------------------------------------------------ */

/* -1: the other side's queue is full (only with SOCK_NONBLOCK) */
static int connect_to(const char *path, int flags)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (strlen(path) >= sizeof address.sun_path)
		errx(1, "the path of the socket is too long: %s", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		if (errno != EAGAIN)
			err(1, "%s", path);
		close(fd);
		return -1;
	}
	return fd;
}

static void ask_upgrade(const struct link *link, const char *origin)
{
	char text[1024];
	int size = snprintf(text, sizeof text,
						"GET /chat/relay HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: %s\r\n"
						"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat.v1\r\n\r\n",
						origin);

	if (size < 0 || (size_t)size >= sizeof text || send(link->fd, text, (size_t)size, MSG_NOSIGNAL) != size)
		errx(1, "the upgrade could not be sent");
}

static void check_upgrade(const char *text, size_t len)
{
	if (len < 12 || memcmp(text + 9, "101", 3) != 0)
		errx(1, "the upgrade was answered: %.*s", (int)strcspn(text, "\r"), text);
}

static void await_upgrade(const struct link *link)
{
	char text[1024];
	size_t len = 0;

	while (len < 4 || memcmp(text + len - 4, "\r\n\r\n", 4) != 0) /* byte by byte: what follows belongs to the first frame */
		if (len == sizeof text || recv(link->fd, text + len++, 1, 0) != 1)
			errx(1, "no answer to the upgrade");
	check_upgrade(text, len);
}

bool link_begin(struct link *link, const char *path, const char *origin)
{
	*link = (struct link){ .fd = connect_to(path, SOCK_NONBLOCK) };
	if (link->fd >= 0)
		ask_upgrade(link, origin);
	return link->fd >= 0;
}

/* Nothing follows the answer before a hello, so it comes as a whole. */
bool link_is_upgraded(struct link *link)
{
	char text[1024];
	ssize_t got = recv(link->fd, text, sizeof text - 1, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (got <= 0)
		errx(1, "no answer to the upgrade");
	text[got] = '\0';
	check_upgrade(text, (size_t)got);
	return true;
}

struct awaited {
	const char *type;
	bool came;
};

static void look_for(void *arg, const char *text, size_t len)
{
	struct awaited *awaited = arg;
	char start[64];
	int size = snprintf(start, sizeof start, "{\"t\":\"%s\"", awaited->type);

	if (len >= (size_t)size && memcmp(text, start, (size_t)size) == 0)
		awaited->came = true;
}

void link_open(struct link *link, const char *path, const char *origin, const char *hello, const char *until)
{
	struct awaited awaited = { .type = until };

	*link = (struct link){ .fd = connect_to(path, 0) };
	ask_upgrade(link, origin);
	await_upgrade(link);
	link_send(link, hello, strlen(hello));
	while (!awaited.came)
		if (!link_read(link, look_for, &awaited))
			errx(1, "closed instead of \"%s\" after %s", until, hello);
}

void link_settle(struct link *link)
{
	if (fcntl(link->fd, F_SETFL, O_NONBLOCK) < 0)
		err(1, "fcntl");
}

int link_let_go(struct link *link)
{
	int fd = link->fd;

	free(link->rest);
	*link = (struct link){ .fd = -1 };
	return fd;
}

void link_close(struct link *link)
{
	close(link_let_go(link));
}
