/* SPDX-License-Identifier: ISC */
/* The table that tells what the api does: method, path, who may, query parameters, handler. Whoever adds a row adds nothing else but the handler. */
#ifndef SWITCHBOARD_API_ROUTES_H
#define SWITCHBOARD_API_ROUTES_H

#include "http/router.h"

/* Judged in authorise.c, before the handler runs. */
enum who {
	WHO_PAGE,     /* a page that a browser navigates to, also inside a foreign site's frame */
	WHO_PLAIN,    /* the page without JavaScript, from which forms come; the chat's token is in a cookie */
	WHO_SERVER,   /* the web server or a monitor */
	WHO_MONITOR,  /* an address of `monitor_from`; for others there is no such thing */
	WHO_PROVIDER, /* a server that signs what it sends; the handler looks at the signature before anything else */
	WHO_ANYONE,   /* a browser on our own or a listed origin */
	WHO_CUSTOMER, /* the same, with the chat token */
	WHO_LOGIN,    /* our own console, before there is a session */
	WHO_OPERATOR  /* our own console, with its session cookie */
};

extern const struct route routes[];
extern const size_t routes_count;

#endif
