/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_API_LOCALE_H
#define SWITCHBOARD_API_LOCALE_H

#include "http/request.h"

#include <stdbool.h>

#define LOCALE_MAX 35 /* RFC 5646 section 4.4.1 */

/* "de", "pt-BR", "zh-Hant-TW": letters and digits in groups of up to eight, the first of letters */
bool locale_is_wellformed(const char *tag);

/* What the browser asks for: its Accept-Language header, NULL where it has none or one that no browser sends. */
const char *locale_accepted(const struct request *request);

#endif
