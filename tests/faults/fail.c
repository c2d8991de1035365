/* SPDX-License-Identifier: ISC */
/* A library for LD_PRELOAD: the N-th call of libpq, or the N-th allocation, of a program fails (PF24). The tests build it (fail.mjs); it is in no program.
 *
 * The file that FAIL_CONTROL names is one `struct control`, written and read by the test while the program runs. Processes that share it (the workers of the api)
 * count together. A call that fails does what the library does when it fails: a session that is broken, a result that was lost, no memory. */
#include <dlfcn.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define EARLY_BYTES 4096 /* what dlsym() itself may ask for */

enum kind { KIND_NONE, KIND_LIBPQ, KIND_MEMORY };

struct control {
	_Atomic uint32_t kind;   /* what is counted */
	_Atomic uint32_t at;     /* that one fails; 0 = none, only count */
	_Atomic uint32_t count;  /* so many there were */
	_Atomic uint32_t failed; /* 1 = it has failed */
	_Atomic uint32_t pid;    /* in that process */
	_Atomic uint32_t try;    /* the number of this one */
	char name[40];           /* its name */
};

static struct control nothing;
static struct control *control = &nothing;
static uint32_t born_in; /* a program that starts in the middle of a try has nothing to do with it */

__attribute__((constructor)) static void open_control(void)
{
	const struct rlimit no_core = { 0, 0 };
	const char *path = getenv("FAIL_CONTROL");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *mapped = fd >= 0 ? mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (fd >= 0)
		close(fd);
	if (mapped == MAP_FAILED)
		return;
	control = mapped;
	born_in = atomic_load(&control->try);
	setrlimit(RLIMIT_CORE, &no_core); /* a process that ends for want of memory aborts, as it should */
}

/* Is this call the one that fails? */
static int fails(enum kind kind, const char *name)
{
	uint32_t at;

	if (atomic_load(&control->kind) != kind || atomic_load(&control->try) == born_in)
		return 0;
	at = atomic_load(&control->at);
	if (atomic_fetch_add(&control->count, 1) + 1 != at)
		return 0;
	strncpy(control->name, name, sizeof control->name - 1);
	atomic_store(&control->pid, (uint32_t)getpid());
	atomic_store(&control->failed, 1);
	return 1;
}

static void *find_next(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		_exit(71);
	return found;
}

