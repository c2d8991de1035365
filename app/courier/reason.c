/* SPDX-License-Identifier: ISC */
#include "courier/reason.h"

#include <stdbool.h>
#include <stddef.h>

/* `vague`: a mail server that has just refused something ends so, too. */
static const struct {
	CURLcode code;
	const char *reason;
	bool vague;
} reasons[] = {
	{ CURLE_OPERATION_TIMEDOUT, REASON_TIMEOUT, false },
	{ CURLE_COULDNT_RESOLVE_HOST, REASON_UNKNOWN_HOST, false },
	{ CURLE_COULDNT_CONNECT, REASON_UNREACHABLE, false },
	{ CURLE_SSL_CONNECT_ERROR, REASON_INSECURE, false },
	{ CURLE_PEER_FAILED_VERIFICATION, REASON_INSECURE, false },
	{ CURLE_USE_SSL_FAILED, REASON_INSECURE, false },
	{ CURLE_SSL_ISSUER_ERROR, REASON_INSECURE, false },
	{ CURLE_SSL_INVALIDCERTSTATUS, REASON_INSECURE, false },
	{ CURLE_LOGIN_DENIED, REASON_LOGIN_REFUSED, false },
	{ CURLE_AUTH_ERROR, REASON_LOGIN_REFUSED, false },
	{ CURLE_SEND_ERROR, REASON_CONNECTION_LOST, true },
	{ CURLE_RECV_ERROR, REASON_CONNECTION_LOST, true },
	{ CURLE_GOT_NOTHING, REASON_CONNECTION_LOST, true },
	{ CURLE_PARTIAL_FILE, REASON_CONNECTION_LOST, true },
	{ CURLE_WEIRD_SERVER_REPLY, REASON_ANSWER_UNUSABLE, true },
	{ CURLE_UNSUPPORTED_PROTOCOL, REASON_ANSWER_UNUSABLE, true }, /* HTTP/0.9, which libcurl does not read unasked */
};

const char *reason_of(CURLcode code, long smtp_status)
{
	bool refused = smtp_status >= 400;

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].code == code && !(reasons[i].vague && refused))
			return reasons[i].reason;
	return refused ? REASON_REFUSED : REASON_OTHER;
}
