/* SPDX-License-Identifier: ISC */
#include "relay/hints.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/json.h"
#include "chat/statements.h"
#include "db/conn.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYLOAD_MAX 7900    /* NOTIFY takes 7,999 bytes */
#define WAITING_MAX 400000  /* past this the oldest hints are dropped: sweeps find what they meant */
#define WORD_MAX 192

struct hint_word {
	UT_hash_handle hh;
	char text[];
};

/* ---- reading ------------------------------------------------------------------------------------------------ */

struct cursor {
	const char *at;
	const char *end;
};

/* The next part up to ':' or the end of the word; false when there is none. */
static bool next_part(struct cursor *c, const char **ret_part, size_t *ret_len)
{
	const char *colon;

	if (!c->at)
		return false;
	colon = memchr(c->at, ':', (size_t)(c->end - c->at));
	*ret_part = c->at;
	*ret_len = (size_t)((colon ? colon : c->end) - c->at);
	c->at = colon ? colon + 1 : NULL;
	return true;
}

static bool read_chat(struct cursor *c, struct hint *hint)
{
	const char *part;
	size_t len;

	if (!next_part(c, &part, &len) || len != UUID_LEN)
		return false;
	memcpy(hint->chat, part, len);
	hint->chat[len] = '\0';
	return uuid_is_canonical(hint->chat);
}

static bool read_party(struct cursor *c, struct hint *hint)
{
	const char *part;
	size_t len;

	if (!next_part(c, &part, &len))
		return false;
	hint->who = party_from_name(part, len);
	return hint->who != PARTY_UNKNOWN;
}

static bool read_on(struct cursor *c, struct hint *hint)
{
	const char *part;
	size_t len;

	if (!next_part(c, &part, &len) || len != 1 || (*part != '0' && *part != '1'))
		return false;
	hint->on = *part == '1';
	return true;
}

static bool read_number(struct cursor *c, struct hint *hint)
{
	const char *part;
	size_t len;

	if (!next_part(c, &part, &len) || len == 0 || len > 15)
		return false;
	hint->seq = 0;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)part[i]))
			return false;
		hint->seq = hint->seq * 10 + (uint64_t)(part[i] - '0');
	}
	return true;
}

static bool read_mark(struct cursor *c, struct hint *hint)
{
	const char *part;
	size_t len;

	if (!next_part(c, &part, &len) || len != 1 || (*part != 'g' && *part != 'r'))
		return false;
	hint->type = *part == 'g' ? HINT_GOT : HINT_READ;
	return read_number(c, hint);
}

static bool read_operator(struct cursor *c, struct hint *hint)
{
	size_t len = (size_t)(c->end - c->at);

	if (len == 0 || len > HINT_OPERATOR_MAX)
		return false;
	memcpy(hint->operator, c->at, len);
	hint->operator[len] = '\0';
	c->at = NULL;
	return true;
}

static bool read_word(const char *word, size_t len, struct hint *hint)
{
	struct cursor c = { word + 2, word + len };
	bool ok;

	if (len < 2 || word[1] != ':')
		return false;
	*hint = (struct hint){ 0 };
	switch (word[0]) {
	case 'c':
	case 'k':
		hint->type = word[0] == 'c' ? HINT_CHAT : HINT_ACCESS;
		ok = read_chat(&c, hint);
		break;
	case 'o':
	case 's':
	case 'w':
		hint->type = word[0] == 'o' ? HINT_OPERATOR : word[0] == 's' ? HINT_SESSIONS : HINT_DESK;
		ok = read_operator(&c, hint);
		break;
	case 't':
	case 'p':
		hint->type = word[0] == 't' ? HINT_TYPING : HINT_PRESENCE;
		ok = read_chat(&c, hint) && read_party(&c, hint) && read_on(&c, hint);
		break;
	case 'd':
		ok = read_chat(&c, hint) && read_party(&c, hint) && read_mark(&c, hint);
		break;
	case 'n':
		hint->type = HINT_BUS;
		ok = read_number(&c, hint) && read_on(&c, hint);
		break;
	case 'r':
		hint->type = HINT_RELAY;
		ok = len == 2;
		c.at = NULL;
		break;
	default:
		ok = false;
	}
	return ok && !c.at;
}

void hints_read(const char *payload, void (*each)(void *arg, const struct hint *hint), void *arg)
{
	const char *p = payload;

	while (*p != '\0') {
		size_t len = strcspn(p, " ,");
		struct hint hint;

		if (read_word(p, len, &hint))
			each(arg, &hint);
		p += len;
		p += strspn(p, " ,");
	}
}

/* ---- gathering ---------------------------------------------------------------------------------------------- */

void hints_init(struct hints *h, struct pipe *pipe, struct bus *bus)
{
	*h = (struct hints){ .pipe = pipe, .bus = bus };
	buf_init(&h->payload, PAYLOAD_MAX + 1);
}

