/* SPDX-License-Identifier: ISC */
#include "base/json.h"
#include "base/metrics.h"
#include "base_suites.h"

#include <string.h>

static const struct buckets SECONDS = { 3, { 0.1, 1, 10 } };

enum { SENT, OPEN, TOOK, WAITING };
static const struct metric_def defs[] = {
	[SENT] = { "x_sent_total", METRIC_COUNTER, NULL, NULL, "Sent." },
	[OPEN] = { "x_open", METRIC_GAUGE, "party", NULL, "Open." },
	[TOOK] = { "x_took_seconds", METRIC_HISTOGRAM, NULL, &SECONDS, "Took." },
	[WAITING] = { "x_waiting", METRIC_GAUGE, "queue", NULL, "Waiting." },
};

/* The rows, NULL-ended triples of program, instance and JSON, as one text. */
static const char *rendered(const char *const *rows)
{
	static char text[8192];
	struct metrics_source sources[8];
	size_t count = 0;
	struct buf out;

	for (; rows[2]; rows += 3) {
		sources[count] = (struct metrics_source){ .program = rows[0], .instance = rows[1] };
		CU_ASSERT_EQUAL_FATAL(json_parse(rows[2], strlen(rows[2]), &sources[count].values), STATUS_OK);
		count++;
	}
	buf_init(&out, sizeof text - 1);
	metrics_render(&out, defs, sizeof defs / sizeof defs[0], sources, count);
	memcpy(text, out.data, out.len + 1);
	buf_fini(&out);
	while (count > 0)
		json_object_put(sources[--count].values);
	return text;
}

#define RENDERED(...) rendered((const char *const[]){ __VA_ARGS__, NULL, NULL, NULL })

static void a_value_falls_into_the_first_bucket_that_holds_it(void)
{
	struct histogram h = { .buckets = &SECONDS };

	histogram_note(&h, 0);
	histogram_note(&h, 0.1);
	histogram_note(&h, 0.11);
	histogram_note(&h, 10);
	histogram_note(&h, 10.5);
	CU_ASSERT_EQUAL(h.counts[0], 2);
	CU_ASSERT_EQUAL(h.counts[1], 1);
	CU_ASSERT_EQUAL(h.counts[2], 1);
	CU_ASSERT_EQUAL(h.counts[3], 1);
	CU_ASSERT_DOUBLE_EQUAL(h.sum, 20.71, 1e-9);
}

static void a_clock_that_goes_back_took_no_time(void)
{
	struct histogram h = { .buckets = &SECONDS };

	histogram_note_us(&h, 5000000, 7000000);
	histogram_note_us(&h, 7000000, 5000000);
	CU_ASSERT_EQUAL(h.counts[0], 1);
	CU_ASSERT_EQUAL(h.counts[2], 1);
	CU_ASSERT_DOUBLE_EQUAL(h.sum, 2, 1e-9);
}

static void a_row_is_a_JSON_object(void)
{
	static const char *const parties[] = { "customer", "oper\"ator" };
	const double open[] = { 2, 1.5 };
	struct histogram h = { .buckets = &SECONDS };
	struct buf row;

	histogram_note(&h, 0.25);
	histogram_note(&h, 99);
	buf_init(&row, METRICS_ROW_MAX);
	metrics_begin(&row);
	metrics_value(&row, &defs[SENT], 9007199254740991.0);
	metrics_values(&row, &defs[OPEN], parties, open, 2);
	metrics_histogram(&row, &defs[TOOK], &h);
	metrics_end(&row);
	CU_ASSERT_STRING_EQUAL(row.data, "{\"x_sent_total\":9007199254740991,\"x_open\":{\"customer\":2,\"oper\\\"ator\":1.5},"
	                                 "\"x_took_seconds\":{\"counts\":[0,1,0,1],\"sum\":99.25}}");
	buf_reset(&row);
	metrics_begin(&row);
	metrics_end(&row);
	CU_ASSERT_STRING_EQUAL(row.data, "{}");
	buf_fini(&row);
}

