/* SPDX-License-Identifier: ISC */
/* What a mail needs beyond a request: an envelope, a head, a body of one or two forms. */
#ifndef SWITCHBOARD_COURIER_MAIL_H
#define SWITCHBOARD_COURIER_MAIL_H

#include "base/buf.h"
#include "courier/letter.h"

#include <curl/curl.h>
#include <stdint.h>

/* What is set up for one mail; freed with the transfer. */
struct mail {
	curl_mime *mime;
	struct curl_slist *rcpt, *head;
};

/* Sets `easy` up to send the letter; false when it has nobody to go to or something of it is too long or no mail can hold it. */
bool mail_prepare(CURL *easy, const struct letter *letter, int64_t unix_s, struct mail *mail);
void mail_fini(struct mail *mail);

/* A header's value as RFC 2047 has it: what is not ASCII in encoded words, no line longer than 76, no control character. A part in <> at the end stays as it is. */
void mail_encode(struct buf *out, const char *text);
/* RFC 5322, in UTC. */
void mail_date(struct buf *out, int64_t unix_s);

#endif
