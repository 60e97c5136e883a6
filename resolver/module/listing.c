/* The names that the index has of a folder cost one question, so the first one asks whether they
 * are still true. Opening and reading a folder costs about as much as eight, so the ninth lists it.
 * A folder with too many entries is never listed: its listing is the empty one that is marked
 * `refused`. Names stand behind each other in one block, found through a table of offsets. */
#include "resolver/module/listing.h"

#include "base/buf.h"
#include "resolver/module/index.h"
#include "resolver/module/memory.h"

enum {
    ASKS_BEFORE = 8,
    MOST_ENTRIES = 4096,
    MOST_BYTES = 1 << 20,
};

struct cpm_listing {
    const struct cpm_index_folder *indexed; /* NULL, or instead of what follows */
    bool refused;
    uint32_t mask;   /* slots less one; a power of two */
    uint32_t *slots; /* 0, or 1 + offset of an entry in `names` */
    const char *names;
};

/* An entry is its kind, the two bytes of its length, its name. */
struct collector {
    struct cpm_buf names;
    size_t count;
};

static void collect(void *to, const char *name, size_t length, enum cpm_file_kind kind)
{
    struct collector *c = to;
    char head[3] = {(char)kind, (char)(length & 0xFF), (char)(length >> 8)};

    if (length > UINT16_MAX)
        return;
    cpm_buf_add(&c->names, head, sizeof(head));
    cpm_buf_add(&c->names, name, length);
    c->count++;
}

static struct cpm_str entry_name(const char *entry)
{
    return cpm_str_n(entry + 3,
                     (size_t)(unsigned char)entry[1] | (size_t)(unsigned char)entry[2] << 8);
}

static void fill_slots(struct cpm_listing *l, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 3 + entry_name(l->names + at).len) {
        uint32_t slot = cpm_memory_hash(0, entry_name(l->names + at)) & l->mask;

        while (l->slots[slot])
            slot = (slot + 1) & l->mask;
        l->slots[slot] = (uint32_t)at + 1;
    }
}

static struct cpm_listing *make_listing(struct cpm_places *places, struct cpm_place *folder,
                                        struct cpm_arena *arena)
{
    struct cpm_listing *l = CPM_NEW(arena, struct cpm_listing);
    struct collector c = {.names = CPM_BUF_INIT(MOST_BYTES), .count = 0};
    uint32_t slots = 8;

    l->refused = !places->fs.list ||
                 !places->fs.list(places->fs.data, folder->path, MOST_ENTRIES, collect, &c) ||
                 c.names.overflow;
    if (!l->refused) {
        while (slots < c.count * 2)
            slots *= 2;
        l->mask = slots - 1;
        l->slots = CPM_NEW_ARRAY(arena, uint32_t, slots);
        l->names = cpm_arena_strndup(arena, c.names.ptr, c.names.len);
        fill_slots(l, c.names.len);
    }
    cpm_buf_release(&c.names);
    return l;
}

/* NULL when the index does not know the folder as it is now. */
static struct cpm_listing *indexed_listing(struct cpm_places *places, struct cpm_place *folder,
                                           struct cpm_arena *arena)
{
    const struct cpm_index_folder *indexed = cpm_index_find(places->index, folder);
    struct cpm_listing *l;

    if (!indexed || !cpm_index_is_fresh(places->index, indexed))
        return NULL;
    l = CPM_NEW(arena, struct cpm_listing);
    l->indexed = indexed;
    return l;
}

/* One thread reads it; others that ask meanwhile ask the file system for their one name. */
static struct cpm_listing *listing_of(struct cpm_places *places, struct cpm_place *folder)
{
    struct cpm_listing *l = atomic_load_explicit(&folder->list, memory_order_acquire);
    struct cpm_arena *arena;
    unsigned asks;

    if (l)
        return l;
    asks = atomic_fetch_add_explicit(&folder->asks, 1, memory_order_relaxed);
    if (asks != ASKS_BEFORE && (asks || !places->index))
        return NULL;
    arena = cpm_memory_borrow(places->memory);
    l = asks ? make_listing(places, folder, arena) : indexed_listing(places, folder, arena);
    cpm_memory_return(arena);
    if (l)
        atomic_store_explicit(&folder->list, l, memory_order_release);
    return l;
}

bool cpm_listing_is_folder(struct cpm_places *places, struct cpm_place *place)
{
    if (!places->index || atomic_load_explicit(&place->parent->asks, memory_order_relaxed))
        return false; /* one look at the parent's names may have told it, or nothing does */
    return listing_of(places, place) != NULL;
}

bool cpm_listing_find(struct cpm_places *places, struct cpm_place *folder, struct cpm_str name,
                      enum cpm_file_kind *kind)
{
    const struct cpm_listing *l = listing_of(places, folder);
    uint32_t slot;

    if (!l || l->refused)
        return false;
    if (l->indexed) {
        *kind = cpm_index_kind(places->index, l->indexed, name);
        return true;
    }
    *kind = CPM_FILE_NONE;
    for (slot = cpm_memory_hash(0, name) & l->mask; l->slots[slot]; slot = (slot + 1) & l->mask) {
        const char *entry = l->names + l->slots[slot] - 1;

        if (cpm_str_eq(entry_name(entry), name)) {
            *kind = (enum cpm_file_kind)entry[0];
            return *kind != CPM_FILE_NONE;
        }
    }
    return true;
}
