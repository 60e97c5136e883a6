/* Folders are walked like npm walks them: each node_modules once, a link's target after the link,
 * what is a dot name or a file never. A real path is one entry however many links lead to it. */
#include "install/actual.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/grow.h"
#include "base/map.h"
#include "base/path.h"
#include "install/yarn_file.h"

#include <dirent.h>
#include <stdlib.h>

#define MANIFEST_MAX (16u << 20)
#define LOCK_MAX     (256u << 20)
#define DEPTH_MAX    256

struct scan {
    const struct cpm_actual_source *src;
    struct cpm_lock *out;
    size_t cap;
    struct cpm_map locations; /* of the entries so far */
    unsigned depth;
};

static const struct cpm_manifest *empty_manifest(struct cpm_arena *arena)
{
    return CPM_NEW(arena, struct cpm_manifest);
}

int cpm_actual_manifest(const struct cpm_actual_source *src, const char *dir,
                        const struct cpm_manifest **out, struct cpm_error *err)
{
    struct cpm_jsonread r;
    struct cpm_str text;
    struct cpm_manifest *m = CPM_NEW(src->arena, struct cpm_manifest);
    struct cpm_manifest_source ms = {
        .names = src->names, .arena = src->arena, .from = CPM_MANIFEST_DIRECTORY};
    const char *file = cpm_path_join(src->arena, dir, "package.json");
    *out = empty_manifest(src->arena);
    int rc = cpm_fs_read(file, MANIFEST_MAX, src->arena, &text, err);
    if (rc < 0)
        return rc;
    cpm_jsonread_init(&r, text, file, src->arena);
    int read = cpm_manifest_read(&r, &ms, m);
    rc = cpm_jsonread_finish(&r, err);
    if (rc == 0 && read < 0)
        rc = cpm_error_set(err, CPM_EJSONPARSE, "'%s' holds no object", file);
    if (rc == 0)
        *out = m;
    return rc;
}

static struct cpm_lock_entry *add_entry(struct scan *s, const char *location)
{
    s->out->entries = cpm_arena_grow(s->src->arena, s->out->entries, s->out->count, &s->cap,
                                     sizeof(*s->out->entries));
    struct cpm_lock_entry *e = &s->out->entries[s->out->count++];
    e->location = cpm_str(location);
    cpm_map_set(&s->locations, e->location, s->out);
    return e;
}

static void scan_modules(struct scan *s, const char *dir, const char *location);

/* An entry for a real folder, and what is below it. */
static void add_folder(struct scan *s, const char *dir, const char *location)
{
    if (cpm_map_get(&s->locations, cpm_str(location)) || s->depth >= DEPTH_MAX)
        return;
    const struct cpm_manifest *manifest;
    cpm_actual_manifest(s->src, dir, &manifest, NULL);
    struct cpm_lock_entry *e = add_entry(s, location);
    e->manifest = manifest;
    if (manifest->name && !cpm_str_eq(cpm_name_str(manifest->name), cpm_location_name(e->location)))
        e->name = manifest->name;
    s->depth++;
    scan_modules(s, dir, location);
    s->depth--;
}

static const char *dead_target(struct scan *s, const char *path)
{
    struct cpm_str dir = cpm_str(path);
    const char *text = cpm_fs_readlink(s->src->arena, path);
    const char *above = cpm_arena_strndup(s->src->arena, path, cpm_str_rchr(dir, '/'));
    return cpm_path_relative(s->src->arena, s->src->path,
                             cpm_path_resolve(s->src->arena, above, text ? text : ""));
}

static void add_link(struct scan *s, const char *path, const char *location)
{
    const char *real = cpm_fs_realpath(s->src->arena, path, NULL);
    bool leads = real && cpm_fs_is_dir(real);
    if (!leads && !s->src->dead_links)
        return;
    const char *target =
        leads ? cpm_path_relative(s->src->arena, s->src->path, real) : dead_target(s, path);
    struct cpm_lock_entry *e = add_entry(s, location);
    e->link = true;
    e->resolved = cpm_str(target);
    if (leads && *target)
        add_folder(s, real, target);
}

