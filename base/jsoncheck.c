/* Duplicate keys are found when their object ends: the keys of all open objects stand on one stack,
 * so the memory is that of the largest path, not of the whole text. Small objects compare hashes
 * pairwise; large ones sort them, so that no input makes this quadratic. */
#include "base/jsonread.h"
#include "base/mem.h"

#include <stdlib.h>

struct seen_key {
    uint64_t hash;
    struct cpm_str key;
    const char *at; /* where the key stands; behind it when it holds an escape */
};

struct key_stack {
    struct seen_key *keys;
    size_t used, size;
};

enum { PAIRWISE = 8 };

static void push_key(struct key_stack *stack, struct cpm_str key, const char *at)
{
    if (stack->used == stack->size) {
        stack->size = stack->size ? 2 * stack->size : 64;
        stack->keys = cpm_realloc(stack->keys, stack->size, sizeof(*stack->keys));
    }
    stack->keys[stack->used++] = (struct seen_key){cpm_str_hash(key), key, at};
}

static int by_key_then_place(const void *va, const void *vb)
{
    const struct seen_key *a = va, *b = vb;
    int order;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    order = cpm_str_cmp(a->key, b->key);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static bool is_twin(const struct seen_key *a, const struct seen_key *b)
{
    return a->hash == b->hash && cpm_str_eq(a->key, b->key);
}

static const struct seen_key *find_duplicate(struct seen_key *keys, size_t count)
{
    if (count > PAIRWISE) {
        qsort(keys, count, sizeof(*keys), by_key_then_place);
        for (size_t i = 1; i < count; i++)
            if (is_twin(&keys[i], &keys[i - 1]))
                return &keys[i];
        return NULL;
    }
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (is_twin(&keys[i], &keys[j]))
                return &keys[i];
    return NULL;
}

static void leave_object(struct cpm_jsonread *r, struct key_stack *stack, size_t begin)
{
    const struct seen_key *twin;

    if (r->fault || stack->used == begin)
        return;
    twin = find_duplicate(stack->keys + begin, stack->used - begin);
    if (twin) {
        r->at = twin->at;
        cpm_jsonread_fail(r, "duplicate key");
    }
    stack->used = begin;
}

/* Reads the value at the cursor; recursion is bounded by the reader's depth. */
static void check_value(struct cpm_jsonread *r, struct key_stack *stack)
{
    size_t begin = stack->used;
    struct cpm_str key;

    if (cpm_jsonread_object(r)) {
        while (cpm_jsonread_key(r, &key)) {
            push_key(stack, key, key.ptr >= r->begin && key.ptr < r->end ? key.ptr - 1 : r->at);
            check_value(r, stack);
        }
        leave_object(r, stack, begin);
    } else if (cpm_jsonread_array(r)) {
        while (cpm_jsonread_element(r))
            check_value(r, stack);
    } else {
        cpm_jsonread_skip(r);
    }
}

int cpm_json_check(struct cpm_str text, const char *file, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct key_stack stack = {NULL, 0, 0};
    struct cpm_jsonread r;
    int rc;

    cpm_jsonread_init(&r, text, file, &arena);
    check_value(&r, &stack);
    rc = cpm_jsonread_finish(&r, err);
    cpm_free(stack.keys);
    cpm_arena_release(&arena);
    return rc;
}
