/* Memory of one operation: allocated piece by piece, freed at once. A function that takes an arena
 * keeps its results there; one that takes none keeps nothing new. A debug build (CPM_DEBUG_ARENA)
 * makes each piece a malloc of its own, so that sanitizers see overruns. Not thread-safe: one
 * arena, one thread. */
#ifndef CPM_BASE_ARENA_H
#define CPM_BASE_ARENA_H

#include "base/str.h"

#include <stdarg.h>

struct cpm_arena_block;

struct cpm_arena {
    struct cpm_arena_block *head;
    char *next;
    char *end;
    size_t total; /* bytes handed out */
};

#define CPM_ARENA_INIT                                                                             \
    {                                                                                              \
        .head = NULL, .next = NULL, .end = NULL, .total = 0                                        \
    }

void cpm_arena_init(struct cpm_arena *arena);
/* The same, with room that the caller has: small operations then allocate nothing. `room` is
 * aligned for any type and outlives what is taken from it. */
void cpm_arena_init_in(struct cpm_arena *arena, void *room, size_t size);
void cpm_arena_release(struct cpm_arena *arena);
/* Zeroed, aligned for any type. Never NULL. */
void *cpm_arena_alloc(struct cpm_arena *arena, size_t size) __attribute__((returns_nonnull));
void *cpm_arena_array(struct cpm_arena *arena, size_t count, size_t size)
    __attribute__((returns_nonnull));
/* NUL-terminated copies. */
char *cpm_arena_strndup(struct cpm_arena *arena, const char *ptr, size_t len)
    __attribute__((returns_nonnull));
struct cpm_str cpm_arena_str(struct cpm_arena *arena, struct cpm_str s);
/* The parts one behind the other; much quicker than cpm_arena_printf. */
struct cpm_str cpm_arena_concat(struct cpm_arena *arena, const struct cpm_str *parts, size_t count);
#define CPM_CONCAT(arena, ...)                                                                     \
    cpm_arena_concat((arena), (const struct cpm_str[]){__VA_ARGS__},                               \
                     sizeof((const struct cpm_str[]){__VA_ARGS__}) / sizeof(struct cpm_str))
char *cpm_arena_printf(struct cpm_arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
char *cpm_arena_vprintf(struct cpm_arena *arena, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0), returns_nonnull));

#define CPM_NEW(arena, type)              ((type *)cpm_arena_alloc((arena), sizeof(type)))
#define CPM_NEW_ARRAY(arena, type, count) ((type *)cpm_arena_array((arena), (count), sizeof(type)))

#endif
