/* npm's tools for it (just-diff, just-diff-apply) first list the differences (all removals, last
 * first; then replacements; then additions), then apply them one by one; a step that does not fit
 * is made up for by copying. The order and the odd array rule matter where steps meet. */
#include "lockfile/merge.h"

#include "base/arena.h"
#include "base/jsonread.h"
#include "base/map.h"
#include "base/mem.h"

enum op { REMOVE, REPLACE, ADD, OPS };

struct path {
    const struct path *up; /* NULL for the root */
    struct cpm_str key;    /* an array's index in decimal */
    unsigned depth;
};

struct step {
    const struct path *path;
    const struct cpm_json *value; /* borrowed from ours; NULL for REMOVE */
};

struct step_list {
    struct step *v;
    size_t n, size;
};

struct diff {
    struct cpm_arena arena; /* paths */
    struct step_list steps[OPS];
};

/* values */

static bool is_container(const struct cpm_json *v)
{
    return cpm_json_is(v, CPM_JSON_OBJECT) || cpm_json_is(v, CPM_JSON_ARRAY);
}

static size_t index_in(struct cpm_str key)
{
    int64_t index = cpm_json_array_index(key);

    return index < 0 ? SIZE_MAX : (size_t)index;
}

static struct cpm_json *child(const struct cpm_json *container, struct cpm_str key)
{
    return cpm_json_is(container, CPM_JSON_ARRAY) ? cpm_json_at(container, index_in(key))
                                                  : cpm_json_get(container, key);
}

static void put_child(struct cpm_json *container, struct cpm_str key, struct cpm_json *value)
{
    enum { MOST = 1 << 20 }; /* elements: an index from another document cannot blow up ours */

    if (!cpm_json_is(container, CPM_JSON_ARRAY))
        cpm_json_set(container, key, value);
    else if (index_in(key) <= MOST)
        cpm_json_put(container, index_in(key), value);
    else
        cpm_json_free(value);
}

static void remove_child(struct cpm_json *container, struct cpm_str key)
{
    if (cpm_json_is(container, CPM_JSON_ARRAY))
        cpm_json_remove(container, index_in(key));
    else
        cpm_json_del(container, key);
}

static struct cpm_buf compact(const struct cpm_json *value)
{
    struct cpm_buf out = CPM_BUF_INIT(CPM_JSON_MAX);

    if (value)
        cpm_json_write(value, CPM_STR_NONE, CPM_STR_NONE, &out);
    return out;
}

/* The same as JavaScript's String() tells them; all plain objects look alike to it. */
static bool same_string(const struct cpm_json *a, const struct cpm_json *b)
{
    struct cpm_buf x, y;
    bool same;

    if (!a || !b || (cpm_json_is(a, CPM_JSON_OBJECT) && cpm_json_is(b, CPM_JSON_OBJECT)))
        return !a == !b;
    x = compact(a);
    y = compact(b);
    same = cpm_str_eq(cpm_buf_str(&x), cpm_buf_str(&y));
    cpm_buf_release(&x);
    cpm_buf_release(&y);
    return same;
}

/* listing the differences */

static const struct path *below(struct diff *d, const struct path *up, struct cpm_str key)
{
    struct path *path = CPM_NEW(&d->arena, struct path);

    *path = (struct path){.up = up, .key = key, .depth = up ? up->depth + 1 : 1};
    return path;
}

static const struct path *below_index(struct diff *d, const struct path *up, size_t index)
{
    return below(d, up, cpm_str(cpm_arena_printf(&d->arena, "%zu", index)));
}

static void note(struct diff *d, enum op op, const struct path *path, const struct cpm_json *value)
{
    struct step_list *list = &d->steps[op];

    if (list->n == list->size) {
        list->size = list->size ? 2 * list->size : 16;
        list->v = cpm_realloc(list->v, list->size, sizeof(*list->v));
    }
    list->v[list->n++] = (struct step){path, value};
}

static void compare(struct diff *d, const struct cpm_json *from, const struct cpm_json *to,
                    const struct path *path, const struct path *removals);

static void compare_child(struct diff *d, const struct cpm_json *from, const struct cpm_json *to,
                          const struct path *path, const struct path *removals)
{
    if (!from)
        note(d, ADD, path, to);
    else if (is_container(from) && cpm_json_type(from) == cpm_json_type(to))
        compare(d, from, to, path, removals);
    else if (is_container(from) || is_container(to) || cpm_json_type(from) != cpm_json_type(to) ||
             !same_string(from, to))
        note(d, REPLACE, path, to);
}

/* Where a shorter array lost its elements: at its end, unless its right side fits better. */
static bool lost_at_end(const struct cpm_json *from, const struct cpm_json *to)
{
    size_t n = cpm_json_count(to), delta = cpm_json_count(from) - n, left = 0, right = 0;

    while (left < n && same_string(cpm_json_at(from, left), cpm_json_at(to, left)))
        left++;
    while (right < n &&
           same_string(cpm_json_at(from, n - right + delta), cpm_json_at(to, n - right)))
        right++;
    return left >= right;
}

