/* SPDX-License-Identifier: ISC */
#include "http/html.h"
#include "http_suites.h"

static void text_stays_text(void)
{
	struct buf out;

	buf_init(&out, 256);
	html_add(&out, "a<script>&\"x\"='\xc3\xa9'");
	CU_ASSERT_STRING_EQUAL(out.data, "a&lt;script&gt;&amp;&quot;x&quot;=&#39;\xc3\xa9&#39;");
	buf_reset(&out);
	html_add(&out, "");
	CU_ASSERT_STRING_EQUAL(out.data, "");
	buf_fini(&out);
}

CU_TestInfo html_tests[] = {
	{ "text stays text", text_stays_text },
	CU_TEST_INFO_NULL,
};
