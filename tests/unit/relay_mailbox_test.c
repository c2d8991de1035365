/* SPDX-License-Identifier: ISC */
#include "relay/mailbox.h"
#include "relay_suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITERS 3
#define LETTERS 2000
#define PATIENT_MS 60000

static struct mailbox box;

static void letters_come_in_order_and_once(void)
{
	struct letter *letters;

	mailbox_init(&box, 100);
	CU_ASSERT_PTR_NULL(mailbox_take(&box));
	CU_ASSERT_TRUE(mailbox_put(&box, 1, "one", 3));
	CU_ASSERT_TRUE(mailbox_put(&box, 2, "two and more", 3));
	letters = mailbox_take(&box);
	CU_ASSERT_PTR_NOT_NULL_FATAL(letters);
	CU_ASSERT_EQUAL(letters->kind, 1);
	CU_ASSERT_STRING_EQUAL(letters->text, "one");
	CU_ASSERT_PTR_NOT_NULL_FATAL(letters->next);
	CU_ASSERT_STRING_EQUAL(letters->next->text, "two");
	CU_ASSERT_EQUAL(letters->next->len, 3);
	CU_ASSERT_PTR_NULL(letters->next->next);
	letters_free(&letters);
	CU_ASSERT_PTR_NULL(mailbox_take(&box));
	mailbox_fini(&box);
}

static void what_does_not_fit_is_refused_and_an_order_is_not(void)
{
	struct letter *letters;

	mailbox_init(&box, 8);
	CU_ASSERT_TRUE(mailbox_put(&box, 1, "12345678", 8));
	CU_ASSERT_FALSE(mailbox_put(&box, 1, "9", 1));
	CU_ASSERT_FALSE(mailbox_put(&box, 1, "123456789", 9));
	mailbox_must_put(&box, 2, "stop");
	CU_ASSERT_FALSE(mailbox_put(&box, 1, "", 0)); /* over the limit now */
	letters = mailbox_take(&box);
	CU_ASSERT_STRING_EQUAL(letters->text, "12345678");
	CU_ASSERT_STRING_EQUAL(letters->next->text, "stop");
	letters_free(&letters);
	CU_ASSERT_TRUE(mailbox_put(&box, 1, "12345678", 8)); /* there is room again */
	mailbox_fini(&box); /* with what nobody took */
}

static void write_letters(void *arg)
{
	for (int i = 0; i < LETTERS; i++) {
		char text[16];

		(void)snprintf(text, sizeof text, "%d", i);
		mailbox_must_put(&box, *(int *)arg, text);
	}
}

static void one_reads_what_others_write_meanwhile(void)
{
	uv_thread_t threads[WRITERS];
	int names[WRITERS], heard[WRITERS] = { 0 };
	bool in_order = true;

	mailbox_init(&box, 8);
	for (int i = 0; i < WRITERS; i++) {
		names[i] = i;
		CU_ASSERT_EQUAL_FATAL(uv_thread_create(&threads[i], write_letters, &names[i]), 0);
	}
	for (int left = WRITERS * LETTERS; left > 0;) {
		struct letter *letters = mailbox_wait(&box, PATIENT_MS);

		CU_ASSERT_PTR_NOT_NULL_FATAL(letters);
		for (const struct letter *letter = letters; letter; letter = letter->next, left--)
			in_order = in_order && heard[letter->kind]++ == (int)strtol(letter->text, NULL, 10);
		letters_free(&letters);
	}
	CU_ASSERT_TRUE(in_order);
	for (int i = 0; i < WRITERS; i++)
		uv_thread_join(&threads[i]);
	CU_ASSERT_PTR_NULL(mailbox_wait(&box, 1));
	mailbox_fini(&box);
}

CU_TestInfo mailbox_tests[] = {
	{ "letters_come_in_order_and_once", letters_come_in_order_and_once },
	{ "what_does_not_fit_is_refused_and_an_order_is_not", what_does_not_fit_is_refused_and_an_order_is_not },
	{ "one_reads_what_others_write_meanwhile", one_reads_what_others_write_meanwhile },
	CU_TEST_INFO_NULL,
};
