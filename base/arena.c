/* Blocks double from 16 KB to 4 MB; a piece larger than a block gets a block of its own. Large
 * blocks are in large pages: what needs so much memory walks all over it. */
#include "base/arena.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct cpm_arena_block {
    struct cpm_arena_block *prev;
    size_t size;
    alignas(max_align_t) char data[];
};

enum { FIRST_BLOCK = 16 << 10, LARGEST_BLOCK = 4 << 20, LARGE_FROM = 2 << 20 };

void cpm_arena_init(struct cpm_arena *arena)
{
    *arena = (struct cpm_arena)CPM_ARENA_INIT;
}

void cpm_arena_init_in(struct cpm_arena *arena, void *room, size_t size)
{
    cpm_arena_init(arena);
    arena->next = room;
    arena->end = arena->next + size;
}

void cpm_arena_release(struct cpm_arena *arena)
{
    struct cpm_arena_block *block = arena->head;

    while (block) {
        struct cpm_arena_block *prev = block->prev;

        cpm_free(block);
        block = prev;
    }
    cpm_arena_init(arena);
}

static struct cpm_arena_block *add_block(struct cpm_arena *arena, size_t size)
{
    size_t whole = sizeof(struct cpm_arena_block) + size;
    struct cpm_arena_block *block = whole >= LARGE_FROM ? cpm_alloc_large(whole) : cpm_alloc(whole);

    block->prev = arena->head;
    block->size = size;
    arena->head = block;
    return block;
}

#ifdef CPM_DEBUG_ARENA
static void *take(struct cpm_arena *arena, size_t size)
{
    return add_block(arena, size)->data;
}
#else
static void *take(struct cpm_arena *arena, size_t size)
{
    size_t need = ((size ? size : 1) + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct cpm_arena_block *block;
    size_t block_size;
    char *piece;

    if (need <= (size_t)(arena->end - arena->next)) {
        piece = arena->next;
        arena->next += need;
        return piece;
    }
    block_size = arena->head ? (arena->head->size + sizeof(*block)) * 2 : FIRST_BLOCK;
    block_size = (block_size < LARGEST_BLOCK ? block_size : LARGEST_BLOCK) - sizeof(*block);
    if (need > block_size / 4)
        return add_block(arena, need)->data; /* the current block stays in use */
    block = add_block(arena, block_size);
    arena->next = block->data + need;
    arena->end = block->data + block_size;
    return block->data;
}
#endif

/* Not zeroed: for what is written at once. */
static void *take_counted(struct cpm_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        abort();
    arena->total += size;
    return take(arena, size);
}

void *cpm_arena_alloc(struct cpm_arena *arena, size_t size)
{
    return memset(take_counted(arena, size), 0, size);
}

void *cpm_arena_array(struct cpm_arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        abort();
    return cpm_arena_alloc(arena, bytes);
}

char *cpm_arena_strndup(struct cpm_arena *arena, const char *ptr, size_t len)
{
    char *copy = take_counted(arena, len + 1);

    if (len)
        memcpy(copy, ptr, len);
    copy[len] = '\0';
    return copy;
}

struct cpm_str cpm_arena_str(struct cpm_arena *arena, struct cpm_str s)
{
    return cpm_str_n(cpm_arena_strndup(arena, s.ptr, s.len), s.len);
}

struct cpm_str cpm_arena_concat(struct cpm_arena *arena, const struct cpm_str *parts, size_t count)
{
    size_t len = 0;
    char *out;

    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    out = take_counted(arena, len + 1);
    for (size_t i = 0, at = 0; i < count; at += parts[i++].len)
        if (parts[i].len)
            memcpy(out + at, parts[i].ptr, parts[i].len);
    out[len] = '\0';
    return cpm_str_n(out, len);
}

/* Most texts are short: they are worded once, and only longer ones again. */
char *cpm_arena_vprintf(struct cpm_arena *arena, const char *fmt, va_list args)
{
    char first[512], *text;
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(first, sizeof(first), fmt, args);
    if (n < 0)
        abort();
    if ((size_t)n < sizeof(first)) {
        text = cpm_arena_strndup(arena, first, (size_t)n);
    } else {
        text = cpm_arena_alloc(arena, (size_t)n + 1);
        vsnprintf(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return text;
}

char *cpm_arena_printf(struct cpm_arena *arena, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = cpm_arena_vprintf(arena, fmt, args);
    va_end(args);
    return text;
}
