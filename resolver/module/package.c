/* Node's reader of package.json is on-demand: it wants an object whose fields can be told apart and
 * takes no notice of what a field holds that it does not know. Ours reads the whole text by JSON's
 * grammar, in one pass, and keeps what resolution needs in the resolver's memory. */
#include "resolver/module/package.h"

#include "base/jsonread.h"
#include "base/mem.h"
#include "resolver/module/index.h"
#include "resolver/module/listing.h"
#include "resolver/module/memory.h"

enum { FIRST_READ = 16 << 10, MOST_BYTES = 16 << 20 };

/* Strings are copied out of the text that was read: most of a package.json is never asked for. */
static void keep_strings(struct cpm_arena *arena, struct cpm_value *v)
{
    if (v->text.ptr)
        v->text = cpm_arena_str(arena, v->text);
    for (uint32_t i = 0; i < v->count; i++) {
        if (v->keys)
            v->keys[i] = cpm_arena_str(arena, v->keys[i]);
        keep_strings(arena, &v->items[i]);
    }
}

static const struct cpm_value *keep(struct cpm_arena *arena, const struct cpm_value *value)
{
    struct cpm_value *copy = CPM_NEW(arena, struct cpm_value);

    *copy = *value;
    keep_strings(arena, copy);
    return copy;
}

/* Node takes the last of duplicate fields, and only when it is of a fitting type; a name or type
 * that is no string is an invalid file. */
static void take_field(struct cpm_package *p, struct cpm_arena *arena, struct cpm_str key,
                       const struct cpm_value *v)
{
    bool string = v->type == CPM_VALUE_STRING, object = v->type == CPM_VALUE_OBJECT;

    if (cpm_str_is(key, "name")) {
        p->invalid = p->invalid || !string;
        p->name = string ? cpm_arena_str(arena, v->text) : CPM_STR_NONE;
    } else if (cpm_str_is(key, "type")) {
        p->invalid = p->invalid || !string;
        if (cpm_str_is(v->text, "module"))
            p->type = CPM_PACKAGE_MODULE;
        else if (cpm_str_is(v->text, "commonjs"))
            p->type = CPM_PACKAGE_COMMONJS;
    } else if (cpm_str_is(key, "main") && string) {
        p->main = cpm_arena_str(arena, v->text);
    } else if (cpm_str_is(key, "exports") && (string || object || v->type == CPM_VALUE_ARRAY)) {
        p->exports = keep(arena, v);
    } else if (cpm_str_is(key, "imports") && object) {
        p->imports = keep(arena, v);
    }
}

static bool is_wanted(struct cpm_str key)
{
    static const char *const wanted[] = {"name", "main", "type", "exports", "imports"};

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (cpm_str_is(key, wanted[i]))
            return true;
    return false;
}

void cpm_description_parse(struct cpm_package *p, struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_jsonread json;
    struct cpm_value v;
    struct cpm_str key;

    cpm_jsonread_init(&json, text, "package.json", arena);
    p->invalid = !cpm_jsonread_object(&json);
    if (p->invalid)
        return;
    while (cpm_jsonread_key(&json, &key)) {
        if (is_wanted(key)) {
            cpm_value_read(&json, &v);
            take_field(p, arena, key, &v);
        } else {
            cpm_jsonread_skip(&json);
        }
    }
    p->invalid = p->invalid || json.fault;
}

static void parse_whole(struct cpm_package *p, struct cpm_arena *arena, struct cpm_str text)
{
    p->whole = cpm_value_parse(arena, text);
    p->invalid = !p->whole || p->whole->type != CPM_VALUE_OBJECT;
    for (uint32_t i = 0; !p->invalid && i < p->whole->count; i++)
        take_field(p, arena, p->whole->keys[i], &p->whole->items[i]);
}

static void parse(struct cpm_places *places, struct cpm_package *p, struct cpm_arena *arena,
                  struct cpm_str text)
{
    if (places->whole_packages)
        parse_whole(p, arena, cpm_arena_str(arena, text));
    else
        cpm_description_parse(p, arena, text);
}

