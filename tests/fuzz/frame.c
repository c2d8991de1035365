/* SPDX-License-Identifier: ISC */
/* A message on a socket: the first byte says of whom and when, the rest is the text. */
#include "relay/frame.h"

#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum party parties[] = { PARTY_UNKNOWN, PARTY_CUSTOMER, PARTY_OPERATOR };
	struct problem problem = { 0 };
	struct frame frame;
	enum client_state state;
	enum party party;

	if (size < 1)
		return 0;
	party = parties[data[0] % 3];
	state = party == PARTY_UNKNOWN ? CLIENT_NEW : CLIENT_READY;
	if (frame_parse((const char *)data + 1, size - 1, state, party, &frame, &problem) == STATUS_OK) {
		fuzz_holds(!frame.cid || uuid_is_canonical(frame.cid));
		fuzz_holds(!frame.chat || uuid_is_canonical(frame.chat));
		fuzz_holds(!frame.body || strlen(frame.body) <= 16000);
		fuzz_holds(frame.seq >= 0 && frame.last_seq >= 0);
		fuzz_holds(party != PARTY_CUSTOMER || (frame.type != FRAME_NOTE && frame.type != FRAME_ACCEPT && frame.type != FRAME_DECLINE && frame.type != FRAME_TURN && frame.type != FRAME_TRANSFER));
		fuzz_holds(party != PARTY_UNKNOWN || frame.type == FRAME_HELLO_CUSTOMER || frame.type == FRAME_HELLO_OPERATOR || frame.type == FRAME_HELLO_BOT);
	} else {
		fuzz_holds(problem.status != STATUS_OK);
		fuzz_holds(!frame.cid || uuid_is_canonical(frame.cid));
	}
	frame_fini(&frame);
	return 0;
}