static void HELP_and_TYPE_stand_once_before_the_values_of_all(void)
{
	CU_ASSERT_STRING_EQUAL(RENDERED("relay", "a", "{\"x_open\":{\"customer\":2,\"none\":0},\"x_sent_total\":3}", "relay", "b", "{\"x_sent_total\":4.5}"),
		"# HELP x_sent_total Sent.\n# TYPE x_sent_total counter\nx_sent_total{program=\"relay\",instance=\"a\"} 3\nx_sent_total{program=\"relay\",instance=\"b\"} 4.5\n"
		"# HELP x_open Open.\n# TYPE x_open gauge\nx_open{program=\"relay\",instance=\"a\",party=\"customer\"} 2\nx_open{program=\"relay\",instance=\"a\",party=\"none\"} 0\n");
}

static void buckets_are_cumulated(void)
{
	CU_ASSERT_STRING_EQUAL(RENDERED("api", "1", "{\"x_took_seconds\":{\"counts\":[4,0,1,2],\"sum\":31.25}}"),
		"# HELP x_took_seconds Took.\n# TYPE x_took_seconds histogram\nx_took_seconds_bucket{program=\"api\",instance=\"1\",le=\"0.1\"} 4\n"
		"x_took_seconds_bucket{program=\"api\",instance=\"1\",le=\"1\"} 4\nx_took_seconds_bucket{program=\"api\",instance=\"1\",le=\"10\"} 5\n"
		"x_took_seconds_bucket{program=\"api\",instance=\"1\",le=\"+Inf\"} 7\nx_took_seconds_sum{program=\"api\",instance=\"1\"} 31.25\n"
		"x_took_seconds_count{program=\"api\",instance=\"1\"} 7\n");
}

static void labels_are_escaped(void)
{
	CU_ASSERT_STRING_EQUAL(RENDERED(NULL, NULL, "{\"x_waiting\":{\"a\\\"b\\\\c\\nd} 1\":2}}"),
		"# HELP x_waiting Waiting.\n# TYPE x_waiting gauge\nx_waiting{queue=\"a\\\"b\\\\c\\nd} 1\"} 2\n");
	CU_ASSERT_STRING_EQUAL(RENDERED("re\"lay", "a\nb", "{\"x_sent_total\":1}"),
		"# HELP x_sent_total Sent.\n# TYPE x_sent_total counter\nx_sent_total{program=\"re\\\"lay\",instance=\"a\\nb\"} 1\n");
	CU_ASSERT_STRING_EQUAL(RENDERED(NULL, NULL, "{\"x_sent_total\":1}"), "# HELP x_sent_total Sent.\n# TYPE x_sent_total counter\nx_sent_total 1\n");
}

static void what_does_not_fit_the_table_is_left_out(void)
{
	static const char *const rows[] = {
		"{}", "{\"unknown_total\":1}", "{\"x_sent_total\":\"3\"}", "{\"x_sent_total\":{\"a\":1}}", "{\"x_sent_total\":null}", "{\"x_open\":3}", "{\"x_open\":{\"a\":\"b\"}}",
		"{\"x_open\":{}}", "{\"x_took_seconds\":3}", "{\"x_took_seconds\":{\"counts\":[1,2,3],\"sum\":1}}", "{\"x_took_seconds\":{\"counts\":[1,2,3,4,5],\"sum\":1}}",
		"{\"x_took_seconds\":{\"counts\":[1,2,3,\"4\"],\"sum\":1}}", "{\"x_took_seconds\":{\"counts\":[1,2,3,4]}}", "{\"x_took_seconds\":{\"sum\":1}}",
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		CU_ASSERT_STRING_EQUAL(RENDERED("relay", "a", rows[i]), "");
	metrics_render(&(struct buf){ 0 }, defs, 1, &(struct metrics_source){ .program = "relay" }, 1); /* a row that could not be parsed */
}

CU_TestInfo metrics_tests[] = {
	{ "a value falls into the first bucket that holds it", a_value_falls_into_the_first_bucket_that_holds_it },
	{ "a clock that goes back took no time", a_clock_that_goes_back_took_no_time },
	{ "a row is a JSON object", a_row_is_a_JSON_object },
	{ "HELP and TYPE stand once, before the values of all", HELP_and_TYPE_stand_once_before_the_values_of_all },
	{ "buckets are cumulated", buckets_are_cumulated },
	{ "labels are escaped", labels_are_escaped },
	{ "what does not fit the table is left out", what_does_not_fit_the_table_is_left_out },
	CU_TEST_INFO_NULL,
};
