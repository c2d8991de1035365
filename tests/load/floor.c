/* SPDX-License-Identifier: ISC */
/* The floor under a relay's figures: the same libraries and sockets, and nothing of a chat server. Plain rows go into a table without keys, as many as
 * have come while the last ones were under way, by unnest over --sessions sessions; after COMMIT the author gets an ack, the other socket of the
 * chat the event. No JSON is read, nobody is known, nothing is counted or told apart.
 *
 *   floor --socket PATH --database CONNINFO [--sessions 2]
 *
 * Speaks as much of chat.v1 as tests/load/load.c listens to. */
#include <err.h>
#include <getopt.h>
#include <libpq-fe.h>
#include <libwebsockets.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <uthash.h>
#include <utlist.h>
#include <uv.h>

#define ROWS_MAX 512
#define SESSIONS_MAX 8
#define UUID 36
#define MESSAGE_MAX 4096

struct text {
	struct text *prev, *next;
	size_t len;
	char data[]; /* LWS_PRE bytes before it */
};

struct room {
	char chat[UUID + 1];
	UT_hash_handle hh;
	struct socket *sockets[2];
};

struct socket {
	struct lws *wsi;
	struct room *room;
	int side;
	struct text *out;
};

struct row {
	struct row *prev, *next;
	struct room *room;
	int side;
	size_t len;
	char text[];
};

struct array {
	char *data;
	size_t len, size;
};

struct session {
	PGconn *pg;
	uv_poll_t poll;
	struct row *flying;
	struct array chats, authors, bodies;
};

static struct {
	uv_loop_t loop;
	struct lws_context *context;
	struct room *rooms;
	struct row *waiting;
	struct session sessions[SESSIONS_MAX];
	int session_count;
	uv_prepare_t settle;
	uv_signal_t term;
} bare = { .session_count = 2 };

static void *memory(size_t size)
{
	void *data = calloc(1, size);

	if (!data)
		err(1, "memory");
	return data;
}

/* ---- what goes out ------------------------------------------------------------------------------------------ */

static void __attribute__((format(printf, 2, 3))) tell(struct socket *s, const char *format, ...)
{
	struct text *text;
	va_list args, again;
	int len;

	if (!s)
		return;
	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	text = memory(sizeof *text + LWS_PRE + (size_t)len + 1);
	text->len = (size_t)len;
	(void)vsnprintf(text->data + LWS_PRE, text->len + 1, format, again);
	va_end(again);
	va_end(args);
	DL_APPEND(s->out, text);
	(void)lws_callback_on_writable(s->wsi);
}

