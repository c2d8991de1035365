/* SPDX-License-Identifier: ISC */
#include "courier/letter.h"

#include "base/alloc.h"
#include "db/conn.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char *copy(const PGresult *claim, int row, const char *column)
{
	const char *text = result_str(claim, row, column);

	return text ? alloc_copy_str(text) : NULL;
}

struct letter *letter_read(const PGresult *claim, int row)
{
	struct letter *l = alloc_zero(1, sizeof *l);

	(void)snprintf(l->item, sizeof l->item, "%s", result_str(claim, row, "item"));
	(void)snprintf(l->lease, sizeof l->lease, "%s", result_str(claim, row, "lease"));
	l->kind = copy(claim, row, "kind");
	l->account = copy(claim, row, "account");
	l->attempt = (int)result_int(claim, row, "attempt");
	l->problem = copy(claim, row, "problem");
	l->reason = copy(claim, row, "reason");
	l->status = result_str(claim, row, "status") ? (int)result_int(claim, row, "status") : 0;
	l->final = result_bool(claim, row, "final");
	l->method = copy(claim, row, "method");
	l->url = copy(claim, row, "url");
	l->headers = copy(claim, row, "headers");
	l->content_type = copy(claim, row, "content_type");
	l->body = copy(claim, row, "body");
	l->scheme = copy(claim, row, "scheme");
	l->user_name = copy(claim, row, "user_name");
	l->secret = copy(claim, row, "secret");
	l->other_secret = copy(claim, row, "other_secret");
	l->timeout_ms = (long)result_int(claim, row, "timeout_ms");
	l->answer_max = (size_t)result_int(claim, row, "max_answer_bytes");
	l->allowed_hosts = copy(claim, row, "allowed_hosts");
	l->plain_http = result_bool(claim, row, "plain_http");
	l->mail_from = copy(claim, row, "mail_from");
	l->rcpt = copy(claim, row, "rcpt");
	l->subject = copy(claim, row, "subject");
	l->text_body = copy(claim, row, "text_body");
	l->html_body = copy(claim, row, "html_body");
	l->starttls = copy(claim, row, "starttls");
	return l;
}

static void wipe(char *secret)
{
	if (secret)
		OPENSSL_cleanse(secret, strlen(secret));
	free(secret);
}

void letter_free(struct letter **letter)
{
	struct letter *l = *letter;

	if (!l)
		return;
	wipe(l->secret);
	wipe(l->other_secret);
	char *const texts[] = { l->kind, l->account, l->problem, l->reason, l->method, l->url, l->headers, l->content_type, l->body, l->scheme, l->user_name,
							l->allowed_hosts, l->mail_from, l->rcpt, l->subject, l->text_body, l->html_body, l->starttls };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		free(texts[i]);
	free(l);
	*letter = NULL;
}

bool letter_is_mail(const struct letter *letter)
{
	return letter->url && (strncasecmp(letter->url, "smtp://", 7) == 0 || strncasecmp(letter->url, "smtps://", 8) == 0);
}

bool letter_words(const char *list, char separator, bool (*each)(void *arg, const char *word, size_t len), void *arg)
{
	while (list && *list != '\0') {
		const char *end = strchr(list, separator);
		size_t len = end ? (size_t)(end - list) : strlen(list);

		if (len > 0 && !each(arg, list, len))
			return false;
		list += len + (end ? 1 : 0);
	}
	return true;
}
