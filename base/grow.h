/* A list that grows in an arena: whoever adds to one asks for room first. What it outgrew stays in
 * the arena until that is released, so it costs twice its final size at most. */
#ifndef CPM_BASE_GROW_H
#define CPM_BASE_GROW_H

#include "base/arena.h"

/* The list with room for an element at index `count`: itself, or a copy twice as large. *cap is
 * what it has room for; begin with NULL and 0. `size` is that of an element; new ones are zero. */
void *cpm_arena_grow(struct cpm_arena *arena, void *list, size_t count, size_t *cap, size_t size)
    __attribute__((returns_nonnull));

#endif
