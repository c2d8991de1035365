/* SPDX-License-Identifier: ISC */
/* A named statement: the only form in which SQL text reaches a connection. The list of them is chat/statements.c. */
#ifndef SWITCHBOARD_DB_STATEMENT_H
#define SWITCHBOARD_DB_STATEMENT_H

struct statement {
	const char *name; /* the prepared statement's name, unique */
	const char *sql;  /* "select body from api.chat_view($1::uuid, $2::bytea)" */
	int params;       /* how many $n, at most STATEMENT_MAX_PARAMS */
};

#define STATEMENT_MAX_PARAMS 24

/* One parameter: text by default; NULL text = SQL NULL; a bytea travels binary. */
struct param {
	const char *value; /* borrowed until the call returns */
	int length;        /* binary only */
	int format;        /* 0 text, 1 binary */
};

#define PARAM_TEXT(s) ((struct param){ .value = (s) })
#define PARAM_BYTES(p, n) ((struct param){ .value = (const char *)(p), .length = (int)(n), .format = 1 })
#define PARAM_NULL ((struct param){ .value = NULL })

#endif
