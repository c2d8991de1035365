/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "relay_stage.h"
#include "relay_suites.h"

#include <stdio.h>
#include <string.h>

static char words[1024];

static void take(void *arg, const struct hint *hint)
{
	size_t len = strlen(words);

	(void)arg;
	(void)snprintf(words + len, sizeof words - len, "%d:%s%s:%s:%d:%llu ", (int)hint->type, hint->chat[0] ? hint->chat + 34 : "", hint->operator,
	               party_name(hint->who), hint->on, (unsigned long long)hint->seq);
}

static const char *read_words(const char *payload)
{
	words[0] = '\0';
	hints_read(payload, take, NULL);
	return words;
}

static void each_kind_of_word_is_read(void)
{
	CU_ASSERT_STRING_EQUAL(read_words("c:" CHAT_A " o:ana s:ben t:" CHAT_B ":customer:1 p:" CHAT_A ":operator:0 d:" CHAT_A ":customer:g:12 d:" CHAT_A ":operator:r:7 r: w:cara k:" CHAT_B " n:17:0"),
	                       "0:0a:unknown:0:0 1:ana:unknown:0:0 2:ben:unknown:0:0 3:0b:customer:1:0 4:0a:operator:0:0 5:0a:customer:0:12 6:0a:operator:0:7 "
	                       "7::unknown:0:0 8:cara:unknown:0:0 9:0b:unknown:0:0 10::unknown:0:17 ");
}

static void garbage_is_nobodys(void)
{
	static const char *const payloads[] = {
		"", " ", "c", "c:", "c:x", "C:" CHAT_A, "c:" CHAT_A ":1", "t:" CHAT_A, "t:" CHAT_A ":robot:1", "t:" CHAT_A ":customer:2", "t:" CHAT_A ":customer:1:1",
		"d:" CHAT_A ":customer:g:", "d:" CHAT_A ":customer:g:-1", "d:" CHAT_A ":customer:g:99999999999999999999", "d:" CHAT_A ":customer:x:1",
		"x:y", "::::", "o:", "r:x", "k:", "k:x", "k:" CHAT_A ":1", "n:", "n:x:1", "n:1", "n:1:2", "n:1:0:0",
		"\xff\xfe\x01", "'; drop table chat.message; --",
	};
	char operator[400] = "o:";

	memset(operator + 2, 'a', 300);
	for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++)
		CU_ASSERT_STRING_EQUAL(read_words(payloads[i]), "");
	CU_ASSERT_STRING_EQUAL(read_words(operator), "");
}

static void a_good_word_among_garbage_counts(void)
{
	CU_ASSERT_STRING_EQUAL(read_words("zzz c:" CHAT_A " %%%"), "0:0a:unknown:0:0 ");
}

static void equal_words_go_once_and_together(void)
{
	hints_hello(&stage.hints, "3");
	for (int i = 0; i < 1000; i++)
		hints_chat(&stage.hints, CHAT_A);
	hints_chat(&stage.hints, CHAT_B);
	CU_ASSERT_EQUAL(stage.statements, 0);
	hints_flush(&stage.hints);
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_PTR_EQUAL(stage.statement, &STATEMENT_HINT_RELAYS);
	CU_ASSERT_STRING_EQUAL(stage.params[0], "3");
	CU_ASSERT_STRING_EQUAL(stage.params[1], "r: c:" CHAT_A " c:" CHAT_B);
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{}");
	CU_ASSERT_FALSE(hints_waiting(&stage.hints));
}

static void a_lonely_relay_is_silent_until_another_speaks(void)
{
	static const char *const columns[] = { "relays", "unreached" };
	static const char *const nobody[] = { "0", "0" };

	hints_hello(&stage.hints, "3");
	hints_flush(&stage.hints);
	stage_answer(columns, 2, nobody, 1);
	hints_chat(&stage.hints, CHAT_A);
	CU_ASSERT_FALSE(hints_waiting(&stage.hints));
	hints_company(&stage.hints);
	hints_chat(&stage.hints, CHAT_A);
	CU_ASSERT_TRUE(hints_waiting(&stage.hints));
}

static void nothing_is_sent_before_there_is_a_number(void)
{
	hints_chat(&stage.hints, CHAT_A);
	CU_ASSERT_FALSE(hints_waiting(&stage.hints));
	hints_flush(&stage.hints);
	CU_ASSERT_EQUAL(stage.statements, 0);
}

CU_TestInfo hints_tests[] = {
	{ "each_kind_of_word_is_read", each_kind_of_word_is_read },
	{ "garbage_is_nobodys", garbage_is_nobodys },
	{ "a_good_word_among_garbage_counts", a_good_word_among_garbage_counts },
	{ "equal_words_go_once_and_together", equal_words_go_once_and_together },
	{ "a_lonely_relay_is_silent_until_another_speaks", a_lonely_relay_is_silent_until_another_speaks },
	{ "nothing_is_sent_before_there_is_a_number", nothing_is_sent_before_there_is_a_number },
	CU_TEST_INFO_NULL,
};
