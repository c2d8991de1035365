/* SPDX-License-Identifier: ISC */
/* Why a letter has no answer, as one of the codes that chat.outbox.last_reason takes: migration 0032 lists them all, some are the database's own (refused, expired ...). */
#ifndef SWITCHBOARD_COURIER_REASON_H
#define SWITCHBOARD_COURIER_REASON_H

#include <curl/curl.h>

#define REASON_REFUSED "refused"
#define REASON_ANSWER_UNUSABLE "answer_unusable"
#define REASON_ANSWER_TOO_LARGE "answer_too_large"
#define REASON_TIMEOUT "timeout"
#define REASON_UNREACHABLE "unreachable"
#define REASON_UNKNOWN_HOST "unknown_host"
#define REASON_CONNECTION_LOST "connection_lost"
#define REASON_INSECURE "insecure"
#define REASON_LOGIN_REFUSED "login_refused"
#define REASON_PRIVATE_ADDRESS "private_address"
#define REASON_HOST_NOT_ALLOWED "host_not_allowed"
#define REASON_BAD_ADDRESS "bad_address"
#define REASON_NOT_MADE "not_made"
#define REASON_INTERRUPTED "interrupted"
#define REASON_OTHER "other"

/* Of a transfer that libcurl has ended so; `status`: what a mail server answered last, 0 where nothing or no mail server did. */
const char *reason_of(CURLcode code, long smtp_status);

#endif