static int write_next(struct socket *s)
{
	struct text *text = s->out;
	int sent;

	if (!text)
		return 0;
	DL_DELETE(s->out, text);
	sent = lws_write(s->wsi, (unsigned char *)text->data + LWS_PRE, text->len, LWS_WRITE_TEXT);
	free(text);
	if (s->out)
		(void)lws_callback_on_writable(s->wsi);
	return sent < 0 ? -1 : 0;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

static void array_add(struct array *a, const char *text, size_t len)
{
	if (a->size < a->len + 2 * len + 8) {
		a->size = (a->len + 2 * len + 8) * 2;
		a->data = realloc(a->data, a->size);
		if (!a->data)
			err(1, "memory");
	}
	a->data[a->len] = a->len == 0 ? '{' : ',';
	a->len++;
	a->data[a->len++] = '"';
	memcpy(a->data + a->len, text, len); /* what is measured has nothing in it that wants an escape */
	a->len += len;
	a->data[a->len++] = '"';
}

static const char *array_end(struct array *a)
{
	a->data[a->len] = '}';
	a->data[a->len + 1] = '\0';
	a->len = 0;
	return a->data;
}

/* The member's value → its start and length; false: it is not there. */
static bool member(const char *text, size_t len, const char *name, const char **ret_value, size_t *ret_len)
{
	const char *at = memmem(text, len, name, strlen(name)), *end;

	if (!at)
		return false;
	at += strlen(name);
	end = memchr(at, '"', len - (size_t)(at - text));
	if (!end)
		return false;
	*ret_value = at;
	*ret_len = (size_t)(end - at);
	return true;
}

static void take_off(struct session *session)
{
	struct row *row, *next;
	const char *values[3];
	int count = 0;

	DL_FOREACH_SAFE(bare.waiting, row, next)
	{
		const char *body = "";
		size_t len = 0;

		if (count++ == ROWS_MAX)
			break;
		(void)member(row->text, row->len, "\"body\":\"", &body, &len);
		array_add(&session->chats, row->room->chat, UUID);
		array_add(&session->authors, row->side ? "operator" : "customer", 8);
		array_add(&session->bodies, body, len);
		DL_DELETE(bare.waiting, row);
		DL_APPEND(session->flying, row);
	}
	values[0] = array_end(&session->chats);
	values[1] = array_end(&session->authors);
	values[2] = array_end(&session->bodies);
	if (!PQsendQueryPrepared(session->pg, "post", 3, values, NULL, NULL, 0))
		errx(1, "%s", PQerrorMessage(session->pg));
	(void)uv_poll_start(&session->poll, PQflush(session->pg) ? UV_READABLE | UV_WRITABLE : UV_READABLE, session->poll.poll_cb);
}

static void on_settle(uv_prepare_t *prepare)
{
	(void)prepare;
	for (int i = 0; i < bare.session_count && bare.waiting; i++)
		if (!bare.sessions[i].flying)
			take_off(&bare.sessions[i]);
}

static void stored(struct session *session)
{
	struct row *row, *next;

	DL_FOREACH_SAFE(session->flying, row, next)
	{
		const char *cid = "", *body = "";
		size_t cid_len = 0, body_len = 0;

		(void)member(row->text, row->len, "\"cid\":\"", &cid, &cid_len);
		(void)member(row->text, row->len, "\"body\":\"", &body, &body_len);
		tell(row->room->sockets[row->side], "{\"t\":\"ack\",\"cid\":\"%.*s\",\"chat\":\"%s\"}", (int)cid_len, cid, row->room->chat);
		tell(row->room->sockets[!row->side], "{\"t\":\"event\",\"chat\":\"%s\",\"kind\":\"message\",\"body\":\"%.*s\",\"cid\":\"%.*s\"}",
			 row->room->chat, (int)body_len, body, (int)cid_len, cid);
		DL_DELETE(session->flying, row);
		free(row);
	}
}

static void on_database(uv_poll_t *poll, int status, int events)
{
	struct session *session = poll->data;
	PGresult *result;

	(void)events;
	if (status < 0 || !PQconsumeInput(session->pg))
		errx(1, "%s", PQerrorMessage(session->pg));
	if (PQflush(session->pg) == 0)
		(void)uv_poll_start(poll, UV_READABLE, on_database);
	while (!PQisBusy(session->pg) && (result = PQgetResult(session->pg)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			errx(1, "%s", PQerrorMessage(session->pg));
		PQclear(result);
	}
	if (!PQisBusy(session->pg))
		stored(session);
}

static void session_open(struct session *session, const char *conninfo)
{
	PGresult *result;

	session->pg = PQconnectdb(conninfo);
	result = PQprepare(session->pg, "post", "insert into floor.message (chat, author, body) select * from unnest($1::uuid[], $2::text[], $3::text[])",
					   0, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK || PQsetnonblocking(session->pg, 1) != 0)
		errx(1, "%s", PQerrorMessage(session->pg));
	PQclear(result);
	session->poll.data = session;
	(void)uv_poll_init(&bare.loop, &session->poll, PQsocket(session->pg));
	(void)uv_poll_start(&session->poll, UV_READABLE, on_database);
}

/* ---- what comes in ------------------------------------------------------------------------------------------ */

static int take_hello(struct socket *s, const char *text, size_t len)
{
	const char *chat;
	size_t chat_len;
	bool is_operator = memmem(text, len, "\"ticket\"", 8) != NULL;
	char key[UUID + 1] = "";

	if (!member(text, len, is_operator ? "\"cursors\":{\"" : "\"chat\":\"", &chat, &chat_len) || chat_len != UUID)
		return -1;
	memcpy(key, chat, UUID);
	HASH_FIND_STR(bare.rooms, key, s->room);
	if (!s->room) {
		s->room = memory(sizeof *s->room);
		memcpy(s->room->chat, key, sizeof key);
		HASH_ADD_STR(bare.rooms, chat, s->room);
	}
	s->side = is_operator;
	s->room->sockets[s->side] = s;
	tell(s, "{\"t\":\"ready\"}");
	tell(s, "{\"t\":\"synced\"}");
	return 0;
}

static int receive(struct socket *s, struct lws *wsi, const char *text, size_t len)
{
	struct row *row;

	s->wsi = wsi;
	if (!lws_is_final_fragment(wsi))
		return -1; /* rx_buffer_size holds the largest */
	if (!s->room)
		return take_hello(s, text, len);
	row = memory(sizeof *row + len);
	row->room = s->room;
	row->side = s->side;
	row->len = len;
	memcpy(row->text, text, len);
	DL_APPEND(bare.waiting, row);
	return 0;
}

static int closed(struct socket *s)
{
	struct text *text, *next;

	if (s->room)
		s->room->sockets[s->side] = NULL;
	DL_FOREACH_SAFE(s->out, text, next)
	free(text);
	s->out = NULL;
	return 0;
}

static int on_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	switch ((int)reason) {
	case LWS_CALLBACK_RECEIVE:
		return receive(user, wsi, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return write_next(user);
	case LWS_CALLBACK_CLOSED:
		return closed(user);
	default:
		return 0;
	}
}

/* ---- life --------------------------------------------------------------------------------------------------- */

static void on_term(uv_signal_t *signal, int number)
{
	(void)number;
	uv_stop(signal->loop);
}

static void open_context(const char *path)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "chat.v1", .callback = on_callback, .per_session_data_size = sizeof(struct socket), .rx_buffer_size = MESSAGE_MAX },
		{ .name = NULL },
	};
	void *loops[] = { &bare.loop };
	struct lws_context_creation_info info = {
		.port = 0,
		.iface = path,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_UNIX_SOCK | LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_LIBUV,
		.foreign_loops = loops,
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
	};
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		info.fd_limit_per_thread = (unsigned)limit.rlim_cur;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	bare.context = lws_create_context(&info);
	if (!bare.context)
		errx(1, "libwebsockets does not start");
}

