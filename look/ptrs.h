/* A growing list of pointers in an arena, used as a set that keeps its order. Small: membership is
 * a walk. Internal to look/. */
#ifndef CPM_LOOK_PTRS_H
#define CPM_LOOK_PTRS_H

#include "base/arena.h"

struct cpm_ptrs {
    const void **v;
    size_t count, cap;
};

static inline bool cpm_ptrs_has(const struct cpm_ptrs *list, const void *ptr)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->v[i] == ptr)
            return true;
    return false;
}

static inline void cpm_ptrs_add(struct cpm_arena *arena, struct cpm_ptrs *list, const void *ptr)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        const void **v = CPM_NEW_ARRAY(arena, const void *, cap);
        if (list->count)
            memcpy(v, list->v, list->count * sizeof(*v));
        list->v = v;
        list->cap = cap;
    }
    list->v[list->count++] = ptr;
}

/* Keeps the order of the others. */
static inline void cpm_ptrs_remove(struct cpm_ptrs *list, const void *ptr)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->v[i] != ptr)
            list->v[kept++] = list->v[i];
    list->count = kept;
}

#endif