/* The function that we stand before. */
#define NEXT(name)                                                                                                                                   \
	__extension__({                                                                                                                                  \
		static __typeof__(&name) next;                                                                                                               \
		if (!next)                                                                                                                                   \
			next = (__typeof__(&name))find_next(#name);                                                                                              \
		next;                                                                                                                                        \
	})

/* ---- libpq -------------------------------------------------------------------------------------------------- */

EXPORT PGconn *PQconnectdbParams(const char *const *words, const char *const *values, int expand)
{
	static const char *const nowhere[] = { "host", NULL }, *const none[] = { "/nonexistent", NULL };

	return fails(KIND_LIBPQ, __func__) ? NEXT(PQconnectdbParams)(nowhere, none, 0) : NEXT(PQconnectdbParams)(words, values, expand);
}

EXPORT PGconn *PQconnectStartParams(const char *const *words, const char *const *values, int expand)
{
	static const char *const nowhere[] = { "host", NULL }, *const none[] = { "/nonexistent", NULL };

	return fails(KIND_LIBPQ, __func__) ? NEXT(PQconnectStartParams)(nowhere, none, 0) : NEXT(PQconnectStartParams)(words, values, expand);
}

EXPORT PostgresPollingStatusType PQconnectPoll(PGconn *conn)
{
	return fails(KIND_LIBPQ, __func__) ? PGRES_POLLING_FAILED : NEXT(PQconnectPoll)(conn);
}

EXPORT int PQsetnonblocking(PGconn *conn, int nonblocking)
{
	return fails(KIND_LIBPQ, __func__) ? -1 : NEXT(PQsetnonblocking)(conn, nonblocking);
}

EXPORT int PQenterPipelineMode(PGconn *conn)
{
	return fails(KIND_LIBPQ, __func__) ? 0 : NEXT(PQenterPipelineMode)(conn);
}

EXPORT int PQsendPrepare(PGconn *conn, const char *name, const char *query, int params, const Oid *types)
{
	return fails(KIND_LIBPQ, __func__) ? 0 : NEXT(PQsendPrepare)(conn, name, query, params, types);
}

EXPORT int PQsendQueryPrepared(PGconn *conn, const char *name, int params, const char *const *values, const int *lengths, const int *formats,
							   int result_format)
{
	return fails(KIND_LIBPQ, __func__) ? 0 : NEXT(PQsendQueryPrepared)(conn, name, params, values, lengths, formats, result_format);
}

EXPORT int PQpipelineSync(PGconn *conn)
{
	return fails(KIND_LIBPQ, __func__) ? 0 : NEXT(PQpipelineSync)(conn);
}

EXPORT int PQflush(PGconn *conn)
{
	return fails(KIND_LIBPQ, __func__) ? -1 : NEXT(PQflush)(conn);
}

EXPORT int PQconsumeInput(PGconn *conn)
{
	return fails(KIND_LIBPQ, __func__) ? 0 : NEXT(PQconsumeInput)(conn);
}

/* The server's answer was there and got lost for want of memory: libpq says so without an SQLSTATE. */
EXPORT PGresult *PQgetResult(PGconn *conn)
{
	PGresult *result = NEXT(PQgetResult)(conn);

	if (!result || !fails(KIND_LIBPQ, __func__))
		return result;
	PQclear(result);
	return PQmakeEmptyPGresult(conn, PGRES_FATAL_ERROR);
}

/* ---- memory ------------------------------------------------------------------------------------------------- */

/* dlsym() may allocate before we know whom to ask; that is never given back. */
static _Thread_local int asking __attribute__((tls_model("initial-exec"))); /* any other model calls what a sanitizer stands before, too */

static void *early(size_t size)
{
	static _Alignas(max_align_t) char memory[EARLY_BYTES];
	static size_t used;
	size_t start = used;

	if (size > sizeof memory - start)
		_exit(71);
	used = (start + size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	return memory + start;
}

#define MEMORY_NEXT(name)                                                                                                                            \
	__extension__({                                                                                                                                  \
		static __typeof__(&name) next;                                                                                                               \
		if (!next) {                                                                                                                                 \
			asking = 1;                                                                                                                              \
			next = (__typeof__(&name))find_next(#name);                                                                                              \
			asking = 0;                                                                                                                              \
		}                                                                                                                                            \
		next;                                                                                                                                        \
	})

EXPORT void *malloc(size_t size)
{
	if (asking)
		return early(size);
	return fails(KIND_MEMORY, __func__) ? NULL : MEMORY_NEXT(malloc)(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
	if (asking)
		return early(count * size);
	return fails(KIND_MEMORY, __func__) ? NULL : MEMORY_NEXT(calloc)(count, size);
}

EXPORT void *realloc(void *memory, size_t size)
{
	return fails(KIND_MEMORY, __func__) ? NULL : MEMORY_NEXT(realloc)(memory, size);
}

EXPORT void *reallocarray(void *memory, size_t count, size_t size)
{
	return fails(KIND_MEMORY, __func__) ? NULL : MEMORY_NEXT(reallocarray)(memory, count, size);
}

/* json-c 0.16 reads the name of a member that it got no memory for, and the process ends there instead of by our own hand: that is not counted. */
static int is_json_c(const void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) && info.dli_fname && strstr(info.dli_fname, "/libjson-c.so");
}

EXPORT char *strdup(const char *text)
{
	if (atomic_load(&control->kind) == KIND_MEMORY && !is_json_c(__builtin_return_address(0)) && fails(KIND_MEMORY, __func__))
		return NULL;
	return MEMORY_NEXT(strdup)(text);
}

EXPORT char *strndup(const char *text, size_t size)
{
	return fails(KIND_MEMORY, __func__) ? NULL : MEMORY_NEXT(strndup)(text, size);
}
