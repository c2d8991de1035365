/* SPDX-License-Identifier: ISC */
#include "relay/frame.h"
#include "relay/hello.h"
#include "relay_suites.h"

#include <string.h>

#define UUID "0b0c2f5e-1111-4222-8333-444455556666"
#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* Parses as a ready client of this party and frees; gives the status. */
static enum status parse(const char *text, enum party party, struct problem *ret_problem)
{
	struct frame frame;
	enum status status;

	*ret_problem = (struct problem){ 0 };
	status = frame_parse(text, strlen(text), CLIENT_READY, party, &frame, ret_problem);
	frame_fini(&frame);
	return status;
}

static void table_of_refusals(void)
{
	static const struct {
		const char *text;
		enum party party;
		enum status status;
		const char *field;
	} cases[] = {
		{ "{", PARTY_CUSTOMER, STATUS_BAD_JSON, "" },
		{ "[]", PARTY_CUSTOMER, STATUS_BAD_JSON, "" },
		{ "{\"t\":\"send\",\"t\":\"send\"}", PARTY_CUSTOMER, STATUS_BAD_JSON, "" },
		{ "{}", PARTY_CUSTOMER, STATUS_UNKNOWN_TYPE, "" },
		{ "{\"t\":1}", PARTY_CUSTOMER, STATUS_UNKNOWN_TYPE, "" },
		{ "{\"t\":\"nonsense\"}", PARTY_CUSTOMER, STATUS_UNKNOWN_TYPE, "" },
		{ "{\"t\":\"hello\",\"token\":\"x\"}", PARTY_CUSTOMER, STATUS_BAD_STATE, "" },
		{ "{\"t\":\"send\",\"chat\":\"" UUID "\",\"body\":\"a\"}", PARTY_CUSTOMER, STATUS_INVALID, "cid" },
		{ "{\"t\":\"send\",\"chat\":\"" UUID "\",\"cid\":\"x\",\"body\":\"a\"}", PARTY_CUSTOMER, STATUS_INVALID, "cid" },
		{ "{\"t\":\"send\",\"chat\":\"" UUID "\",\"cid\":\"" UUID "\"}", PARTY_CUSTOMER, STATUS_INVALID, "body" },
		{ "{\"t\":\"send\",\"chat\":\"" UUID "\",\"cid\":\"" UUID "\",\"body\":\" \\n \"}", PARTY_CUSTOMER, STATUS_INVALID, "body" },
		{ "{\"t\":\"send\",\"chat\":\"" UUID "\",\"cid\":\"" UUID "\",\"body\":\"a\",\"more\":1}", PARTY_CUSTOMER, STATUS_INVALID, "more" },
		{ "{\"t\":\"typing\",\"chat\":\"" UUID "\",\"on\":1}", PARTY_CUSTOMER, STATUS_INVALID, "on" },
		{ "{\"t\":\"got\",\"chat\":\"" UUID "\",\"seq\":-1}", PARTY_CUSTOMER, STATUS_INVALID, "seq" },
		{ "{\"t\":\"ping\",\"n\":\"1\"}", PARTY_CUSTOMER, STATUS_INVALID, "n" },
		{ "{\"t\":\"accept\",\"offer\":\"" UUID "\"}", PARTY_CUSTOMER, STATUS_FORBIDDEN, "" },
		{ "{\"t\":\"decline\",\"offer\":\"" UUID "\"}", PARTY_CUSTOMER, STATUS_FORBIDDEN, "" },
		{ "{\"t\":\"transfer\",\"chat\":\"" UUID "\"}", PARTY_CUSTOMER, STATUS_FORBIDDEN, "" },
		{ "{\"t\":\"note\",\"chat\":\"" UUID "\",\"cid\":\"" UUID "\",\"body\":\"a\"}", PARTY_CUSTOMER, STATUS_FORBIDDEN, "" },
		{ "{\"t\":\"transfer\",\"chat\":\"" UUID "\"}", PARTY_OPERATOR, STATUS_UNKNOWN_TYPE, "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct problem problem;

		CU_ASSERT_EQUAL(parse(cases[i].text, cases[i].party, &problem), cases[i].status);
		CU_ASSERT_EQUAL(problem.status, cases[i].status);
		CU_ASSERT_STRING_EQUAL(problem.field, cases[i].field);
	}
}

static void good_frames_fill_their_fields(void)
{
	static const char send[] = "{\"t\":\"send\",\"chat\":\"" UUID "\",\"cid\":\"" UUID "\",\"body\":\"a\\r\\nb\"}";
	static const char decline[] = "{\"t\":\"decline\",\"offer\":\"" UUID "\",\"reason\":\"busy\"}";
	struct problem problem = { 0 };
	struct frame frame;

	CU_ASSERT_EQUAL(frame_parse(send, strlen(send), CLIENT_READY, PARTY_CUSTOMER, &frame, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(frame.type, FRAME_SEND);
	CU_ASSERT_STRING_EQUAL(frame.body, "a\nb");
	CU_ASSERT_STRING_EQUAL(frame.cid, UUID);
	CU_ASSERT_PTR_NULL(frame.choice);
	frame_fini(&frame);
	CU_ASSERT_EQUAL(frame_parse(decline, strlen(decline), CLIENT_READY, PARTY_OPERATOR, &frame, &problem), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(frame.reason, "busy");
	frame_fini(&frame);
}

static void nothing_but_hello_when_new(void)
{
	static const char ping[] = "{\"t\":\"ping\",\"n\":1}";
	static const char hello[] = "{\"t\":\"hello\",\"token\":\"" TOKEN "\",\"chat\":\"" UUID "\",\"last_seq\":7}";
	struct problem problem = { 0 };
	struct frame frame;

	CU_ASSERT_EQUAL(frame_parse(ping, strlen(ping), CLIENT_NEW, PARTY_UNKNOWN, &frame, &problem), STATUS_BAD_STATE);
	frame_fini(&frame);
	CU_ASSERT_EQUAL(frame_parse(hello, strlen(hello), CLIENT_NEW, PARTY_UNKNOWN, &frame, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(frame.type, FRAME_HELLO_CUSTOMER);
	CU_ASSERT_EQUAL(frame.last_seq, 7);
	frame_fini(&frame);
}

static void operators_hello_keeps_its_cursors(void)
{
	static const char text[] = "{\"t\":\"hello\",\"ticket\":\"" TOKEN "\",\"cursors\":{\"" UUID "\":9},\"epoch\":\"e1\"}";
	static const char bad[] = "{\"t\":\"hello\",\"ticket\":\"" TOKEN "\",\"cursors\":{\"x\":9}}";
	struct problem problem = { 0 };
	struct frame frame;
	struct hello *hello = NULL;
	bool resync;

	CU_ASSERT_EQUAL_FATAL(frame_parse(text, strlen(text), CLIENT_NEW, PARTY_UNKNOWN, &frame, &problem), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(hello_new(&frame, &hello, &problem), STATUS_OK);
	frame_fini(&frame);
	CU_ASSERT_TRUE(hello->operator);
	CU_ASSERT_EQUAL(hello_cursor(hello, UUID), 9);
	CU_ASSERT_EQUAL(hello_start(hello, 9, "e1", 20, &resync), 9);
	CU_ASSERT_FALSE(resync);
	CU_ASSERT_EQUAL(hello_start(hello, 9, "e2", 20, &resync), 0);
	CU_ASSERT_TRUE(resync);
	CU_ASSERT_EQUAL(hello_start(hello, 9, "e1", 8, &resync), 0);
	CU_ASSERT_TRUE(resync);
	hello_free(&hello);
	CU_ASSERT_EQUAL_FATAL(frame_parse(bad, strlen(bad), CLIENT_NEW, PARTY_UNKNOWN, &frame, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(hello_new(&frame, &hello, &problem), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(problem.field, "cursors");
	CU_ASSERT_PTR_NULL(hello);
	frame_fini(&frame);
}

CU_TestInfo frame_tests[] = {
	{ "table_of_refusals", table_of_refusals },
	{ "good_frames_fill_their_fields", good_frames_fill_their_fields },
	{ "nothing_but_hello_when_new", nothing_but_hello_when_new },
	{ "operators_hello_keeps_its_cursors", operators_hello_keeps_its_cursors },
	CU_TEST_INFO_NULL,
};
