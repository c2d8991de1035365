/* SPDX-License-Identifier: ISC */
#include "courier/mail.h"
#include "outgoing_suites.h"

#include <string.h>

static const char *encoded(struct buf *out, const char *text)
{
	buf_init(out, 4096);
	mail_encode(out, text);
	return out->data;
}

static void ascii_stays_as_it_is(void)
{
	struct buf out;

	CU_ASSERT_STRING_EQUAL(encoded(&out, "Your chat with Shop"), "Your chat with Shop");
	buf_fini(&out);
	CU_ASSERT_STRING_EQUAL(encoded(&out, "Shop <help@shop.example>"), "Shop <help@shop.example>");
	buf_fini(&out);
}

static void other_letters_are_encoded_and_an_address_is_not(void)
{
	struct buf out;

	CU_ASSERT_STRING_EQUAL(encoded(&out, "Zoë"), "=?UTF-8?B?Wm/Dqw==?=");
	buf_fini(&out);
	CU_ASSERT_STRING_EQUAL(encoded(&out, "Zoë <zoe@shop.example>"), "=?UTF-8?B?Wm/Dqw==?= <zoe@shop.example>");
	buf_fini(&out);
}

static void no_header_is_smuggled_in(void)
{
	struct buf out;

	CU_ASSERT_STRING_EQUAL(encoded(&out, "Hello\r\nBcc: victim@example.com"), "Hello  Bcc: victim@example.com");
	buf_fini(&out);
	CU_ASSERT_STRING_EQUAL(encoded(&out, "x <a@b\r\nBcc: c@d>"), "x <a@b  Bcc: c@d>");
	buf_fini(&out);
}

/* Every line up to 76 characters, every word whole. */
static void a_long_one_is_folded_between_characters(void)
{
	struct buf out;
	char text[301] = "";

	for (int i = 0; i < 100; i++)
		memcpy(text + 3 * i, "€", 3);
	(void)encoded(&out, text);
	CU_ASSERT_TRUE(out.len > 400);
	for (const char *line = out.data; line; line = strstr(line, "\r\n")) {
		const char *end;

		line += line == out.data ? 0 : 2;
		end = strstr(line, "\r\n");
		CU_ASSERT_TRUE((end ? (size_t)(end - line) : strlen(line)) <= 76);
		CU_ASSERT_TRUE(strncmp(line[0] == ' ' ? line + 1 : line, "=?UTF-8?B?4oKs", 14) == 0);
	}
	buf_fini(&out);
}

static void the_date_is_that_of_RFC_5322(void)
{
	struct buf out;

	buf_init(&out, 64);
	mail_date(&out, 1767225600);
	CU_ASSERT_STRING_EQUAL(out.data, "Thu, 1 Jan 2026 00:00:00 +0000");
	buf_fini(&out);
}

static bool prepared(const char *from, const char *rcpt, const char *headers)
{
	char from_copy[512], rcpt_copy[512], headers_copy[512], starttls[] = "none", url[] = "smtp://mail.example", text[] = "Hello";
	struct letter letter = { .url = url, .mail_from = from_copy, .rcpt = rcpt_copy, .headers = headers_copy, .starttls = starttls, .text_body = text };
	struct mail mail = { 0 };
	CURL *easy = curl_easy_init();
	bool ok;

	(void)snprintf(from_copy, sizeof from_copy, "%s", from);
	(void)snprintf(rcpt_copy, sizeof rcpt_copy, "%s", rcpt);
	(void)snprintf(headers_copy, sizeof headers_copy, "%s", headers);
	ok = mail_prepare(easy, &letter, 1767225600, &mail);
	mail_fini(&mail);
	curl_easy_cleanup(easy);
	return ok;
}

static void an_envelope_holds_addresses_alone(void)
{
	CU_ASSERT_TRUE(prepared("help@shop.example", "kim@example.com\nlee@example.com", "Reply-To: desk@shop.example"));
	CU_ASSERT_FALSE(prepared("help@shop.example", "", ""));
	CU_ASSERT_FALSE(prepared("", "kim@example.com", ""));
	CU_ASSERT_FALSE(prepared("help@shop.example", "kim@example.com> NOTIFY=NEVER", ""));
	CU_ASSERT_FALSE(prepared("help@shop.example\r\nDATA", "kim@example.com", ""));
	CU_ASSERT_FALSE(prepared("help@shop.example", "kim@example.com", "no header"));
}

CU_TestInfo outgoing_mail_tests[] = {
	{ "ASCII stays as it is", ascii_stays_as_it_is },
	{ "other letters are encoded, an address is not", other_letters_are_encoded_and_an_address_is_not },
	{ "no header is smuggled in", no_header_is_smuggled_in },
	{ "a long one is folded between characters", a_long_one_is_folded_between_characters },
	{ "the date is that of RFC 5322", the_date_is_that_of_RFC_5322 },
	{ "an envelope holds addresses alone", an_envelope_holds_addresses_alone },
	CU_TEST_INFO_NULL,
};