static void word_drop(struct hints *h, struct hint_word *word)
{
	h->bytes -= strlen(word->text) + 1;
	HASH_DEL(h->words, word);
	free(word);
}

void hints_fini(struct hints *h)
{
	struct hint_word *word, *next;

	HASH_ITER(hh, h->words, word, next)
		word_drop(h, word);
	buf_fini(&h->payload);
}

static void __attribute__((format(printf, 2, 3))) gather(struct hints *h, const char *format, ...)
{
	char text[WORD_MAX];
	struct hint_word *word = NULL;
	va_list args;
	int len;

	if (h->alone)
		return;
	va_start(args, format);
	len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof text)
		return;
	HASH_FIND_STR(h->words, text, word);
	if (word)
		return;
	while (h->bytes > WAITING_MAX)
		word_drop(h, h->words);
	word = alloc_zero(1, sizeof *word + (size_t)len + 1);
	memcpy(word->text, text, (size_t)len + 1);
	h->bytes += (size_t)len + 1;
	HASH_ADD_KEYPTR(hh, h->words, word->text, (unsigned)len, word);
}

void hints_chat(struct hints *h, const char *chat)
{
	gather(h, "c:%s", chat);
}

void hints_typing(struct hints *h, const char *chat, enum party who, bool on)
{
	gather(h, "t:%s:%s:%d", chat, party_name(who), on);
}

void hints_presence(struct hints *h, const char *chat, enum party who, bool on)
{
	gather(h, "p:%s:%s:%d", chat, party_name(who), on);
}

void hints_mark(struct hints *h, enum hint_type type, const char *chat, enum party who, uint64_t seq)
{
	gather(h, "d:%s:%s:%c:%llu", chat, party_name(who), type == HINT_GOT ? 'g' : 'r', (unsigned long long)seq);
}

void hints_company(struct hints *h)
{
	h->alone = false;
}

void hints_doubt_bus(struct hints *h)
{
	h->bus_reaches_all = false;
	h->doubted = h->asked;
}

void hints_again(struct hints *h)
{
	if (h->relay[0] == '\0')
		return;
	gather(h, "r:");
	hints_flush(h);
}

void hints_hello(struct hints *h, const char *number)
{
	(void)snprintf(h->relay, sizeof h->relay, "%s", number);
	h->alone = false;
	hints_doubt_bus(h);
	gather(h, "r:");
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

bool hints_waiting(const struct hints *h)
{
	return h->words && h->relay[0] != '\0' && (pipe_is_up(h->pipe) || h->bus->works);
}

static void on_sent(void *arg, const PGresult *result, const struct problem *problem)
{
	struct hints *h = arg;

	(void)problem; /* a hint may be lost */
	h->answered++;
	if (!result || PQntuples(result) != 1)
		return;
	h->alone = result_int(result, 0, "relays") == 0;
	h->bus_reaches_all = h->answered > h->doubted && result_int(result, 0, "unreached") == 0;
}

/* To everybody whom the bus does not reach: to everybody, when it has not taken them. false: the session is breaking; hints_again() makes everybody look */
static bool send_by_database(struct hints *h, const char *words, bool by_bus)
{
	struct buf reached;
	enum status status;

	bus_reached(h->bus, &reached);
	h->statements++;
	status = pipe_send(h->pipe, &STATEMENT_HINT_RELAYS, (const struct param[]){ PARAM_TEXT(h->relay), PARAM_TEXT(words), PARAM_TEXT(by_bus ? reached.data : "{}") },
		on_sent, h);
	buf_fini(&reached);
	if (status == STATUS_OK)
		h->asked++;
	return status == STATUS_OK;
}

void hints_flush(struct hints *h)
{
	struct hint_word *word, *next;
	bool by_bus, sent = true;

	while (sent && hints_waiting(h)) {
		buf_reset(&h->payload);
		HASH_ITER(hh, h->words, word, next) {
			if (h->payload.len + strlen(word->text) + 1 > PAYLOAD_MAX)
				break;
			if (h->payload.len > 0)
				buf_add_str(&h->payload, " ");
			buf_add_str(&h->payload, word->text);
			h->sent++;
			word_drop(h, word);
		}
		by_bus = bus_send(h->bus, h->payload.data);
		if (!by_bus || !h->bus_reaches_all)
			sent = send_by_database(h, h->payload.data, by_bus);
	}
}

void hints_bus_failed(struct hints *h)
{
	hints_doubt_bus(h);
	if (h->relay[0] == '\0')
		return;
	gather(h, "n:%s:0", h->relay);
	hints_again(h);
}

void hints_peer_lost(struct hints *h)
{
	hints_doubt_bus(h);
	if (h->relay[0] != '\0' && pipe_is_up(h->pipe))
		(void)send_by_database(h, "r:", true);
}
