/* SPDX-License-Identifier: ISC */
#include "relay/wire.h"

#include "base/alloc.h"
#include "base/log.h"
#include "relay/listen.h"
#include "relay/session.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistr.h>
#include <unistd.h>

#define CHUNK_BYTES 512       /* of reading; also held by every idle connection */
#define HEADER_BYTES 16384    /* of a request: a page's cookies come along */
#define OWN_DESCRIPTORS 64
#define OUT_MAX_BYTES (512 * 1024)
#define HANDSHAKE_S 10

struct wire {
	struct relay *relay;
	uv_loop_t *loop;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct listener listener;
	struct buf out;
	lws_sorted_usec_list_t beat; /* poll loop only: lets libuv's timers run */
	bool use_libuv, stopped, waking;
	lws_retry_bo_t no_keepalive;
};

/* One connection, from its upgrade on; lives in the library's per-session memory, zeroed. */
struct socket {
	struct lws *wsi;
	struct wire *wire;
	struct client *client;
	char *text; /* a message in more than one piece */
	size_t len, size;
	unsigned fragments;
	int close_code; /* 0: open */
	bool closing;   /* the Close frame is the library's business now */
	bool ping_due;
};

/* ---- closing ------------------------------------------------------------------------------------------------ */

/* A timer set outside the library's own callbacks is armed only at its next turn: make it take one. */
static void wake(struct wire *wire)
{
	if (wire->waking)
		return;
	wire->waking = true;
	lws_cancel_service(wire->context);
}

static void text_free(struct socket *s)
{
	free(s->text);
	s->text = NULL;
	s->len = s->size = 0;
	s->fragments = 0;
}

static void detach(struct socket *s)
{
	text_free(s);
	if (s->client)
		relay_gone(s->wire->relay, &s->client);
}

/* To be returned from RECEIVE or TIMER, and from nowhere else. */
static int close_now(struct socket *s, int code)
{
	detach(s);
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
	wake(s->wire);
}

static void transport_want_write(void *socket)
{
	struct socket *s = socket;

	(void)lws_callback_on_writable(s->wsi);
}

static void transport_ping(void *socket)
{
	struct socket *s = socket;

	s->ping_due = true;
	(void)lws_callback_on_writable(s->wsi);
}

static void transport_hold(void *socket, bool held)
{
	struct socket *s = socket;

	(void)lws_rx_flow_control(s->wsi, !held);
	wake(s->wire);
}

static uint64_t transport_now_ms(void)
{
	return uv_hrtime() / 1000000;
}

const struct transport wire_transport = {
	.want_write = transport_want_write,
	.ping = transport_ping,
	.hold = transport_hold,
	.close = transport_close,
	.now_ms = transport_now_ms,
};

/* ---- the handshake ------------------------------------------------------------------------------------------ */

struct header {
	char text[ADMISSION_TEXT_MAX + 1];
};

/* "" where absent or too long to be welcome */
static const char *header_copy(struct lws *wsi, enum lws_token_indexes token, struct header *ret_header)
{
	if (lws_hdr_copy(wsi, ret_header->text, sizeof ret_header->text, token) < 0)
		ret_header->text[0] = '\0';
	return ret_header->text;
}

static int refuse(struct lws *wsi, int code)
{
	(void)lws_return_http_status(wsi, (unsigned)code, NULL);
	return 1;
}

static int confirm_upgrade(struct wire *wire, struct lws *wsi)
{
	struct header http, path, upgrade, version, key, origin, protocols;
	const struct handshake handshake = {
		.is_get = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0,
		.has_query = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS) > 0,
		.http = header_copy(wsi, WSI_TOKEN_HTTP, &http),
		.path = header_copy(wsi, WSI_TOKEN_GET_URI, &path),
		.upgrade = header_copy(wsi, WSI_TOKEN_UPGRADE, &upgrade),
		.version = header_copy(wsi, WSI_TOKEN_VERSION, &version),
		.key = header_copy(wsi, WSI_TOKEN_KEY, &key),
		.origin = header_copy(wsi, WSI_TOKEN_ORIGIN, &origin),
		.protocols = header_copy(wsi, WSI_TOKEN_PROTOCOL, &protocols),
	};
	bool foreign;
	int code = admission_judge(&wire->relay->admission, &handshake, &foreign);

	return code == 0 ? 0 : refuse(wsi, code);
}

static int plain_request(struct lws *wsi)
{
	(void)lws_return_http_status(wsi, (unsigned)status_http_code(STATUS_UPGRADE_REQUIRED), NULL);
	return -1;
}

static int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct wire *wire = lws_context_user(lws_get_context(wsi));

	(void)user;
	(void)in;
	(void)len;
	switch ((int)reason) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return confirm_upgrade(wire, wsi);
	case LWS_CALLBACK_HTTP:
		return plain_request(wsi);
	case LWS_CALLBACK_RAW_ADOPT:
	case LWS_CALLBACK_ESTABLISHED: /* a socket without our subprotocol was refused above */
		return -1;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		wire->waking = false;
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		listener_closed(&wire->listener);
		return 0;
	default:
		return 0;
	}
}

