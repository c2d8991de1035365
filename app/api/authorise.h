/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_API_AUTHORISE_H
#define SWITCHBOARD_API_AUTHORISE_H

#include "api/call.h"

/* The one place that decides whether a request may reach its handler: origin, CSRF rules and the form of the credential, by the `who` of its route.
 * Sets call->origin and call->credential. Whether the credential is known and fits the object is then judged by the SQL verb, which takes it as a
 * parameter: no program says who acts. */
enum status MUST_CHECK authorise(struct call *call);

#endif
