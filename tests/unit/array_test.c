/* SPDX-License-Identifier: ISC */
#include "db/array.h"
#include "db/conn.h"
#include "db_suites.h"

#include <stdlib.h>

static const struct statement ELEMENT = { "test_element", "select ($1::text[])[$2::int] as element, cardinality($1::text[]) as count", 2 };
static const struct statement BYTES = { "test_bytes", "select encode(($1::bytea[])[2], 'hex') as hex, octet_length(($1::bytea[])[1]) as empty", 1 };
static const struct statement SUM = { "test_sum", "select sum(n)::bigint as sum from unnest($1::bigint[]) as n", 1 };

static void literals_look_as_postgresql_writes_them(void)
{
	struct buf b;

	buf_init(&b, 200);
	array_begin(&b);
	array_end(&b);
	CU_ASSERT_STRING_EQUAL(b.data, "{}");
	array_begin(&b);
	array_add_text(&b, "billing");
	array_add_text(&b, NULL);
	array_add_text(&b, "");
	array_add_text(&b, "NULL");
	array_end(&b);
	CU_ASSERT_STRING_EQUAL(b.data, "{\"billing\",NULL,\"\",\"NULL\"}");
	array_begin(&b);
	array_add_int(&b, 5);
	array_add_int(&b, 6);
	array_end(&b);
	CU_ASSERT_STRING_EQUAL(b.data, "{5,6}");
	array_begin(&b);
	array_add_text(&b, "a\"b\\c,{d}");
	array_add_int(&b, -9223372036854775807 - 1);
	array_add_bytes(&b, "\x00\xff", 2);
	array_end(&b);
	CU_ASSERT_STRING_EQUAL(b.data, "{\"a\\\"b\\\\c,{d}\",-9223372036854775808,\"\\\\x00ff\"}");
	buf_fini(&b);
}

static void a_literal_that_does_not_fit_shows(void)
{
	struct buf b;

	buf_init(&b, 10);
	array_begin(&b);
	array_add_text(&b, "0123456789");
	array_end(&b);
	CU_ASSERT_TRUE(b.overflow);
	array_begin(&b);
	CU_ASSERT_FALSE(b.overflow);
	buf_fini(&b);
}

static void the_server_reads_back_what_was_written(void)
{
	static const char *const texts[] = {
		"plain", "", "NULL", "with \"quotes\" and \\ back\\slashes\\\\", "{a,b}", " spaces ", "line\nbreak\ttab", "\xf0\x9f\x98\x80"
	};
	const size_t count = sizeof texts / sizeof texts[0];
	struct problem problem;
	struct conn *conn;
	PGresult *result;
	struct buf b;

	buf_init(&b, 1000);
	array_begin(&b);
	for (size_t i = 0; i < count; i++)
		array_add_text(&b, texts[i]);
	array_add_text(&b, NULL);
	array_end(&b);
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit", &conn);
	for (size_t i = 0; i <= count; i++) {
		char index[2] = { (char)('1' + i), '\0' };
		const struct param params[] = { PARAM_TEXT(b.data), PARAM_TEXT(index) };

		CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &ELEMENT, params, &result, &problem), STATUS_OK);
		CU_ASSERT_EQUAL(result_int(result, 0, "count"), (int64_t)count + 1);
		if (i < count)
			CU_ASSERT_STRING_EQUAL(result_str(result, 0, "element"), texts[i])
		else
			CU_ASSERT_PTR_NULL(result_str(result, 0, "element"))
		PQclear(result);
	}
	array_begin(&b);
	array_add_bytes(&b, "", 0);
	array_add_bytes(&b, "\x00\x01\xfe\xff", 4);
	array_end(&b);
	CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &BYTES, (struct param[]){ PARAM_TEXT(b.data) }, &result, &problem), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(result_str(result, 0, "hex"), "0001feff");
	CU_ASSERT_EQUAL(result_int(result, 0, "empty"), 0);
	PQclear(result);
	array_begin(&b);
	array_add_int(&b, 5000000000);
	array_add_int(&b, -1);
	array_end(&b);
	CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &SUM, (struct param[]){ PARAM_TEXT(b.data) }, &result, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(result_int(result, 0, "sum"), 4999999999);
	PQclear(result);
	conn_free(&conn);
	buf_fini(&b);
}

static const struct statement MIXED = { "test_mixed",
	"select concat_ws(' ', cardinality($1::uuid[]), ($1::uuid[])[2], cardinality($2::text[]), ($2::text[])[1], ($2::text[])[2] is null, octet_length(($2::text[])[3]),"
	" encode(($3::bytea[])[1], 'hex'), cardinality($4::text[])) as text", 4 };

static void the_server_reads_what_is_binary(void)
{
	struct buf uuids, texts, bytes, none;
	struct problem problem;
	struct conn *conn;
	PGresult *result;

	buf_init(&uuids, 200);
	buf_init(&texts, 200);
	buf_init(&bytes, 200);
	buf_init(&none, 200);
	array_binary_begin(&uuids, ARRAY_UUID);
	array_binary_add_uuid(&uuids, "00000000-0000-0000-0000-000000000000");
	array_binary_add_uuid(&uuids, "01234567-89ab-4cde-bf01-23456789abcd");
	array_binary_begin(&texts, ARRAY_TEXT);
	array_binary_add(&texts, "{\"a\\}", 5);
	array_binary_add(&texts, NULL, 0);
	array_binary_add(&texts, "", 0);
	array_binary_begin(&bytes, ARRAY_BYTEA);
	array_binary_add(&bytes, "\x00\x01\xfe\xff", 4);
	array_binary_begin(&none, ARRAY_TEXT);
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit", &conn);
	const struct param params[] = { PARAM_BYTES(uuids.data, uuids.len), PARAM_BYTES(texts.data, texts.len), PARAM_BYTES(bytes.data, bytes.len),
		PARAM_BYTES(none.data, none.len) };

	CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &MIXED, params, &result, &problem), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(result_str(result, 0, "text"), "2 01234567-89ab-4cde-bf01-23456789abcd 3 {\"a\\} t 0 0001feff 0");
	PQclear(result);
	conn_free(&conn);
	buf_fini(&uuids);
	buf_fini(&texts);
	buf_fini(&bytes);
	buf_fini(&none);
}

static void what_does_not_fit_in_binary_shows(void)
{
	struct buf b;

	buf_init(&b, 30);
	array_binary_begin(&b, ARRAY_TEXT);
	array_binary_add(&b, "0123456789", 10);
	CU_ASSERT_TRUE(b.overflow);
	array_binary_begin(&b, ARRAY_TEXT);
	CU_ASSERT_FALSE(b.overflow);
	buf_fini(&b);
}

CU_TestInfo array_tests[] = {
	{ "literals look as PostgreSQL writes them", literals_look_as_postgresql_writes_them },
	{ "a literal that does not fit shows", a_literal_that_does_not_fit_shows },
	{ "the server reads back what was written", the_server_reads_back_what_was_written },
	{ "the server reads what is binary", the_server_reads_what_is_binary },
	{ "what does not fit in binary shows", what_does_not_fit_in_binary_shows },
	CU_TEST_INFO_NULL,
};
