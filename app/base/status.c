/* SPDX-License-Identifier: ISC */
#include "base/status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

struct status_row {
	int http_code;
	const char *wire_name;
	const char *message;
};

/* Rows of one HTTP code stand together, the one that an SBnnn without a known name means first. */
static const struct status_row statuses[STATUS_COUNT] = {
	[STATUS_OK] = { 200, "ok", "Done." },
	[STATUS_BAD_REQUEST] = { 400, "bad_request", "The request is not well-formed." },
	[STATUS_BAD_JSON] = { 400, "bad_json", "The text is not a well-formed JSON object." },
	[STATUS_UNAUTHORIZED] = { 401, "unauthorized", "A valid token or session is needed." },
	[STATUS_IDENTITY_REQUIRED] = { 401, "identity_required", "This site asks for a signed identity." },
	[STATUS_FORBIDDEN] = { 403, "forbidden", "This is not allowed." },
	[STATUS_ORIGIN_DENIED] = { 403, "origin_denied", "This origin is not allowed here." },
	[STATUS_NOT_FOUND] = { 404, "not_found", "There is nothing here, or it is not yours." },
	[STATUS_METHOD_NOT_ALLOWED] = { 405, "method_not_allowed", "This method is not allowed here." },
	[STATUS_CONFLICT] = { 409, "conflict", "This does not agree with what is there already." },
	[STATUS_ALREADY_TAKEN] = { 409, "already_taken", "Somebody else has taken this chat." },
	[STATUS_OFFER_EXPIRED] = { 409, "offer_expired", "This offer is over." },
	[STATUS_CHAT_EXISTS] = { 409, "chat_exists", "There is an open chat already." },
	[STATUS_CLOSED] = { 409, "closed", "This queue is closed now." },
	[STATUS_NOT_OWNER] = { 409, "not_owner", "This chat is with somebody else now." },
	[STATUS_BAD_STATE] = { 409, "bad_state", "This does not fit the present state." },
	[STATUS_GONE] = { 410, "gone", "This chat has ended." },
	[STATUS_LENGTH_REQUIRED] = { 411, "length_required", "The request must state the length of its body." },
	[STATUS_TOO_LARGE] = { 413, "too_large", "This is too large." },
	[STATUS_UNSUPPORTED_MEDIA] = { 415, "unsupported_media", "The content type must be application/json." },
	[STATUS_INVALID] = { 422, "invalid", "A field is missing, unknown or not acceptable." },
	[STATUS_UNKNOWN_TYPE] = { 422, "unknown_type", "There is no such message type." },
	[STATUS_UPGRADE_REQUIRED] = { 426, "upgrade_required", "This address speaks WebSocket only." },
	[STATUS_RATE_LIMITED] = { 429, "rate_limited", "Too many requests; please wait." },
	[STATUS_SITE_BUSY] = { 429, "site_busy", "Many people are asking for a chat at this moment; please wait." },
	[STATUS_UNAVAILABLE] = { 503, "unavailable", "The service is not available for a moment." },
	[STATUS_QUEUE_FULL] = { 503, "queue_full", "Too many people are waiting in this queue." },
	[STATUS_INTERNAL] = { 500, "internal", "Something went wrong on our side." },
};

static const struct status_row *status_row(enum status status)
{
	assert((int)status >= 0 && status < STATUS_COUNT);
	return &statuses[status];
}

int status_http_code(enum status status)
{
	return status_row(status)->http_code;
}

const char *status_wire_name(enum status status)
{
	return status_row(status)->wire_name;
}

const char *status_message(enum status status)
{
	return status_row(status)->message;
}

static enum status status_from_our_code(const char *digits, const char *wire_name)
{
	int code = (int)strtol(digits, NULL, 10);
	enum status first = STATUS_INTERNAL;

	for (int i = STATUS_COUNT - 1; i > STATUS_OK; i--) {
		if (statuses[i].http_code != code)
			continue;
		if (wire_name && !strcmp(statuses[i].wire_name, wire_name))
			return (enum status)i;
		first = (enum status)i;
	}
	return first;
}

enum status status_from_sqlstate(const char *sqlstate, const char *wire_name)
{
	static const struct {
		const char *prefix;
		enum status status;
	} foreign[] = {
		{ "57014", STATUS_UNAVAILABLE }, /* statement_timeout */
		{ "55P03", STATUS_UNAVAILABLE }, /* lock_timeout */
		{ "40001", STATUS_UNAVAILABLE }, /* serialization failure */
		{ "40P01", STATUS_UNAVAILABLE }, /* deadlock */
		{ "53", STATUS_UNAVAILABLE },    /* out of connections, disk, memory */
		{ "57P", STATUS_UNAVAILABLE },   /* shutting down, starting up, session terminated */
		{ "08", STATUS_UNAVAILABLE },    /* connection */
		{ "22021", STATUS_BAD_REQUEST }, /* bytes that are no text */
		{ "22P05", STATUS_BAD_REQUEST }, /* a character that the database cannot hold */
	};

	if (!sqlstate)
		return STATUS_INTERNAL;
	if (!strncmp(sqlstate, "SB", 2) && strspn(sqlstate + 2, "0123456789") == 3 && !sqlstate[5])
		return status_from_our_code(sqlstate + 2, wire_name);
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
		if (!strncmp(sqlstate, foreign[i].prefix, strlen(foreign[i].prefix)))
			return foreign[i].status;
	return STATUS_INTERNAL;
}

enum status problem_set(struct problem *problem, enum status status, const char *field)
{
	*problem = (struct problem){ .status = status };
	if (field) {
		const uint8_t *bad;

		snprintf(problem->field, sizeof problem->field, "%s", field);
		/* a name cut inside a character would make the answer bad UTF-8 */
		bad = u8_check((const uint8_t *)problem->field, strlen(problem->field));
		if (bad)
			problem->field[bad - (const uint8_t *)problem->field] = '\0';
	}
	return status;
}