/* ---- messages ----------------------------------------------------------------------------------------------- */

static int established(struct socket *s, struct lws *wsi)
{
	struct header origin;
	const char *text = header_copy(wsi, WSI_TOKEN_ORIGIN, &origin);

	s->wsi = wsi;
	s->wire = lws_context_user(lws_get_context(wsi));
	s->client = relay_open(s->wire->relay, s, strcmp(text, s->wire->relay->admission.own_origin) == 0 ? NULL : text);
	return 0;
}

static void text_add(struct socket *s, const char *in, size_t len)
{
	if (s->len + len > s->size) {
		s->size = (s->len + len) * 2;
		s->text = alloc_grow(s->text, s->size, 1);
	}
	if (len > 0)
		memcpy(s->text + s->len, in, len);
	s->len += len;
}

static size_t message_max(const struct socket *s)
{
	const struct limits *limits = &s->wire->relay->limits;

	return s->client->state == CLIENT_NEW ? limits->hello_operator_bytes : limits->frame_bytes;
}

/* What a frame announces counts as if it had come. */
static bool is_too_big(const struct socket *s, size_t len)
{
	size_t max = message_max(s);
	size_t announced = lws_remaining_packet_payload(s->wsi);

	return len > max || s->len > max - len || announced > max - len - s->len;
}

static int receive(struct socket *s, const char *in, size_t len)
{
	bool final = lws_is_final_fragment(s->wsi);

	if (!s->client || s->close_code != 0)
		return 0; /* its timer closes it */
	client_heard(s->client);
	if (lws_frame_is_binary(s->wsi))
		return close_now(s, CLOSE_BINARY);
	if (is_too_big(s, len))
		return close_now(s, CLOSE_TOO_BIG);
	if (!final && lws_remaining_packet_payload(s->wsi) == 0 && ++s->fragments >= s->wire->relay->limits.fragments)
		return close_now(s, CLOSE_TOO_BIG);
	if (final && s->len == 0) {
		relay_receive(s->wire->relay, s->client, in, len);
	} else {
		text_add(s, in, len);
		client_reading(s->client, !final);
		if (final && u8_check((const uint8_t *)s->text, s->len))
			return close_now(s, CLOSE_NOT_UTF8); /* the library overlooks a last fragment that is empty */
		if (final) {
			relay_receive(s->wire->relay, s->client, s->text, s->len);
			text_free(s);
		}
	}
	return 0;
}

/* With a payload: the library keeps pongs without one to itself. */
static int write_ping(struct socket *s)
{
	unsigned char frame[LWS_PRE + 1] = { 0 };

	s->ping_due = false;
	if (lws_write(s->wsi, frame + LWS_PRE, 1, LWS_WRITE_PING) < 0)
		transport_close(s, CLOSE_GOING_AWAY);
	(void)lws_callback_on_writable(s->wsi);
	return 0;
}

static int writeable(struct socket *s)
{
	static const char headroom[LWS_PRE];
	struct buf *out = &s->wire->out;
	size_t len;

	if (!s->client || s->close_code != 0)
		return 0;
	if (s->ping_due)
		return write_ping(s);
	buf_reset(out);
	buf_add(out, headroom, sizeof headroom);
	if (!session_next_frame(s->client, out) || out->overflow)
		return 0;
	len = out->len - sizeof headroom;
	if (lws_write(s->wsi, (unsigned char *)out->data + sizeof headroom, len, LWS_WRITE_TEXT) < (int)len)
		transport_close(s, CLOSE_GOING_AWAY);
	return 0;
}

static int closed(struct socket *s)
{
	detach(s);
	return 0;
}

static int chat_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct socket *s = user;

	switch ((int)reason) {
	case LWS_CALLBACK_ESTABLISHED:
		return established(s, wsi);
	case LWS_CALLBACK_RECEIVE:
		return receive(s, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return writeable(s);
	case LWS_CALLBACK_TIMER:
		return s->close_code == 0 || s->closing ? 0 : close_now(s, s->close_code);
	case LWS_CALLBACK_RECEIVE_PONG:
		if (s->client)
			client_heard(s->client);
		return 0;
	case LWS_CALLBACK_CLOSED:
		return closed(s);
	case LWS_CALLBACK_WSI_DESTROY:
		return http_callback(wsi, reason, NULL, in, len);
	default:
		return 0;
	}
}

static int wakeup_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi;
	(void)reason;
	(void)user;
	(void)in;
	(void)len;
	return 0; /* the poll loop runs libuv after every turn */
}

