/* SPDX-License-Identifier: ISC */
/* Finds the row of a route table that a request means. The table itself belongs to the program. */
#ifndef SWITCHBOARD_HTTP_ROUTER_H
#define SWITCHBOARD_HTTP_ROUTER_H

#include "base/buf.h"
#include "base/status.h"
#include "http/request.h"

#include <stddef.h>

#define ROUTE_ARGS_MAX 2

struct call; /* what a program hands its handlers; it defines the struct */

struct route {
	enum http_method method;
	const char *
		path; /* below the prefix: words, {uuid} (canonical, lower case) and {key} (1..64 of A-Z a-z 0-9 . _ -); ends in a slash where the URL does */
	int who;  /* the program's word for who may */
	const char *query; /* names of the query parameters, separated by one space; NULL = none */
	enum status (*handle)(struct call *call);
};

struct route_match {
	const struct route *route;        /* OPTIONS: the first row of that path */
	const char *args[ROUTE_ARGS_MAX]; /* what stood for {uuid} and {key}, in order; borrowed from the URI */
	unsigned allow;                   /* bits of enum http_method that the path knows; set with STATUS_METHOD_NOT_ALLOWED too */
};

/* GET rows answer HEAD; OPTIONS is known everywhere. STATUS_NOT_FOUND, or STATUS_METHOD_NOT_ALLOWED with `allow`. */
enum status MUST_CHECK router_find(const struct route *routes, size_t count, const struct uri *uri, enum http_method method,
								   struct route_match *ret_match);

/* The first query parameter that `route` does not name; NULL when all is well. */
const char *router_unknown_param(const struct route *route, const struct uri *uri);

/* "GET, HEAD, OPTIONS" */
void router_format_allow(unsigned allow, struct buf *out);

#endif
