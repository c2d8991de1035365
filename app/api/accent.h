/* SPDX-License-Identifier: ISC */
/* A site chooses one colour; from it come the colours of the page without JavaScript, each kept readable on both schemes (WCAG 2.2: 4.5:1 for text). The same rules as
 * www/lib/colour.js and www/lib/ui/theme.js have for the widget. */
#ifndef SWITCHBOARD_API_ACCENT_H
#define SWITCHBOARD_API_ACCENT_H

#include "base/buf.h"

/* CSS that sets --accent and what stands on it; nothing where `hex` is no #rrggbb (NULL included). */
void accent_rules(const char *hex, struct buf *out);

#endif
