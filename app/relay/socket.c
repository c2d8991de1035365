/* SPDX-License-Identifier: ISC */
#include "relay/socket.h"

#include "relay/session.h"
#include "relay/wire.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define FRAMES_A_TURN 16 /* of one socket */
#define WRITE_BYTES (16 * 1024) /* of one write; the frame that passes it is its last */
#define HEADER_MAX 10

/* ---- closing ------------------------------------------------------------------------------------------------ */

void wire_wake(struct wire *wire)
{
	if (wire->waking)
		return;
	wire->waking = true;
	lws_cancel_service(wire->context);
}

void socket_text_free(struct socket *s)
{
	free(s->text);
	s->text = NULL;
	s->len = s->size = 0;
	s->fragments = 0;
}

static void unready(struct socket *s)
{
	if (s->ready)
		DL_DELETE(s->wire->ready, s);
	s->ready = false;
}

void socket_detach(struct socket *s)
{
	socket_text_free(s);
	if (s->client)
		relay_gone(s->wire->relay, &s->client);
	unready(s);
}

int socket_close_now(struct socket *s, int code)
{
	if (s->client)
		s->client->close_code = code;
	socket_detach(s);
	s->closing = true;
	lws_close_reason(s->wsi, (enum lws_close_status)code, NULL, 0);
	return -1;
}

static void transport_close(void *socket, int code)
{
	struct socket *s = socket;

	if (s->close_code != 0)
		return;
	s->close_code = code;
	lws_set_timer_usecs(s->wsi, 1);
	wire_wake(s->wire);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

/* Nobody is asked whether the socket is writable: with this libuv asking costs four system calls and a turn of the loop, sending one. What the kernel
 * does not take waits for WRITEABLE, and so does who has had his share. */
static void transport_want_write(void *socket)
{
	struct socket *s = socket;

	if (s->ready)
		return;
	s->ready = true;
	DL_APPEND(s->wire->ready, s);
}

static void transport_ping(void *socket)
{
	struct socket *s = socket;

	s->ping_due = true;
	transport_want_write(s);
}

static void write_bytes(struct socket *s, char *data, size_t len, enum lws_write_protocol kind)
{
	if (lws_write(s->wsi, (unsigned char *)data, len, kind) < 0)
		transport_close(s, CLOSE_GOING_AWAY);
}

/* With a payload: the library keeps pongs without one to itself. */
static void write_ping(struct socket *s)
{
	char frame[LWS_PRE + 1] = { 0 };

	s->ping_due = false;
	s->frames++;
	write_bytes(s, frame + LWS_PRE, 1, LWS_WRITE_PING);
	transport_want_write(s);
}

/* The header of a whole text frame of the server's (RFC 6455, 5.2), so that it ends where the payload begins; → its length. */
static size_t put_header(char *payload, size_t len)
{
	unsigned char header[HEADER_MAX] = { 0x81 };
	size_t size = 2;

	if (len < 126) {
		header[1] = (unsigned char)len;
	} else {
		size_t bytes = len <= UINT16_MAX ? 2 : 8;

		header[1] = bytes == 2 ? 126 : 127;
		for (size_t i = 0; i < bytes; i++)
			header[size++] = (unsigned char)(len >> 8 * (bytes - 1 - i));
	}
	memcpy(payload - size, header, size);
	return size;
}

/* The next frame behind those that are there, header and all; false: there is none. */
static bool add_frame(struct socket *s, struct buf *out)
{
	static const char room[HEADER_MAX];
	size_t begin = out->len, payload = begin + sizeof room, header;

	buf_add(out, room, sizeof room);
	if (!session_next_frame(s->client, out)) {
		out->len = begin;
		return false;
	}
	assert(!out->overflow);
	header = put_header(out->data + payload, out->len - payload);
	memmove(out->data + begin, out->data + payload - header, out->len - payload + header);
	out->len -= sizeof room - header;
	s->frames++;
	return true;
}

/* What waits for one socket goes out in one write: the system call, and the waking of who reads, cost more than the frame. The library knows one frame at a
 * time, so several get their headers here. */
void socket_writeable(struct socket *s)
{
	static const char headroom[LWS_PRE];
	struct buf *out = &s->wire->out;
	size_t first;

	if (!s->client || s->close_code != 0 || s->closing)
		return;
	if (s->ping_due) {
		write_ping(s);
		return;
	}
	buf_reset(out);
	buf_add(out, headroom, sizeof headroom);
	unready(s);
	if (!session_next_frame(s->client, out) || out->overflow)
		return;
	first = out->len - sizeof headroom;
	s->frames++;
	while (s->ready && !s->ping_due && s->frames < FRAMES_A_TURN && out->len < WRITE_BYTES) {
		unready(s);
		if (!add_frame(s, out))
			break;
	}
	if (out->len == sizeof headroom + first) {
		write_bytes(s, out->data + sizeof headroom, first, LWS_WRITE_TEXT);
	} else {
		size_t begin = sizeof headroom - put_header(out->data + sizeof headroom, first);

		write_bytes(s, out->data + begin, out->len - begin, LWS_WRITE_RAW);
	}
}

/* A second frame behind one of which the library still holds a part would be copied by it, without limit. */
static bool has_to_wait(struct socket *s)
{
	if (s->turn != s->wire->turn) {
		s->turn = s->wire->turn;
		s->frames = 0;
	}
	return s->frames >= FRAMES_A_TURN || lws_partial_buffered(s->wsi);
}

void wire_flush(struct wire *wire)
{
	struct socket *s;

	wire->turn++;
	wire->arrivals = 0;
	while ((s = wire->ready) != NULL) {
		unready(s);
		if (has_to_wait(s))
			(void)lws_callback_on_writable(s->wsi);
		else
			socket_writeable(s);
	}
}

/* ---- the rest of what the relay asks for -------------------------------------------------------------------- */

static void transport_hold(void *socket, bool held)
{
	struct socket *s = socket;

	(void)lws_rx_flow_control(s->wsi, !held);
	wire_wake(s->wire);
}

static uint64_t transport_now_ms(void)
{
	return uv_hrtime() / 1000000;
}

static uint64_t transport_now_us(void)
{
	return uv_hrtime() / 1000;
}

const struct transport wire_transport = {
	.want_write = transport_want_write,
	.ping = transport_ping,
	.hold = transport_hold,
	.close = transport_close,
	.now_ms = transport_now_ms,
	.now_us = transport_now_us,
};