/* A file that does not fit into the first buffer is read again. */
static bool read_large(struct cpm_places *places, struct cpm_package *p, struct cpm_arena *arena,
                       size_t size)
{
    char *bytes = cpm_alloc(size);
    bool whole = places->fs.read(places->fs.data, p->path, bytes, size) == (long)size;

    if (whole)
        parse(places, p, arena, cpm_str_n(bytes, size));
    cpm_free(bytes);
    return whole;
}

const char *cpm_package_path(struct cpm_arena *arena, const struct cpm_place *folder)
{
    struct cpm_str path = folder->path_len > 1 ? cpm_place_path(folder) : CPM_STR("");

    return CPM_CONCAT(arena, path, CPM_STR("/package.json")).ptr;
}

static struct cpm_package *read_package(struct cpm_places *places, struct cpm_place *folder,
                                        struct cpm_arena *arena)
{
    struct cpm_package *p = CPM_NEW(arena, struct cpm_package);
    char first[FIRST_READ];
    long size;

    p->path = cpm_package_path(arena, folder);
    size = places->fs.read(places->fs.data, p->path, first, sizeof(first));
    p->exists = size >= 0;
    p->invalid = size > MOST_BYTES; /* nothing that calls itself so is a package.json */
    if (size >= 0 && size <= (long)sizeof(first))
        parse(places, p, arena, cpm_str_n(first, (size_t)size));
    else if (p->exists && !p->invalid)
        p->exists = read_large(places, p, arena, (size_t)size);
    return p;
}

static struct cpm_package *indexed_package(struct cpm_places *places, struct cpm_place *folder,
                                           struct cpm_arena *arena)
{
    const struct cpm_index_folder *indexed;
    struct cpm_package *p;

    if (!places->index || places->whole_packages)
        return NULL;
    indexed = cpm_index_find(places->index, folder);
    if (!indexed || !indexed->package_at)
        return NULL;
    p = CPM_NEW(arena, struct cpm_package);
    p->exists = true;
    p->path = cpm_package_path(arena, folder);
    return cpm_index_package(places->index, indexed, p, arena) ? p : NULL;
}

/* True when a listing says that the file is not there, which saves the attempt to open it. */
static bool known_missing(struct cpm_places *places, struct cpm_place *folder)
{
    enum cpm_file_kind kind;

    return cpm_listing_find(places, folder, CPM_STR("package.json"), &kind) &&
           kind == CPM_FILE_NONE;
}

static const struct cpm_package none;

/* From the index, which spares the reading and a look at the folder's names; or from the file. */
static struct cpm_package *load_package(struct cpm_places *places, struct cpm_place *folder)
{
    struct cpm_arena *arena = cpm_memory_borrow(places->memory);
    struct cpm_package *p = indexed_package(places, folder, arena);

    if (!p)
        p = known_missing(places, folder) ? (struct cpm_package *)&none
                                          : read_package(places, folder, arena);
    cpm_memory_return(arena);
    return p;
}

const struct cpm_package *cpm_package_in(struct cpm_places *places, struct cpm_place *folder)
{
    struct cpm_package *p = atomic_load_explicit(&folder->owned, memory_order_acquire);
    struct cpm_package *first = NULL;

    if (p)
        return p;
    if (!cpm_place_is_folder(places, folder))
        return &none;
    if (cpm_place_real(places, folder) != folder)
        return cpm_package_in(places, cpm_place_real(places, folder));
    p = load_package(places, folder);
    if (atomic_compare_exchange_strong_explicit(&folder->owned, &first, p, memory_order_acq_rel,
                                                memory_order_acquire))
        return p;
    return first; /* another thread was quicker */
}

const struct cpm_package *cpm_package_above(struct cpm_places *places, struct cpm_place **folder)
{
    for (struct cpm_place *f = *folder;; f = f->parent) {
        const struct cpm_package *p;

        if (cpm_str_is(cpm_place_name(f), "node_modules"))
            return NULL;
        p = cpm_package_in(places, f);
        if (p->exists) {
            *folder = f;
            return p;
        }
        if (f == f->parent)
            return NULL;
    }
}