static void close_all(void)
{
	struct room *room, *next_room;
	struct row *row, *next;

	lws_context_destroy(bare.context);
	for (int i = 0; i < bare.session_count; i++) {
		struct session *session = &bare.sessions[i];

		uv_close((uv_handle_t *)&session->poll, NULL);
		DL_CONCAT(bare.waiting, session->flying);
		free(session->chats.data);
		free(session->authors.data);
		free(session->bodies.data);
	}
	uv_close((uv_handle_t *)&bare.settle, NULL);
	uv_close((uv_handle_t *)&bare.term, NULL);
	uv_run(&bare.loop, UV_RUN_DEFAULT);
	lws_context_destroy(bare.context);
	for (int i = 0; i < bare.session_count; i++)
		PQfinish(bare.sessions[i].pg);
	DL_FOREACH_SAFE(bare.waiting, row, next)
	free(row);
	HASH_ITER (hh, bare.rooms, room, next_room) {
		HASH_DEL(bare.rooms, room);
		free(room);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "database", required_argument, NULL, 'd' },
		{ "sessions", required_argument, NULL, 'n' },
		{ 0 },
	};
	const char *path = NULL, *conninfo = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			path = optarg;
			break;
		case 'd':
			conninfo = optarg;
			break;
		case 'n':
			bare.session_count = (int)strtol(optarg, NULL, 10);
			break;
		default:
			return 64;
		}
	}
	if (!path || !conninfo || bare.session_count < 1 || bare.session_count > SESSIONS_MAX)
		errx(64, "usage: floor --socket PATH --database CONNINFO [--sessions 2]");
	(void)uv_loop_init(&bare.loop);
	for (int i = 0; i < bare.session_count; i++)
		session_open(&bare.sessions[i], conninfo);
	open_context(path); /* who finds us listening finds our sessions too */
	(void)uv_prepare_init(&bare.loop, &bare.settle);
	(void)uv_prepare_start(&bare.settle, on_settle);
	(void)uv_signal_init(&bare.loop, &bare.term);
	(void)uv_signal_start(&bare.term, on_term, SIGTERM);
	(void)uv_run(&bare.loop, UV_RUN_DEFAULT);
	close_all();
	return 0;
}
