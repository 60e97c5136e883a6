/* The store's index tells where package.json files lie, so that no folder is listed. */
#include "install/contents.h"

#include "base/fs.h"
#include "install/store_entry.h"

#include <errno.h>
#include <unistd.h>

enum { MANIFEST_MAX = 16 << 20, SHRINKWRAP_MAX = 256 << 20 };

#define SHRINKWRAP "npm-shrinkwrap.json"

struct reading {
    const struct cpm_lock_source *src;
    const struct cpm_store_index *index;
    int dir;
    struct cpm_lock *lock;
};

/* The package.json of a bundled package: not a link, not below something that is no package. */
static bool is_package(struct reading *r, const struct cpm_store_index_file *file,
                       struct cpm_str *location)
{
    *location = cpm_store_index_str(r->index, r->index->dirs[file->dir].path);
    return cpm_str_is(cpm_store_index_str(r->index, file->name), "package.json") &&
           cpm_str_starts(*location, "node_modules/") && !cpm_location_is_top(*location) &&
           cpm_location_safe(*location);
}

static int read_file(struct reading *r, uint32_t file, size_t max, struct cpm_str *text,
                     struct cpm_error *err)
{
    char name[CPM_STORE_FILE_NAME];

    cpm_store_file_name(file, name);
    return cpm_fs_read_at(r->dir, name, max, r->src->arena, text, err);
}

static const struct cpm_manifest *read_manifest(struct reading *r, uint32_t file,
                                                struct cpm_str location)
{
    const struct cpm_manifest_source ms = {
        .names = r->src->names, .arena = r->src->arena, .from = CPM_MANIFEST_DIRECTORY};
    const char *path = cpm_arena_printf(r->src->arena, "%.*s/package.json", CPM_STR_ARG(location));
    struct cpm_manifest *m = CPM_NEW(r->src->arena, struct cpm_manifest);
    struct cpm_jsonread json;
    struct cpm_str text;
    int rc = read_file(r, file, MANIFEST_MAX, &text, NULL);

    if (rc < 0)
        return NULL;
    cpm_jsonread_init(&json, text, path, r->src->arena);
    rc = cpm_manifest_read(&json, &ms, m);
    return cpm_jsonread_finish(&json, NULL) < 0 || rc < 0 ? NULL : m;
}

static void add_package(struct reading *r, uint32_t file, struct cpm_str location)
{
    struct cpm_lock_entry *e = &r->lock->entries[r->lock->count];

    e->location = cpm_arena_str(r->src->arena, location);
    e->manifest = read_manifest(r, file, location);
    e->in_bundle = true;
    r->lock->count += e->manifest != NULL;
}

static void read_bundle(struct reading *r)
{
    size_t room = 0;
    struct cpm_str location;

    for (uint32_t i = 0; i < r->index->file_count; i++)
        room += is_package(r, &r->index->files[i], &location);
    r->lock->entries = CPM_NEW_ARRAY(r->src->arena, struct cpm_lock_entry, room + 1);
    for (uint32_t i = 0; i < r->index->file_count; i++)
        if (is_package(r, &r->index->files[i], &location))
            add_package(r, i, location);
}

static int read_shrinkwrap(struct reading *r, struct cpm_error *err)
{
    int64_t file = cpm_store_index_find(r->index, cpm_str(SHRINKWRAP));
    struct cpm_str text;
    int rc;

    if (file < 0)
        return cpm_error_set(err, CPM_ENOENT, "the package has no " SHRINKWRAP);
    rc = read_file(r, (uint32_t)file, SHRINKWRAP_MAX, &text, err);
    return rc < 0 ? rc : cpm_lock_read(text, SHRINKWRAP, r->src, r->lock, err);
}

int cpm_contents_read(const struct cpm_store_entry *entry, bool shrinkwrapped,
                      const struct cpm_lock_source *src, const struct cpm_lock **out,
                      struct cpm_error *err)
{
    struct reading r = {.src = src,
                        .index = cpm_store_entry_index(entry),
                        .dir = cpm_store_entry_open(entry),
                        .lock = CPM_NEW(src->arena, struct cpm_lock)};
    int rc = 0;

    if (r.dir < 0)
        return cpm_error_sys(err, errno, "open a package of the store");
    if (shrinkwrapped)
        rc = read_shrinkwrap(&r, err);
    else
        read_bundle(&r);
    close(r.dir);
    *out = r.lock;
    return rc;
}