static void add_child(struct scan *s, const char *dir, const char *location, const char *name)
{
    struct stat st;
    const char *path = cpm_path_join(s->src->arena, dir, name);
    const char *at = cpm_arena_printf(s->src->arena, "%s/%s", location, name);
    if (lstat(path, &st) != 0)
        return;
    if (S_ISLNK(st.st_mode))
        add_link(s, path, at);
    else if (S_ISDIR(st.st_mode))
        add_folder(s, path, at);
}

static int compare_names(const void *a, const void *b)
{
    return cpm_collate(cpm_str(*(const char *const *)a), cpm_str(*(const char *const *)b));
}

/* The names in a folder without dot names, in npm's order; NULL-ended. */
static const char **list_names(struct cpm_arena *arena, const char *path)
{
    size_t n = 0, cap = 16;
    const char **names = CPM_NEW_ARRAY(arena, const char *, cap + 1);
    DIR *dir = opendir(path);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        if (d->d_name[0] == '.')
            continue;
        if (n == cap) {
            const char **more = CPM_NEW_ARRAY(arena, const char *, cap * 2 + 1);
            memcpy(more, names, n * sizeof(*names));
            names = more;
            cap *= 2;
        }
        names[n++] = cpm_arena_strndup(arena, d->d_name, strlen(d->d_name));
    }
    if (dir)
        closedir(dir);
    qsort(names, n, sizeof(*names), compare_names);
    names[n] = NULL;
    return names;
}

static void scan_modules(struct scan *s, const char *dir, const char *location)
{
    struct cpm_arena *arena = s->src->arena;
    const char *modules = cpm_path_join(arena, dir, "node_modules");
    const char *at =
        *location ? cpm_arena_printf(arena, "%s/node_modules", location) : "node_modules";
    for (const char **name = list_names(arena, modules); *name; name++) {
        if (**name != '@') {
            add_child(s, modules, at, *name);
            continue;
        }
        const char *scope = cpm_path_join(arena, modules, *name);
        for (const char **sub = list_names(arena, scope); *sub; sub++)
            add_child(s, modules, at, cpm_arena_printf(arena, "%s/%s", *name, *sub));
    }
}

/* One place of the linked strategy's .store: not met on the way when nothing links to it. */
static void scan_container(struct scan *s, const char *key)
{
    struct cpm_arena *arena = s->src->arena;
    const char *location = cpm_arena_printf(arena, "node_modules/.store/%s", key);
    add_entry(s, location)->manifest = empty_manifest(arena);
    scan_modules(s, cpm_path_join(arena, s->src->path, location), location);
}

static void scan_store(struct scan *s)
{
    struct cpm_arena *arena = s->src->arena;
    const char *store = cpm_path_join(arena, s->src->path, "node_modules/.store");
    for (const char **name = list_names(arena, store); *name; name++) {
        if (**name != '@') {
            scan_container(s, *name);
            continue;
        }
        for (const char **sub = list_names(arena, cpm_path_join(arena, store, *name)); *sub; sub++)
            scan_container(s, cpm_arena_printf(arena, "%s/%s", *name, *sub));
    }
}

static int read_lock(const struct cpm_actual_source *src, const char *name, struct cpm_lock *out)
{
    struct cpm_lock_source ls = {.names = src->names, .arena = src->arena, .root = src->path};
    struct cpm_str text;
    const char *file = cpm_path_join(src->arena, src->path, name);
    if (cpm_fs_read(file, LOCK_MAX, src->arena, &text, NULL) < 0 ||
        cpm_lock_read(text, file, &ls, out, NULL) < 0)
        return CPM_ENOLOCK;
    return 0;
}

