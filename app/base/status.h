/* SPDX-License-Identifier: ISC */
/* What can go wrong, as one closed list. Each status has one SQLSTATE class, one HTTP code, one wire
 * name and one constant message; status.c holds the table and nothing else in the tree names a number.
 *
 * SQL raises ERRCODE 'SBnnn' with the wire name in the CONSTRAINT field, the field in COLUMN and extra
 * facts (a JSON object) in DETAIL; db/conn.c turns that into a struct problem. */
#ifndef SWITCHBOARD_BASE_STATUS_H
#define SWITCHBOARD_BASE_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_BAD_REQUEST,       /* 400 bad_request */
	STATUS_BAD_JSON,          /* 400 bad_json (HTTP answers bad_request, sockets count a strike) */
	STATUS_UNAUTHORIZED,      /* 401 unauthorized */
	STATUS_IDENTITY_REQUIRED, /* 401 identity_required */
	STATUS_FORBIDDEN,         /* 403 forbidden */
	STATUS_ORIGIN_DENIED,     /* 403 origin_denied */
	STATUS_NOT_FOUND,         /* 404 not_found */
	STATUS_METHOD_NOT_ALLOWED, /* 405 method_not_allowed */
	STATUS_CONFLICT,          /* 409 conflict */
	STATUS_ALREADY_TAKEN,     /* 409 already_taken */
	STATUS_OFFER_EXPIRED,     /* 409 offer_expired */
	STATUS_CHAT_EXISTS,       /* 409 chat_exists */
	STATUS_CLOSED,            /* 409 closed */
	STATUS_NOT_OWNER,         /* 409 not_owner */
	STATUS_BAD_STATE,         /* 409 bad_state (sockets: a strike) */
	STATUS_GONE,              /* 410 gone */
	STATUS_LENGTH_REQUIRED,   /* 411 length_required */
	STATUS_TOO_LARGE,         /* 413 too_large */
	STATUS_UNSUPPORTED_MEDIA, /* 415 unsupported_media */
	STATUS_INVALID,           /* 422 invalid + field */
	STATUS_UNKNOWN_TYPE,      /* 422 unknown_type (sockets: a strike) */
	STATUS_UPGRADE_REQUIRED,  /* 426 upgrade_required */
	STATUS_RATE_LIMITED,      /* 429 rate_limited */
	STATUS_SITE_BUSY,         /* 429 site_busy */
	STATUS_UNAVAILABLE,       /* 503 unavailable */
	STATUS_QUEUE_FULL,        /* 503 queue_full */
	STATUS_INTERNAL,          /* 500 internal: always a bug */
	STATUS_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* A failure with what a client needs to mend it. Zero-initialise; status stays STATUS_OK until set. */
struct problem {
	enum status status;
	int retry_ms;     /* 0 = none */
	char field[64];   /* "" = none */
	char extra[2048]; /* "" or a JSON object whose members join the error object, e.g. {"next_opening":"..."} */
};

int status_http_code(enum status status);
const char *status_wire_name(enum status status);
const char *status_message(enum status status);

/* The status that SQL meant: `sqlstate` is five characters, `wire_name` may be NULL. An SBnnn with an unknown or
 * missing name maps to the first status of that HTTP code; 57014, 55P03, 40001, 40P01, 53xxx, 57Pxx and 08xxx to UNAVAILABLE;
 * 22021 and 22P05 (bytes that are no text) to BAD_REQUEST; all else to INTERNAL. */
enum status status_from_sqlstate(const char *sqlstate, const char *wire_name);

/* Fill a problem and return its status, so that `return problem_set(p, STATUS_INVALID, "name");` reads well.
 * `field` may be NULL. */
enum status problem_set(struct problem *problem, enum status status, const char *field);

#endif
