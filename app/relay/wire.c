/* SPDX-License-Identifier: ISC */
#include "relay/wire.h"

#include "base/alloc.h"
#include "base/log.h"
#include "relay/listen.h"
#include "relay/socket.h"

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
#define ARRIVALS_AT_ONCE 32 /* and departures */

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

/* Of who is behind the web server, which sets this header whatever the client sent; NULL where it did not. */
static const char *address_copy(struct lws *wsi, struct header *ret_header)
{
	return *header_copy(wsi, WSI_TOKEN_HTTP_X_REAL_IP, ret_header) ? ret_header->text : NULL;
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
	struct header address;
	bool foreign;
	int code = admission_judge(&wire->relay->admission, &handshake, &foreign);

	if (code == 0 && !crowding_admits(&wire->relay->crowding, address_copy(wsi, &address), wire->listener.open, wire->listener.max))
		code = status_http_code(STATUS_UNAVAILABLE);

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

/* libuv may hand out tens of thousands of events before the loop sleeps. When thousands come or go at once, what the others have to send is not to wait for all of them. */
static void count_arrival(struct wire *wire)
{
	if (++wire->arrivals >= ARRIVALS_AT_ONCE && !wire->stopped)
		relay_settle(wire->relay);
}

/* ---- messages ----------------------------------------------------------------------------------------------- */

static int established(struct socket *s, struct lws *wsi)
{
	struct header origin, address;
	const char *text = header_copy(wsi, WSI_TOKEN_ORIGIN, &origin);

	s->wsi = wsi;
	s->wire = lws_context_user(lws_get_context(wsi));
	s->peer = crowding_enter(&s->wire->relay->crowding, address_copy(wsi, &address));
	s->client = relay_open(s->wire->relay, s, strcmp(text, s->wire->relay->admission.own_origin) == 0 ? NULL : text);
	count_arrival(s->wire);
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
		return socket_close_now(s, CLOSE_BINARY);
	if (is_too_big(s, len))
		return socket_close_now(s, CLOSE_TOO_BIG);
	if (!final && lws_remaining_packet_payload(s->wsi) == 0 && ++s->fragments >= s->wire->relay->limits.fragments)
		return socket_close_now(s, CLOSE_TOO_BIG);
	if (final && s->len == 0) {
		relay_receive(s->wire->relay, s->client, in, len);
	} else {
		text_add(s, in, len);
		client_reading(s->client, !final);
		if (final && u8_check((const uint8_t *)s->text, s->len))
			return socket_close_now(s, CLOSE_NOT_UTF8); /* the library overlooks a last fragment that is empty */
		if (final) {
			relay_receive(s->wire->relay, s->client, s->text, s->len);
			socket_text_free(s);
		}
	}
	return 0;
}

static int closed(struct socket *s)
{
	if (!s->wire)
		return 0; /* reset before it was established: nothing began */
	socket_detach(s);
	crowding_leave(&s->wire->relay->crowding, &s->peer);
	count_arrival(s->wire);
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
		socket_writeable(s);
		return 0;
	case LWS_CALLBACK_TIMER:
		return s->close_code == 0 || s->closing ? 0 : socket_close_now(s, s->close_code);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		s->closing = true;
		return 0;
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
	{ .name = ADMISSION_PROTOCOL, .callback = chat_callback, .per_session_data_size = sizeof(struct socket), .rx_buffer_size = CHUNK_BYTES,
	  .tx_packet_size = OUT_MAX_BYTES },
	{ .name = "wakeup", .callback = wakeup_callback },
	{ .name = NULL },
};

static void on_flush(void *arg)
{
	wire_flush(arg);
}

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
	wire_wake(wire);
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
	relay->flush = on_flush;
	relay->flush_arg = wire;
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
		relay_settle(wire->relay); /* libuv did so before it looked, not after */
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
	wire->stopped = true;
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