void cpm_actual_read_targets(const struct cpm_actual_source *src, struct cpm_lock *lock)
{
    struct cpm_map places = CPM_MAP_INIT;
    for (size_t i = 0; i < lock->count; i++)
        cpm_map_set(&places, lock->entries[i].location, &lock->entries[i]);
    for (size_t i = 0; i < lock->count; i++) {
        const struct cpm_lock_entry *link = &lock->entries[i];
        struct cpm_lock_entry *to = link->link ? cpm_map_get(&places, link->resolved) : NULL;
        const struct cpm_manifest *manifest;
        if (!to || to->location.len == 0 || !cpm_location_is_top(to->location))
            continue;
        const char *location = cpm_arena_str(src->arena, to->location).ptr;
        if (cpm_actual_manifest(src, cpm_path_resolve(src->arena, src->path, location), &manifest,
                                NULL) == 0)
            to->manifest = manifest;
    }
    cpm_map_release(&places);
}

/* The hidden lock's entries behind the root's. */
static bool take_hidden(const struct cpm_actual_source *src, const struct cpm_lock_entry *root,
                        struct cpm_lock *out)
{
    struct cpm_lock hidden = {0};
    if (src->global || src->folders_only ||
        read_lock(src, "node_modules/.package-lock.json", &hidden) < 0 ||
        !cpm_actual_hidden_is_current(src->path, &hidden))
        return false;
    out->entries = CPM_NEW_ARRAY(src->arena, struct cpm_lock_entry, hidden.count + 1);
    out->entries[out->count++] = *root;
    for (size_t i = 0; i < hidden.count; i++)
        if (hidden.entries[i].location.len)
            out->entries[out->count++] = hidden.entries[i];
    cpm_actual_read_targets(src, out);
    return true;
}

static bool same_version(const struct cpm_lock_entry *a, const struct cpm_lock_entry *b)
{
    return a->manifest && b->manifest && a->manifest->version == b->manifest->version;
}

/* Where things came from is in no folder; the lock may know. */
static void fill_from_lock(const struct cpm_actual_source *src, struct cpm_lock *out)
{
    struct cpm_lock lock = {0};
    struct cpm_map by_location = CPM_MAP_INIT;
    if (src->global || (read_lock(src, "npm-shrinkwrap.json", &lock) < 0 &&
                        read_lock(src, "package-lock.json", &lock) < 0))
        return;
    for (size_t i = 0; i < lock.count; i++)
        cpm_map_set(&by_location, lock.entries[i].location, &lock.entries[i]);
    for (size_t i = 1; i < out->count; i++) {
        struct cpm_lock_entry *e = &out->entries[i];
        const struct cpm_lock_entry *known = cpm_map_get(&by_location, e->location);
        if (!known || e->link || !same_version(e, known))
            continue;
        e->resolved = known->resolved;
        e->integrity = known->integrity;
    }
    cpm_map_release(&by_location);
}

static void fill_from_yarn(const struct cpm_actual_source *src, struct cpm_lock *out)
{
    struct cpm_yarn_file yarn;

    if (!src->global && cpm_yarn_file_read(&yarn, src->path, src->arena, NULL) == 0)
        cpm_yarn_file_complete(&yarn, out, src->arena);
}

int cpm_actual_read(const struct cpm_actual_source *src, struct cpm_lock *out, bool *from_hidden,
                    struct cpm_error *err)
{
    struct cpm_lock_entry root = {.manifest = empty_manifest(src->arena)};
    struct scan s = {.src = src, .out = out};
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = src->global ? 0 : cpm_actual_manifest(src, src->path, &root.manifest, &fault);
    *out = (struct cpm_lock){.lockfile_version = 3};
    if (rc < 0 && rc != CPM_ENOENT) {
        if (err)
            *err = fault;
        return rc;
    }
    out->name = cpm_name_str(root.manifest->name);
    out->version = cpm_name_str(root.manifest->version);
    bool hidden = take_hidden(src, &root, out);
    if (from_hidden)
        *from_hidden = hidden;
    if (hidden)
        return 0;
    *add_entry(&s, "") = root;
    out->entries[0].location = CPM_STR("");
    scan_modules(&s, src->path, "");
    if (!src->global)
        scan_store(&s);
    for (const char *const *folder = src->folders; folder && *folder; folder++)
        add_folder(&s, cpm_path_join(src->arena, src->path, *folder), *folder);
    fill_from_lock(src, out);
    fill_from_yarn(src, out);
    cpm_map_release(&s.locations);
    return 0;
}
