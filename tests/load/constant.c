/* SPDX-License-Identifier: ISC */
/* The floor under the api's figures: a FastCGI program of four threads that knows one answer of 600 bytes and gives it to everybody. Each thread waits in accept(), where
 * the kernel wakes one of them for a connection; nothing is read of a request, nothing is logged.
 *
 *   constant SOCKET */
#include <err.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define THREADS 4
#define BODY_BYTES 600
#define BACKLOG 512

static char answer[BODY_BYTES + 256];
static int answer_len;

static void make_answer(void)
{
	char body[BODY_BYTES + 1];

	memset(body, 'x', BODY_BYTES);
	body[BODY_BYTES] = '\0';
	answer_len = snprintf(answer, sizeof answer, "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", BODY_BYTES, body);
}

static void *serve(void *listening)
{
	FCGX_Request request;

	if (FCGX_InitRequest(&request, *(int *)listening, 0) != 0)
		errx(1, "no FastCGI request");
	while (FCGX_Accept_r(&request) >= 0) {
		(void)FCGX_PutStr(answer, answer_len, request.out);
		FCGX_Finish_r(&request);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	int listening;

	if (argc != 2)
		errx(64, "usage: constant SOCKET");
	make_answer();
	umask(0);
	if (FCGX_Init() != 0 || (listening = FCGX_OpenSocket(argv[1], BACKLOG)) < 0)
		errx(1, "cannot listen on %s", argv[1]);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, serve, &listening) != 0)
			errx(1, "no thread");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 1;
}
