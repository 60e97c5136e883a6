/* A child is found by hashing (parent, name) into a table of fixed size whose chains only grow at
 * their head, by one atomic exchange; who loses it looks whether the winner made the same place.
 * What stands at a place is worked out from its parent's real folder, so each real thing is asked
 * of the file system once, and the real path comes with the answer. A folder whose entries are
 * asked for often is listed at once instead. */
#include "resolver/module/place.h"

#include "base/mem.h"
#include "resolver/module/listing.h"
#include "resolver/module/memory.h"

enum {
    BUCKETS = 1 << 15,
    RECENT = 1 << 11,
    LONGEST = 4095, /* PATH_MAX less its NUL */
    LINKS = 40,     /* the kernel's own limit on links in one path */
};

static uint32_t hash_child(const struct cpm_place *folder, struct cpm_str name)
{
    return cpm_memory_hash((uint64_t)(uintptr_t)folder, name);
}

static struct cpm_place *new_place(struct cpm_arena *arena, struct cpm_place *folder,
                                   struct cpm_str name)
{
    size_t slash = folder && folder->path_len > 1, begin = folder ? folder->path_len + slash : 0;
    struct cpm_place *p = cpm_arena_alloc(arena, sizeof(*p) + begin + name.len + 1);

    p->parent = folder ? folder : p;
    if (folder)
        memcpy(p->path, folder->path, folder->path_len);
    if (slash)
        p->path[begin - 1] = '/';
    memcpy(p->path + begin, name.ptr, name.len);
    p->path_len = (uint16_t)(begin + name.len);
    p->name_at = (uint16_t)begin;
    return p;
}

static void make_known(struct cpm_place *p, enum cpm_place_state state)
{
    atomic_store_explicit(&p->real, p, memory_order_relaxed);
    atomic_store_explicit(&p->state, (int)state, memory_order_release);
}

void cpm_places_init(struct cpm_places *places, struct cpm_memory *memory,
                     const struct cpm_resolver_fs *fs)
{
    struct cpm_arena *arena = cpm_memory_borrow(memory);

    places->memory = memory;
    places->fs = *fs;
    places->buckets = cpm_calloc(BUCKETS, sizeof(*places->buckets));
    places->recent = cpm_calloc(RECENT, sizeof(*places->recent));
    cpm_arena_init(&places->tsconfig_arena);
    pthread_mutex_init(&places->tsconfig_lock, NULL);
    atomic_init(&places->tsconfigs, NULL);
    places->root = new_place(arena, NULL, CPM_STR("/"));
    places->nowhere = new_place(arena, NULL, CPM_STR("/"));
    make_known(places->root, CPM_PLACE_FOLDER);
    make_known(places->nowhere, CPM_PLACE_MISSING);
    cpm_memory_return(arena);
}

void cpm_places_release(struct cpm_places *places)
{
    cpm_free(places->buckets);
    cpm_free(places->recent);
    cpm_arena_release(&places->tsconfig_arena);
    pthread_mutex_destroy(&places->tsconfig_lock);
}

/* In a chain as far as `end`. */
static struct cpm_place *find_in(struct cpm_place *p, const struct cpm_place *end,
                                 const struct cpm_place *folder, uint32_t hash, struct cpm_str name)
{
    for (; p != end; p = p->next)
        if (p->hash == hash && p->parent == folder && cpm_str_eq(cpm_place_name(p), name))
            return p;
    return NULL;
}

/* `head`: what the bucket began with when the place was not in it. */
static struct cpm_place *add_place(struct cpm_places *places, struct cpm_place *folder,
                                   struct cpm_str name, uint32_t hash, struct cpm_place *head)
{
    struct cpm_arena *arena = cpm_memory_borrow(places->memory);
    struct cpm_place *p = new_place(arena, folder, name), *known = NULL;
    _Atomic(struct cpm_place *) *bucket = &places->buckets[hash % BUCKETS];

    p->hash = hash;
    p->next = head;
    while (!known && !atomic_compare_exchange_weak_explicit(bucket, &head, p, memory_order_release,
                                                            memory_order_acquire)) {
        known = find_in(head, p->next, folder, hash, name);
        p->next = head;
    }
    cpm_memory_return(arena);
    return known ? known : p;
}

struct cpm_place *cpm_place_child(struct cpm_places *places, struct cpm_place *folder,
                                  struct cpm_str name)
{
    uint32_t hash = hash_child(folder, name);
    struct cpm_place *head =
        atomic_load_explicit(&places->buckets[hash % BUCKETS], memory_order_acquire);
    struct cpm_place *p = find_in(head, NULL, folder, hash, name);

    if (p)
        return p;
    if (folder == places->nowhere || folder->path_len + 1 + name.len > LONGEST)
        return places->nowhere;
    return add_place(places, folder, name, hash, head);
}

struct cpm_place *cpm_place_walk(struct cpm_places *places, struct cpm_place *folder,
                                 struct cpm_str path)
{
    struct cpm_str part;

