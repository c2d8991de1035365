/* SPDX-License-Identifier: ISC */
#include "courier/mail.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define HEAD_MAX 16384
#define WORD_BYTES 42 /* as base64, with =?UTF-8?B? and ?= around it, an encoded word has 68 characters (75 are allowed) */
#define BODY_MAX 4194304

static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

/* How many bytes of `text` the next word takes: whole characters. */
static size_t word_len(const char *text, size_t len)
{
	size_t take = len < WORD_BYTES ? len : WORD_BYTES;

	while (take < len && take > 1 && ((unsigned char)text[take] & 0xc0) == 0x80)
		take--;
	return take;
}

static void add_words(struct buf *out, const char *text, size_t len)
{
	bool first = true;

	while (len > 0) {
		size_t take = word_len(text, len);
		unsigned char word[(WORD_BYTES + 2) / 3 * 4 + 1];

		EVP_EncodeBlock(word, (const unsigned char *)text, (int)take);
		buf_addf(out, "%s=?UTF-8?B?%s?=", first ? "" : "\r\n ", word);
		first = false;
		text += take;
		len -= take;
	}
}

static void add_clean(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_add(out, iscntrl((unsigned char)text[i]) ? " " : text + i, 1);
}

void mail_encode(struct buf *out, const char *text)
{
	const char *angle = strrchr(text, '<');
	size_t len = angle ? (size_t)(angle - text) : strlen(text);
	struct buf clean;

	buf_init(&clean, HEAD_MAX);
	add_clean(&clean, text, len);
	if (is_plain(clean.data, clean.len)) {
		buf_add(out, clean.data, clean.len);
	} else {
		while (angle && clean.len > 0 && clean.data[clean.len - 1] == ' ')
			clean.len--;
		add_words(out, clean.data, clean.len);
		if (angle)
			buf_add_str(out, " ");
	}
	if (angle)
		add_clean(out, angle, strlen(angle));
	out->overflow = out->overflow || clean.overflow;
	buf_fini(&clean);
}

