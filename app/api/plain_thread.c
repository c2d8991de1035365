/* SPDX-License-Identifier: ISC */
/* The conversation as HTML: who said what, what happened, what there is to choose from. The same lines as in the widget (www/lib/rows.js, www/lib/line-text.js). */
#include "api/plain.h"

#include "chat/statements.h"
#include "http/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OUT(plain) (&(plain)->call->response.body)
#define SHOWN 200 /* events; what was before them is in the transcript */
#define BEHIND_ALL "9007199254740991"

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static enum status read_page(struct plain *plain, const char *after, struct json_object **ret_page)
{
	struct call *call = plain->call;
	PGresult *result;
	enum status status;
	const char *body;

	secret_sha256(plain->held + UUID_LEN + 1, SECRET_TOKEN_LEN, call->credential);
	char limit[8];
	snprintf(limit, sizeof limit, "%d", SHOWN);
	const struct param params[] = { PARAM_TEXT(plain->chat), PARAM_BYTES(call->credential, SECRET_BYTES), PARAM_TEXT(NULL), PARAM_TEXT(after), PARAM_TEXT(limit) };

	status = call_run(call, &STATEMENT_CHAT_EVENTS, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	body = result_str(result, 0, "body");
	if (json_parse_deep(body, strlen(body), 16, ret_page) != STATUS_OK)
		status = call_fail(call, STATUS_INTERNAL, NULL);
	PQclear(result);
	return status;
}

enum status plain_read_thread(struct plain *plain, struct plain_thread *ret_thread, bool only_seq)
{
	struct json_object *page = NULL;
	enum status status = STATUS_OK;
	char after[24];

	if (ret_thread->last_seq == 0) {
		status = read_page(plain, BEHIND_ALL, &page);
		if (status != STATUS_OK)
			return status;
		ret_thread->last_seq = json_object_get_int64(plain_member(page, "last_seq"));
		json_object_put(page);
		page = NULL;
	}
	if (only_seq)
		return STATUS_OK;
	snprintf(after, sizeof after, "%" PRId64, ret_thread->last_seq > SHOWN ? ret_thread->last_seq - SHOWN : 0);
	status = read_page(plain, after, &page);
	if (status == STATUS_OK)
		ret_thread->events = json_object_get(plain_member(page, "events"));
	json_object_put(page);
	return status;
}

static bool is_kind(struct json_object *event, const char *kind)
{
	const char *is = plain_str(event, "kind");

	return is && strcmp(is, kind) == 0;
}

bool plain_is_rated(struct json_object *events)
{
	for (size_t i = 0; events && i < json_object_array_length(events); i++)
		if (is_kind(json_object_array_get_idx(events, i), "rated"))
			return true;
	return false;
}

/* ---- words of somebody ------------------------------------------------------------------------------------------ */

/* The length of an http(s) address that stands here; what ends a sentence is none of it. */
static size_t address_len(const char *text)
{
	size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0, len;

	if (scheme == 0)
		return 0;
	len = strcspn(text, " \t\n<>\"'\\^`{|}");
	while (len > scheme && strchr(".,;:!?)]", text[len - 1]))
		len--;
	return len > scheme && len <= 2000 ? len : 0;
}

static void add_piece(struct buf *out, const char *text, size_t len)
{
	struct buf piece;

	buf_init(&piece, len + 16);
	buf_add(&piece, text, len);
	html_add(out, piece.data);
	buf_fini(&piece);
}

static void add_words(struct buf *out, const char *text)
{
	size_t len = 0, plain;

	while (*text) {
		plain = 0;
		while (text[plain] && (len = address_len(text + plain)) == 0)
			plain++;
		add_piece(out, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		buf_add_str(out, "<a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"");
		add_piece(out, text, len);
		buf_add_str(out, "\">");
		add_piece(out, text, len);
		buf_add_str(out, "</a>");
		text += len;
	}
}

static const char *who_said(const struct plain *plain, struct json_object *event)
{
	struct json_object *author = plain_member(event, "author");
	const char *kind = plain_str(author, "kind"), *name = plain_str(author, "name");

	if (kind && strcmp(kind, "customer") == 0)
		return words_text(&plain->words, "you");
	if (name && *name)
		return name;
	return words_text(&plain->words, kind && strcmp(kind, "bot") == 0 ? "bot_name" : "operator");
}

static void add_time(struct plain *plain, struct json_object *event)
{
	const char *at = plain_str(event, "at");

	if (!at || strlen(at) < 16)
		return;
	buf_add_str(OUT(plain), "<time datetime=\"");
	html_add(OUT(plain), at);
	buf_addf(OUT(plain), "\">%.5s</time>", at + 11);
}

static void add_message(struct plain *plain, struct json_object *event, bool last_mine, struct json_object *marks)
{
	const char *kind = plain_str(plain_member(event, "author"), "kind"), *body = plain_str(event, "body");
	bool mine = kind && strcmp(kind, "customer") == 0;
	int64_t seq = json_object_get_int64(plain_member(event, "seq"));

	buf_addf(OUT(plain), "<li class=\"message %s\"><span class=\"who\"><bdi>", mine ? "mine" : "theirs");
	html_add(OUT(plain), who_said(plain, event));
	buf_add_str(OUT(plain), "</bdi></span><div class=\"bubble\" dir=\"auto\">");
	if (body)
		add_words(OUT(plain), body);
	else
		plain_say(plain, "removed", NULL);
	buf_add_str(OUT(plain), "</div><span class=\"foot\">");
	add_time(plain, event);
	if (mine && last_mine) {
		buf_add_str(OUT(plain), " ");
		plain_say(plain, seq <= json_object_get_int64(plain_member(marks, "read")) ? "state.read"
			: seq <= json_object_get_int64(plain_member(marks, "got")) ? "state.got" : "state.sent", NULL);
	}
	buf_add_str(OUT(plain), "</span></li>\n");
}

/* ---- what happened ---------------------------------------------------------------------------------------------- */

static const char *first_of(struct json_object *data, const char *a, const char *b)
{
	const char *value = plain_str(data, a);

	return value ? value : plain_str(data, b);
}

/* Which text a line has: of these endings of line.KIND the first that there is. */
static const char *ending_of(struct json_object *event, const char *name, const char *queue, const char *to)
{
	struct json_object *data = plain_member(event, "data");
	const char *by = plain_str(data, "by");

	if (is_kind(event, "ended"))
		return !by || strcmp(by, "system") == 0 ? plain_str(data, "reason") : strcmp(by, "customer") == 0 ? "me" : name ? "name" : "other";
	if (is_kind(event, "queued"))
		return queue ? "customer" : "any";
	if (is_kind(event, "joined") || is_kind(event, "left"))
		return name ? NULL : "any";
	if (is_kind(event, "transferred"))
		return to ? "operator" : queue ? "queue" : NULL;
	return NULL;
}

static void add_happening(struct plain *plain, struct json_object *event)
{
	struct json_object *data = plain_member(event, "data"), *author = plain_member(event, "author");
	const char *by = plain_str(author, "kind"), *name = plain_str(author, "name"), *queue = first_of(data, "label", "queue"), *to = first_of(data, "to", "operator");
	const char *kind = plain_str(event, "kind"), *ending, *body = plain_str(event, "body");
	char text[96];

	if (!by || strcmp(by, "operator") != 0 || !name || !*name)
		name = first_of(data, "from", "name");
	ending = ending_of(event, name, queue, to);
	snprintf(text, sizeof text, "line.%s%s%s", kind, ending ? "." : "", ending ? ending : "");
	if (!words_find(&plain->words, text))
		snprintf(text, sizeof text, "line.%s%s", kind, is_kind(event, "ended") ? ".system" : "");
	buf_add_str(OUT(plain), "<li class=\"line\"><span dir=\"auto\">");
	if (is_kind(event, "reminder") && body)
		html_add(OUT(plain), body);
	else
		plain_say(plain, text, "name", name ? name : "", "queue", queue ? queue : "", "to", to ? to : "", NULL);
	buf_add_str(OUT(plain), "</span></li>\n");
}

static bool is_message(struct json_object *event)
{
	return (is_kind(event, "message") || is_kind(event, "bot_message")) && (plain_str(event, "body") || plain_member(plain_member(event, "data"), "removed"));
}

/* Not what is for the program only, nor what the passing of the chat has said already. */
static bool is_line(struct json_object *event, bool passing)
{
	static const char *const kinds[] = { "queued", "joined", "left", "transferred", "transfer_failed", "requeued", "reminder", "ended" };
	const char *to = plain_str(plain_member(event, "data"), "to");

	if (is_kind(event, "reminder") && !plain_str(event, "body") && (!to || strcmp(to, "customer") != 0))
		return false;
	if (passing && (is_kind(event, "left") || is_kind(event, "queued")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (is_kind(event, kinds[i]))
			return true;
	return false;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void add_choices(struct plain *plain, struct json_object *choices)
{
	const char *id;

	plain_open_form(plain, "/message", "_parent");
	buf_add_str(OUT(plain), "<fieldset class=\"choices\"><legend>");
	plain_say(plain, "choices", NULL);
	buf_add_str(OUT(plain), "</legend>\n");
	for (size_t i = 0; i < json_object_array_length(choices); i++) {
		id = plain_str(json_object_array_get_idx(choices, i), "id");
		if (!id || strcmp(id, "person") == 0)
			continue; /* has its own button, always in the same place */
		buf_add_str(OUT(plain), "<button class=\"choice\" type=\"submit\" name=\"choice\" value=\"");
		html_add(OUT(plain), id);
		buf_add_str(OUT(plain), "\"><bdi>");
		html_add(OUT(plain), plain_str(json_object_array_get_idx(choices, i), "label"));
		buf_add_str(OUT(plain), "</bdi></button>\n");
	}
	buf_add_str(OUT(plain), "</fieldset></form>\n");
}

static void add_day(struct plain *plain, const char *at, char day[11])
{
	if (!at || strncmp(at, day, 10) == 0)
		return;
	snprintf(day, 11, "%.10s", at);
	buf_addf(OUT(plain), "<li class=\"day\"><span>%s (UTC)</span></li>\n", day);
}

void plain_add_thread(struct plain *plain, struct json_object *events, struct json_object *chat)
{
	struct json_object *event, *choices = NULL, *marks = plain_member(plain_member(chat, "marks"), "operator");
	size_t count = events ? json_object_array_length(events) : 0, last_mine = count;
	const char *state = plain_str(chat, "state"), *kind;
	char day[11] = "";
	bool passing = false;

	for (size_t i = 0; i < count; i++) {
		event = json_object_array_get_idx(events, i);
		kind = plain_str(plain_member(event, "author"), "kind");
		if (!is_message(event))
			continue;
		choices = plain_member(plain_member(event, "data"), "choices");
		if (kind && strcmp(kind, "customer") == 0)
			last_mine = i;
	}
	buf_add_str(OUT(plain), "<ol class=\"messages\">\n");
	for (size_t i = 0; i < count; i++) {
		event = json_object_array_get_idx(events, i);
		if (is_message(event)) {
			add_day(plain, plain_str(event, "at"), day);
			add_message(plain, event, i == last_mine, marks);
			passing = false;
		} else if (is_line(event, passing)) {
			add_day(plain, plain_str(event, "at"), day);
			add_happening(plain, event);
			passing = is_kind(event, "transferred");
		}
	}
	buf_add_str(OUT(plain), "</ol>\n");
	if (choices && json_object_array_length(choices) > 0 && state && strcmp(state, "bot") == 0)
		add_choices(plain, choices);
}