static void compare_arrays(struct diff *d, const struct cpm_json *from, const struct cpm_json *to,
                           const struct path *path, const struct path *removals)
{
    size_t m = cpm_json_count(from), n = cpm_json_count(to), lost = m > n ? m - n : 0;
    size_t shift = lost && !lost_at_end(from, to) ? lost : 0;

    for (size_t i = 0; i < lost; i++)
        note(d, REMOVE, below_index(d, removals, shift ? i : n + i), NULL);
    for (size_t i = 0; i < n; i++)
        compare_child(d, cpm_json_at(from, i + shift), cpm_json_at(to, i), below_index(d, path, i),
                      below_index(d, path, i + shift));
}

/* Look-ups in a tree's object are linear, and `packages` is long. */
static struct cpm_map members_of(const struct cpm_json *object)
{
    struct cpm_map map = CPM_MAP_INIT;

    CPM_JSON_EACH (object, member)
        cpm_map_set(&map, cpm_json_key(member), member);
    return map;
}

static void compare_objects(struct diff *d, const struct cpm_json *from, const struct cpm_json *to,
                            const struct path *path, const struct path *removals)
{
    struct cpm_map before = members_of(from), after = members_of(to);

    CPM_MAP_EACH (&before, e)
        if (!cpm_map_get(&after, e->key))
            note(d, REMOVE, below(d, removals, e->key), NULL);
    CPM_MAP_EACH (&after, e) {
        const struct path *at = below(d, path, e->key);

        compare_child(d, cpm_map_get(&before, e->key), e->value, at, at);
    }
    cpm_map_release(&before);
    cpm_map_release(&after);
}

static void compare(struct diff *d, const struct cpm_json *from, const struct cpm_json *to,
                    const struct path *path, const struct path *removals)
{
    if (cpm_json_is(from, CPM_JSON_ARRAY)) {
        compare_arrays(d, from, to, path, removals);
        return;
    }
    compare_objects(d, from, to, path, removals);
}

/* applying them */

static void keys_of(const struct path *path, struct cpm_str *keys)
{
    for (; path; path = path->up)
        keys[path->depth - 1] = path->key;
}

static bool is_inherited(const struct cpm_str *keys, size_t n)
{
    static const char *const names[] = {
        "constructor",      "__proto__",        "__defineGetter__",     "__defineSetter__",
        "__lookupGetter__", "__lookupSetter__", "hasOwnProperty",       "isPrototypeOf",
        "toString",         "toLocaleString",   "propertyIsEnumerable", "valueOf",
    };

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++)
            if (cpm_str_is(keys[i], names[j]))
                return true;
    return false;
}

/* The container of the last key, with missing ones made; NULL when something else is in the way. */
static struct cpm_json *container_of(struct cpm_json *doc, const struct cpm_str *keys, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        if (!is_container(doc))
            return NULL;
        if (!child(doc, keys[i]))
            put_child(doc, keys[i], cpm_json_new_object());
        doc = child(doc, keys[i]);
    }
    return is_container(doc) ? doc : NULL;
}

static bool apply(struct cpm_json *theirs, enum op op, const struct cpm_str *keys, size_t n,
                  const struct cpm_json *value)
{
    struct cpm_json *container = container_of(theirs, keys, n);

    if (!container || (op != ADD && !child(container, keys[n - 1])))
        return false;
    if (op == REMOVE)
        remove_child(container, keys[n - 1]);
    else
        put_child(container, keys[n - 1], cpm_json_copy(value));
    return true;
}

/* Copies from ours at the first key of the path where the two are not both objects or arrays. */
static void copy_path(struct cpm_json *to, const struct cpm_json *from, const struct cpm_str *keys,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct cpm_json *mine = child(from, keys[i]), *other = child(to, keys[i]);

        if (is_container(mine) && is_container(other) &&
            cpm_json_type(mine) == cpm_json_type(other)) {
            from = mine;
            to = other;
            continue;
        }
        if (mine)
            put_child(to, keys[i], cpm_json_copy(mine));
        else if (cpm_json_is(to, CPM_JSON_ARRAY)) /* JavaScript's undefined keeps its place */
            put_child(to, keys[i], cpm_json_new_null());
        else
            remove_child(to, keys[i]);
        return;
    }
}

static void apply_step(struct cpm_json *theirs, const struct cpm_json *ours, enum op op,
                       const struct step *step)
{
    struct cpm_str keys[CPM_JSON_DEPTH + 1];
    size_t n = step->path->depth;

    keys_of(step->path, keys);
    if (!is_inherited(keys, n) && !apply(theirs, op, keys, n, step->value))
        copy_path(theirs, ours, keys, n);
}

void cpm_merge(const struct cpm_json *parent, const struct cpm_json *ours, struct cpm_json *theirs)
{
    struct diff d = {.arena = CPM_ARENA_INIT};

    compare(&d, parent, ours, NULL, NULL);
    for (size_t i = d.steps[REMOVE].n; i-- > 0;)
        apply_step(theirs, ours, REMOVE, &d.steps[REMOVE].v[i]);
    for (enum op op = REPLACE; op < OPS; op++)
        for (size_t i = 0; i < d.steps[op].n; i++)
            apply_step(theirs, ours, op, &d.steps[op].v[i]);
    for (enum op op = REMOVE; op < OPS; op++)
        cpm_free(d.steps[op].v);
    cpm_arena_release(&d.arena);
}