void mail_date(struct buf *out, int64_t unix_s)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t at = (time_t)unix_s;
	struct tm tm = { 0 };

	gmtime_r(&at, &tm);
	buf_addf(out, "%s, %d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* ---- head ------------------------------------------------------------------------------------------------------- */

struct head {
	struct curl_slist **list;
	bool from, id, to, ok;
};

static bool begins(const char *line, size_t len, const char *name)
{
	return len > strlen(name) && strncasecmp(line, name, strlen(name)) == 0;
}

static void add_header(struct head *head, const char *name, const char *value)
{
	struct buf line;

	buf_init(&line, HEAD_MAX);
	buf_addf(&line, "%s: ", name);
	mail_encode(&line, value);
	if (line.overflow)
		head->ok = false;
	else
		*head->list = curl_slist_append(*head->list, line.data);
	buf_fini(&line);
}

/* A header of the letter's own. */
static bool add_line(void *arg, const char *line, size_t len)
{
	struct head *head = arg;
	const char *colon = memchr(line, ':', len);
	char name[64], value[2048];
	size_t name_len = colon ? (size_t)(colon - line) : 0;

	if (name_len == 0 || name_len >= sizeof name || len - name_len >= sizeof value) {
		head->ok = false;
		return false;
	}
	memcpy(name, line, name_len);
	name[name_len] = '\0';
	for (colon++; *colon == ' '; colon++)
		;
	memcpy(value, colon, len - (size_t)(colon - line));
	value[len - (size_t)(colon - line)] = '\0';
	head->from = head->from || begins(line, len, "from:");
	head->to = head->to || begins(line, len, "to:");
	head->id = head->id || begins(line, len, "message-id:");
	add_header(head, name, value);
	return true;
}

static void add_own(struct head *head, const struct letter *letter, int64_t unix_s)
{
	const char *domain = strrchr(letter->mail_from, '@');
	struct buf text;

	buf_init(&text, HEAD_MAX);
	mail_date(&text, unix_s);
	add_header(head, "Date", text.data);
	buf_reset(&text);
	for (const char *c = letter->rcpt; *c; c++)
		buf_add(&text, *c == '\n' ? ", " : c, *c == '\n' ? 2 : 1);
	if (!head->to)
		add_header(head, "To", text.data);
	if (!head->from)
		add_header(head, "From", letter->mail_from);
	buf_reset(&text);
	buf_addf(&text, "<%s%s>", letter->item, domain ? domain : "@localhost"); /* the same at each attempt */
	if (!head->id)
		add_header(head, "Message-ID", text.data);
	add_header(head, "Subject", letter->subject ? letter->subject : "");
	buf_fini(&text);
}

/* ---- body ------------------------------------------------------------------------------------------------------- */

static bool add_form(curl_mime *mime, const char *text, const char *type)
{
	struct buf lines;
	curl_mimepart *part;
	bool ok;

	if (!text)
		return true;
	buf_init(&lines, BODY_MAX);
	for (; *text; text++)
		if (*text == '\n')
			buf_add_str(&lines, "\r\n");
		else if (*text != '\r')
			buf_add(&lines, text, 1);
	part = curl_mime_addpart(mime);
	ok = !lines.overflow && curl_mime_data(part, lines.data, lines.len) == CURLE_OK && curl_mime_type(part, type) == CURLE_OK &&
		curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
	buf_fini(&lines);
	return ok;
}

/* One form is the mail itself, two are alternatives, the better one last. */
static bool add_body(CURL *easy, struct mail *mail, const struct letter *letter)
{
	curl_mime *forms;
	curl_mimepart *part;

	mail->mime = curl_mime_init(easy);
	if (!letter->html_body || !letter->text_body)
		return add_form(mail->mime, letter->text_body ? letter->text_body : letter->html_body ? NULL : "", "text/plain; charset=utf-8") &&
			add_form(mail->mime, letter->html_body, "text/html; charset=utf-8");
	forms = curl_mime_init(easy);
	part = curl_mime_addpart(mail->mime);
	if (curl_mime_subparts(part, forms) != CURLE_OK) {
		curl_mime_free(forms);
		return false;
	}
	return curl_mime_type(part, "multipart/alternative") == CURLE_OK && add_form(forms, letter->text_body, "text/plain; charset=utf-8") &&
		add_form(forms, letter->html_body, "text/html; charset=utf-8");
}

/* ---- envelope --------------------------------------------------------------------------------------------------- */

/* A word between < and >, without anything that would end its line. */
static bool is_address(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (isspace((unsigned char)word[i]) || iscntrl((unsigned char)word[i]) || strchr("<>", word[i]))
			return false;
	return len > 0 && len <= 254;
}

static bool add_rcpt(void *arg, const char *line, size_t len)
{
	struct mail *mail = arg;
	char address[256];

	if (!is_address(line, len))
		return false;
	memcpy(address, line, len);
	address[len] = '\0';
	mail->rcpt = curl_slist_append(mail->rcpt, address);
	return true;
}

static long use_ssl(const struct letter *letter)
{
	if (strcmp(letter->starttls, "none") == 0)
		return CURLUSESSL_NONE;
	return strcmp(letter->starttls, "optional") == 0 ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

bool mail_prepare(CURL *easy, const struct letter *letter, int64_t unix_s, struct mail *mail)
{
	struct head head = { .list = &mail->head, .ok = true };

	if (!letter->mail_from || !is_address(letter->mail_from, strlen(letter->mail_from)) || !letter_words(letter->rcpt, '\n', add_rcpt, mail) || !mail->rcpt)
		return false;
	if (!letter_words(letter->headers, '\n', add_line, &head))
		return false;
	add_own(&head, letter, unix_s);
	if (!head.ok || !add_body(easy, mail, letter))
		return false;
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, letter->mail_from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, mail->rcpt);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, mail->head);
	curl_easy_setopt(easy, CURLOPT_MIMEPOST, mail->mime);
	curl_easy_setopt(easy, CURLOPT_USE_SSL, use_ssl(letter));
	return true;
}

void mail_fini(struct mail *mail)
{
	curl_mime_free(mail->mime);
	curl_slist_free_all(mail->rcpt);
	curl_slist_free_all(mail->head);
	memset(mail, 0, sizeof *mail);
}
