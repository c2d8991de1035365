/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_HTTP_HTML_H
#define SWITCHBOARD_HTTP_HTML_H

#include "base/buf.h"

/* `text` as HTML text or as the value of a double-quoted attribute. The only way people's text gets into a page. */
void html_add(struct buf *out, const char *text);

#endif
