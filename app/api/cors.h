/* SPDX-License-Identifier: ISC */
/* What browsers on other origins may see. The widget's frame is on our own origin and needs none of this; the loader's look at a widget does, and so
 * do sites that call the customer's verbs themselves. */
#ifndef SWITCHBOARD_API_CORS_H
#define SWITCHBOARD_API_CORS_H

#include "api/call.h"

/* Answers OPTIONS: Allow, and for a foreign origin that some site lists, on a route for customers, what it may send; any other foreign origin is
 * STATUS_ORIGIN_DENIED. Which site's widget it is about stands in the request that follows, and is judged there. */
enum status MUST_CHECK cors_preflight(struct call *call);

/* Adds Vary and, for a foreign origin, the permission to read the answer: of a success always (SQL has found the origin in the site's list), of a
 * failure when some site lists it. Call when the answer stands. */
void cors_allow(struct call *call, enum status status);

#endif