    if (path.len && path.ptr[0] == '/')
        folder = places->root;
    while (path.len && cpm_str_split(&path, '/', &part)) {
        if (part.len == 0 || cpm_str_is(part, "."))
            continue;
        folder = cpm_str_is(part, "..") ? folder->parent : cpm_place_child(places, folder, part);
    }
    return folder;
}

struct cpm_place *cpm_place_folder(struct cpm_places *places, struct cpm_str path, uint32_t hash)
{
    _Atomic(struct cpm_place *) *slot = &places->recent[hash % RECENT];
    struct cpm_place *p = atomic_load_explicit(slot, memory_order_acquire);

    if (p && cpm_str_eq(cpm_place_path(p), path))
        return p;
    p = cpm_place_walk(places, places->root, path);
    atomic_store_explicit(slot, p, memory_order_release);
    return p;
}

static enum cpm_file_kind probe(struct cpm_places *places, struct cpm_place *p)
{
    enum cpm_file_kind kind;

    if (cpm_listing_is_folder(places, p))
        return CPM_FILE_FOLDER;
    if (cpm_listing_find(places, p->parent, cpm_place_name(p), &kind))
        return kind;
    return places->fs.kind(places->fs.data, p->path);
}

static enum cpm_place_state settle(struct cpm_places *places, struct cpm_place *p, unsigned links);

static enum cpm_place_state settle_as(struct cpm_places *places, struct cpm_place *p,
                                      struct cpm_place *other, unsigned links)
{
    enum cpm_place_state state = settle(places, other, links);
    struct cpm_place *real = p;

    if (state == CPM_PLACE_UNKNOWN)
        return state;
    if (state != CPM_PLACE_MISSING)
        real = atomic_load_explicit(&other->real, memory_order_relaxed);
    atomic_store_explicit(&p->real, real, memory_order_relaxed);
    atomic_store_explicit(&p->state, (int)state, memory_order_release);
    return state;
}

static enum cpm_place_state follow(struct cpm_places *places, struct cpm_place *p, unsigned links)
{
    char text[LONGEST + 1];
    long len = places->fs.read_link(places->fs.data, p->path, text, sizeof(text));

    if (len <= 0 || (size_t)len > LONGEST)
        return make_known(p, CPM_PLACE_MISSING), CPM_PLACE_MISSING;
    return settle_as(places, p, cpm_place_walk(places, p->parent, cpm_str_n(text, (size_t)len)),
                     links + 1);
}

/* UNKNOWN is the answer to a chain of links without end; the first asker makes it MISSING. A path
 * has at most LONGEST / 2 components, which bounds the recursion. */
static enum cpm_place_state settle(struct cpm_places *places, struct cpm_place *p, unsigned links)
{
    enum cpm_place_state state =
        (enum cpm_place_state)atomic_load_explicit(&p->state, memory_order_acquire);
    struct cpm_place *folder;

    if (state != CPM_PLACE_UNKNOWN || links > LINKS)
        return state;
    state = settle(places, p->parent, links);
    if (state == CPM_PLACE_UNKNOWN)
        return state;
    if (state != CPM_PLACE_FOLDER)
        return make_known(p, CPM_PLACE_MISSING), CPM_PLACE_MISSING;
    folder = atomic_load_explicit(&p->parent->real, memory_order_relaxed);
    if (folder != p->parent)
        return settle_as(places, p, cpm_place_child(places, folder, cpm_place_name(p)), links);
    switch (probe(places, p)) {
    case CPM_FILE_LINK:
        return follow(places, p, links);
    case CPM_FILE_FOLDER:
        state = CPM_PLACE_FOLDER;
        break;
    case CPM_FILE_PLAIN:
        state = CPM_PLACE_FILE;
        break;
    default:
        state = CPM_PLACE_MISSING;
    }
    make_known(p, state);
    return state;
}

enum cpm_place_state cpm_place_settle(struct cpm_places *places, struct cpm_place *place)
{
    enum cpm_place_state state = settle(places, place, 0);

    if (state == CPM_PLACE_UNKNOWN) {
        state = CPM_PLACE_MISSING;
        make_known(place, state);
    }
    return state;
}

struct cpm_place *cpm_place_real(struct cpm_places *places, struct cpm_place *place)
{
    cpm_place_settle(places, place);
    return atomic_load_explicit(&place->real, memory_order_relaxed);
}

/* With an index that is known without a place of its own. */
static bool lacks_modules(struct cpm_places *places, struct cpm_place *folder)
{
    enum cpm_file_kind kind;

    return places->index && cpm_place_is_folder(places, folder) &&
           cpm_place_real(places, folder) == folder &&
           cpm_listing_find(places, folder, CPM_STR("node_modules"), &kind) &&
           kind == CPM_FILE_NONE;
}

struct cpm_place *cpm_place_modules(struct cpm_places *places, struct cpm_place *folder)
{
    struct cpm_place *p = atomic_load_explicit(&folder->modules, memory_order_acquire);

    if (!p) {
        p = lacks_modules(places, folder)
                ? places->nowhere
                : cpm_place_child(places, folder, CPM_STR("node_modules"));
        atomic_store_explicit(&folder->modules, p, memory_order_release);
    }
    return p;
}