static const struct lws_protocols protocols[] = {
	{ .name = "http", .callback = http_callback, .per_session_data_size = sizeof(struct socket), .rx_buffer_size = CHUNK_BYTES },
	{ .name = ADMISSION_PROTOCOL, .callback = chat_callback, .per_session_data_size = sizeof(struct socket), .rx_buffer_size = CHUNK_BYTES },
	{ .name = "wakeup", .callback = wakeup_callback },
	{ .name = NULL },
};

/* ---- life --------------------------------------------------------------------------------------------------- */

static void on_library_log(int level, const char *line)
{
	char text[256];
	size_t len = strcspn(line, "\n");

	if (len >= sizeof text)
		len = sizeof text - 1;
	memcpy(text, line, len);
	text[len] = '\0';
	log_event(level == LLL_ERR ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "libwebsockets", "line", text, NULL);
}

static void on_accepted(void *arg, int fd)
{
	struct wire *wire = arg;

	if (!lws_adopt_socket_vhost(wire->vhost, fd))
		log_event(LOG_LEVEL_WARN, "adopt_failed", NULL);
	wake(wire);
}

static size_t descriptor_limit(void)
{
	struct rlimit limit = { 0 };

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > 2 * OWN_DESCRIPTORS ? (size_t)limit.rlim_cur - OWN_DESCRIPTORS : OWN_DESCRIPTORS;
}

static void on_poll_beat(lws_sorted_usec_list_t *sul);

static void schedule_poll_beat(struct wire *wire)
{
	int timeout_ms = uv_backend_timeout(wire->loop);

	lws_sul_schedule(wire->context, 0, &wire->beat, on_poll_beat, (timeout_ms < 1 ? 1 : timeout_ms) * (lws_usec_t)1000);
}

static void on_poll_beat(lws_sorted_usec_list_t *sul)
{
	(void)sul; /* it was to end the wait */
}

/* Adopts a duplicate: the library closes what it adopted. */
static bool watch_libuv(struct wire *wire)
{
	lws_sock_file_fd_type fd;

	fd.filefd = dup(uv_backend_fd(wire->loop));
	return fd.filefd >= 0 && lws_adopt_descriptor_vhost(wire->vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "wakeup", NULL) != NULL;
}

enum status wire_new(uv_loop_t *loop, bool use_libuv, struct relay *relay, const struct options *options, struct wire **ret_wire)
{
	struct wire *wire = alloc_zero(1, sizeof *wire);
	void *loops[] = { loop };
	size_t sockets = descriptor_limit();
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_DISABLE_IPV6 | (use_libuv ? LWS_SERVER_OPTION_LIBUV : 0),
		.foreign_loops = use_libuv ? loops : NULL,
		.user = wire,
		.fd_limit_per_thread = (unsigned)(sockets + OWN_DESCRIPTORS), /* fewer than the process may have: it would look for each by walking through all */
		.max_http_header_data2 = HEADER_BYTES,
		.timeout_secs = HANDSHAKE_S,
		.retry_and_idle_policy = &wire->no_keepalive, /* all zero: we ping ourselves, see write_ping() */
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
	};

	wire->relay = relay;
	wire->loop = loop;
	wire->use_libuv = use_libuv;
	buf_init(&wire->out, OUT_MAX_BYTES);
	lws_set_log_level(LLL_ERR | LLL_WARN, on_library_log);
	wire->context = lws_create_context(&info);
	wire->vhost = wire->context ? lws_get_vhost_by_name(wire->context, "default") : NULL;
	*ret_wire = wire;
	if (!wire->vhost || (!use_libuv && !watch_libuv(wire))) {
		log_event(LOG_LEVEL_ERROR, "websockets_failed", "event_loop", use_libuv ? "libuv" : "poll", NULL);
		return STATUS_INVALID;
	}
	return listener_open(&wire->listener, loop, options, sockets - OWN_DESCRIPTORS, on_accepted, wire);
}

void wire_run(struct wire *wire)
{
	if (wire->use_libuv) {
		uv_run(wire->loop, UV_RUN_DEFAULT);
		return;
	}
	while (!wire->stopped) {
		uv_run(wire->loop, UV_RUN_NOWAIT);
		schedule_poll_beat(wire);
		if (lws_service(wire->context, 0) < 0)
			break;
	}
}

void wire_stop(struct wire *wire)
{
	wire->stopped = true;
	uv_stop(wire->loop);
}

void wire_deafen(struct wire *wire)
{
	listener_close(&wire->listener);
}

void wire_close(struct wire *wire)
{
	listener_close(&wire->listener);
	if (wire->context)
		lws_context_destroy(wire->context);
}

void wire_free(struct wire **pwire)
{
	struct wire *wire = *pwire;

	if (!wire)
		return;
	*pwire = NULL;
	if (wire->use_libuv && wire->context)
		lws_context_destroy(wire->context); /* the second call frees what had to wait for the loop */
	buf_fini(&wire->out);
	free(wire);
}
