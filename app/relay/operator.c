/* SPDX-License-Identifier: ISC */
#include "relay/operator.h"

#include "base/alloc.h"
#include "chat/statements.h"
#include "db/conn.h"
#include "relay/desk.h"
#include "relay/hello.h"
#include "relay/render.h"
#include "relay/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define DESK_MS 2500 /* the router offers within 2 s when nobody hears a bell, the operator sees it within 5 */

struct gone_session {
	struct gone_session *prev, *next;
	uint8_t session[SECRET_BYTES];
};

struct question {
	struct relay *relay;
	uint64_t client;
};

/* ---- hello -------------------------------------------------------------------------------------------------- */

static bool read_session(const PGresult *result, uint8_t ret_session[SECRET_BYTES])
{
	size_t len;
	unsigned char *bytes = PQunescapeBytea((const unsigned char *)result_str(result, 0, "session"), &len);
	bool ok = bytes && len == SECRET_BYTES;

	if (ok)
		memcpy(ret_session, bytes, SECRET_BYTES);
	PQfreemem(bytes);
	return ok;
}

static bool same_session(const struct client *a, const struct client *b)
{
	return memcmp(a->credential, b->credential, SECRET_BYTES) == 0;
}

static void replace_tab(struct relay *r, const struct client *client)
{
	struct seat *seat;

	if (!client->tab)
		return;
	DL_FOREACH(r->seats, seat)
	if (seat->client != client && same_session(seat->client, client) && seat->client->tab && strcmp(seat->client->tab, client->tab) == 0)
		client_close(seat->client, CLOSE_REPLACED);
}

static void welcome(struct relay *r, struct client *client, const PGresult *result)
{
	struct seat *seat = alloc_zero(1, sizeof *seat);

	seat->client = client;
	(void)snprintf(seat->operator, sizeof seat->operator, "%s", result_str(result, 0, "operator"));
	(void)snprintf(seat->epoch, sizeof seat->epoch, "%s", result_str(result, 0, "epoch"));
	seat->bot = client->hello->bot;
	seat->hello = client->hello;
	client->hello = NULL;
	client->seat = seat;
	DL_APPEND(r->seats, seat);
	session_welcome(client, seat->epoch);
	replace_tab(r, client);
	desk_ask(r, seat);
}

static void on_hello(void *arg, const PGresult *result, const struct problem *problem)
{
	struct question *q = arg;
	struct relay *r = q->relay;
	struct client *client = clients_find(&r->clients, q->client);

	r->operator_hellos--;
	r->hellos_flying--;
	if (client && client->state == CLIENT_JUDGED) {
		client->hello->asked = false;
		if (result && PQntuples(result) == 1 && read_session(result, client->credential))
			welcome(r, client, result);
		else if (problem->status == STATUS_UNAVAILABLE && !pipe_is_up(r->pipe))
			client_close(client, CLOSE_OVERLOADED); /* the ticket may be used up: only a new one can tell */
		else
			session_refuse(client, problem, true);
	}
	free(q);
	relay_judge_next(r);
}

bool operator_hello(struct relay *r, struct client *client)
{
	struct hello *hello = client->hello;
	const struct param params[] = { PARAM_BYTES(hello->secret, sizeof hello->secret), PARAM_TEXT(client->origin), PARAM_TEXT(r->number) };
	struct question *q;

	client->party = PARTY_OPERATOR;
	q = alloc_zero(1, sizeof *q);
	q->relay = r;
	q->client = client->id;
	if (pipe_send(r->pipe, hello->bot ? &STATEMENT_HELLO_BOT : &STATEMENT_HELLO_OPERATOR, params, on_hello, q) != STATUS_OK) {
		free(q);
		return false;
	}
	hello->asked = true;
	r->operator_hellos++;
	r->hellos_flying++;
	return true;
}

/* ---- who is gone -------------------------------------------------------------------------------------------- */

static bool session_is_here(const struct relay *r, const uint8_t session[SECRET_BYTES])
{
	const struct seat *seat;

	DL_FOREACH(r->seats, seat)
	if (memcmp(seat->client->credential, session, SECRET_BYTES) == 0)
		return true;
	return false;
}

void operator_gone(struct relay *r, struct client *client)
{
	struct seat *seat = client->seat;
	struct gone_session *gone;

	if (!seat)
		return;
	client->seat = NULL;
	DL_DELETE(r->seats, seat);
	hello_free(&seat->hello);
	free(seat);
	if (session_is_here(r, client->credential))
		return;
	gone = alloc_zero(1, sizeof *gone);
	memcpy(gone->session, client->credential, SECRET_BYTES);
	DL_APPEND(r->gone_sessions, gone);
}

static void on_gone(void *arg, const PGresult *result, const struct problem *problem)
{
	(void)arg;
	(void)result; /* lost: the lease runs out by itself */
	(void)problem;
}

/* A share of the desks at each call, so that their questions never stand in front of the messages all at once. */
static void sweep_desks(struct relay *r)
{
	uint64_t now_ms = r->transport->now_ms();
	struct seat *seats[DESKS_PER_SWEEP];
	struct seat *seat;
	uint64_t share, count, taken = 0;

	DL_COUNT(r->seats, seat, count);
	share = count * (now_ms - r->desks_ms) / DESK_MS;
	if (share == 0 && count > 0)
		return;
	r->desks_ms = now_ms;
	for (uint64_t i = 0; i < share && i < count; i++) {
		seat = r->seats;
		DL_DELETE(r->seats, seat);
		DL_APPEND(r->seats, seat);
		seats[taken++] = seat;
		if (taken == DESKS_PER_SWEEP || i + 1 == share || i + 1 == count) {
			desk_sweep(r, seats, taken);
			taken = 0;
		}
	}
}

void operator_sweep(struct relay *r)
{
	struct gone_session *gone, *next;

	if (!pipe_is_up(r->pipe) || r->number[0] == '\0')
		return;
	sweep_desks(r);
	/* A hello under way may be this very session coming back; the ticket does not tell. */
	if (r->operator_hellos > 0)
		return;
	DL_FOREACH_SAFE(r->gone_sessions, gone, next)
	{
		const struct param params[] = { PARAM_TEXT(r->number), PARAM_BYTES(gone->session, SECRET_BYTES) };

		if (!session_is_here(r, gone->session))
			(void)!pipe_send(r->pipe, &STATEMENT_OPERATOR_GONE, params, on_gone, r);
		DL_DELETE(r->gone_sessions, gone);
		free(gone);
	}
}

void operator_drop_gone(struct relay *r)
{
	struct gone_session *gone, *next;

	DL_FOREACH_SAFE(r->gone_sessions, gone, next)
	{
		DL_DELETE(r->gone_sessions, gone);
		free(gone);
	}
}

/* ---- changes ------------------------------------------------------------------------------------------------ */

void operator_refresh(struct relay *r, const char *operator)
{
	struct seat *seat;

	DL_FOREACH(r->seats, seat)
	if (!operator|| strcmp(seat->operator, operator) == 0)
		desk_ask(r, seat);
}

void operator_tell(struct relay *r, const char *operator)
{
	struct seat *seat;

	DL_FOREACH(r->seats, seat)
	{
		if (strcmp(seat->operator, operator) != 0)
			continue;
		render_desk(client_scratch(seat->client));
		client_send_scratch(seat->client);
	}
}
