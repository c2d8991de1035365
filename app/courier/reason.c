/* SPDX-License-Identifier: ISC */
#include "courier/reason.h"

#include <stddef.h>

static const struct {
	CURLcode code;
	const char *reason;
} reasons[] = {
	{ CURLE_OPERATION_TIMEDOUT, REASON_TIMEOUT },
	{ CURLE_COULDNT_RESOLVE_HOST, REASON_UNKNOWN_HOST },
	{ CURLE_COULDNT_CONNECT, REASON_UNREACHABLE },
	{ CURLE_SSL_CONNECT_ERROR, REASON_INSECURE },
	{ CURLE_PEER_FAILED_VERIFICATION, REASON_INSECURE },
	{ CURLE_USE_SSL_FAILED, REASON_INSECURE },
	{ CURLE_SSL_ISSUER_ERROR, REASON_INSECURE },
	{ CURLE_SSL_INVALIDCERTSTATUS, REASON_INSECURE },
	{ CURLE_LOGIN_DENIED, REASON_LOGIN_REFUSED },
	{ CURLE_AUTH_ERROR, REASON_LOGIN_REFUSED },
};

/* What these are of depends on whether a mail server has refused something just before. */
static const struct {
	CURLcode code;
	const char *reason;
} ends[] = {
	{ CURLE_SEND_ERROR, REASON_CONNECTION_LOST },
	{ CURLE_RECV_ERROR, REASON_CONNECTION_LOST },
	{ CURLE_GOT_NOTHING, REASON_CONNECTION_LOST },
	{ CURLE_PARTIAL_FILE, REASON_CONNECTION_LOST },
	{ CURLE_WEIRD_SERVER_REPLY, REASON_ANSWER_UNUSABLE },
	{ CURLE_UNSUPPORTED_PROTOCOL, REASON_ANSWER_UNUSABLE }, /* HTTP/0.9, which libcurl does not read unasked */
};

const char *reason_of(CURLcode code, long smtp_status)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].code == code)
			return reasons[i].reason;
	if (smtp_status >= 400)
		return REASON_REFUSED;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (ends[i].code == code)
			return ends[i].reason;
	return REASON_OTHER;
}
