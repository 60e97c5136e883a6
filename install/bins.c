#include "install/bins.h"

#include "base/collate.h"
#include "base/path.h"
#include "install/bin_dir.h"
#include "install/generation.h"
#include "install/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* For each node_modules folder the wanted links are gathered in one map, in npm's order of paths,
 * where the first package that names a command keeps it (npm's bin-links remembers what it has
 * seen). Then the folder of links is made equal to the map. */

/* Commands that other programs start by name: a dependency of a dependency must not stand in their
 * place on every script's PATH. */
static const char *const reserved[] = {"node", "nodejs", "npm", "npx", "cpm",  "cpx",
                                       "sh",   "bash",   "env", "git", "sudo", "ssh"};

struct gathering {
    const struct cpm_bins *bins;
    struct cpm_map entries; /* of the ideal lock, by location: for the targets of links */
    struct cpm_map *wanted; /* command -> link text, of the folder at hand */
};

static bool is_direct(const struct cpm_lock *ideal, struct cpm_str location)
{
    const struct cpm_manifest *root = ideal->count ? ideal->entries[0].manifest : NULL;
    struct cpm_str name = cpm_location_name(location);

    if (!root || ideal->entries[0].location.len ||
        location.len != name.len + strlen("node_modules/"))
        return false;
    for (int g = 0; g < CPM_DEPS_COUNT; g++)
        for (uint32_t i = 0; i < root->deps[g].n; i++)
            if (cpm_str_eq(cpm_name_str(root->deps[g].v[i].name), name))
                return true;
    return false;
}

static bool is_usable_name(struct cpm_str name)
{
    return name.len && !cpm_str_is(name, ".") && !cpm_str_is(name, "..") &&
           cpm_str_chr(name, '/') == CPM_NPOS && cpm_str_chr(name, '\\') == CPM_NPOS;
}

static bool is_reserved(struct cpm_str name)
{
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
        if (cpm_str_is(name, reserved[i]))
            return true;
    return false;
}

static void warn(const struct gathering *g, const struct cpm_plan_node *node, const char *text)
{
    if (g->bins->warn)
        g->bins->warn(g->bins->data, cpm_location_name(node->entry->location), text);
}

/* A command file that is not executable: store files are shared by links, so the package gets a
 * copy of its own before the mode changes; so does one whose file is another user's. */
static void make_executable(const struct gathering *g, int dir, const char *name,
                            const struct stat *st)
{
    unsigned mode = 0777 & ~cpm_umask_get();
    const char *temp = cpm_arena_printf(g->bins->arena, "bin-%s", name);
    int stage = g->bins->modules->stage;

    if (st->st_nlink == 1 && fchmodat(dir, name, mode, 0) == 0)
        return;
    unlinkat(stage, temp, 0);
    *g->bins->copied = true;
    if (cpm_copy_file(dir, name, stage, temp, 0755, CPM_LINK_COPY) == 0)
        renameat(stage, temp, dir, name);
}

/* The file must lie in the package, be a regular file, and not be reached through a link. */
static bool target_is_good(const struct gathering *g, struct cpm_str folder, struct cpm_str path)
{
    struct cpm_arena *arena = g->bins->arena;
    const char *whole =
        cpm_arena_printf(arena, "%.*s/%.*s", CPM_STR_ARG(folder), CPM_STR_ARG(path));
    const char *name = cpm_arena_str(arena, cpm_location_base(cpm_str(whole))).ptr;
    int dir = cpm_modules_open_dir(g->bins->modules, cpm_location_parent(cpm_str(whole)));
    struct stat st;
    bool good =
        dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);

    if (good && !(st.st_mode & 0100))
        make_executable(g, dir, name, &st);
    if (dir >= 0)
        close(dir);
    return good;
}

static const char *text_of_link(const struct gathering *g, struct cpm_str location,
                                const char *path)
{
    struct cpm_arena *arena = g->bins->arena;
    struct cpm_str parent = cpm_location_parent(location);
    const char *root = g->bins->modules->path;

    if (cpm_str_starts(cpm_location_base(parent), "@"))
        parent = cpm_location_parent(parent);
    return cpm_path_relative(
        arena,
        g->bins->global_dir ? g->bins->global_dir
                            : cpm_arena_printf(arena, "%s/%.*s/.bin", root, CPM_STR_ARG(parent)),
        cpm_arena_printf(arena, "%s/%.*s/%s", root, CPM_STR_ARG(location), path));
}

static void want(struct gathering *g, const struct cpm_plan_node *node, struct cpm_str name,
                 struct cpm_str raw)
{
    struct cpm_arena *arena = g->bins->arena;
    struct cpm_str location = node->entry->location;
    const char *path = cpm_path_normalize(arena, raw);

    if (!is_usable_name(name) || cpm_map_get(g->wanted, name))
        return;
    if (path[0] == '/' || cpm_str_starts(cpm_str(path), "..")) {
        warn(g, node, "a command that lies outside of the package is not linked");
        return;
    }
    if (!g->bins->global_dir && is_reserved(name) && !is_direct(g->bins->ideal, location)) {
        warn(g, node,
             cpm_arena_printf(arena, "the command '%.*s' of an indirect dependency is not linked",
                              CPM_STR_ARG(name)));
        return;
    }
    if (target_is_good(g, node->link ? node->entry->resolved : location, cpm_str(path)))
        cpm_map_set(g->wanted, cpm_arena_str(arena, name), (void *)text_of_link(g, location, path));
}

static void want_all(struct gathering *g, const struct cpm_plan_node *node, struct cpm_str raw)
{
    struct cpm_jsonread r;
    struct cpm_str name, path;

    cpm_jsonread_init(&r, raw, "bin", g->bins->arena);
    if (!cpm_jsonread_object(&r))
        return;
    while (cpm_jsonread_key(&r, &name))
        if (cpm_jsonread_str(&r, &path))
            want(g, node, name, path);
}

/* directories.bin is only known from the unpacked package. */
static struct cpm_str bins_of_store(const struct gathering *g, const struct cpm_plan_node *node)
{
    struct cpm_str key, raw = CPM_STR_NONE;
    struct cpm_jsonread r;

    if (!node->store)
        return raw;
    cpm_jsonread_init(&r, cpm_store_entry_manifest(node->store), "package.json", g->bins->arena);
    if (!cpm_jsonread_object(&r))
        return raw;
    while (cpm_jsonread_key(&r, &key))
        if (cpm_str_is(key, "bin"))
            raw = cpm_jsonread_raw(&r);
        else
            cpm_jsonread_skip(&r);
    return raw;
}

static void gather_node(struct gathering *g, const struct cpm_plan_node *node)
{
    const struct cpm_lock_entry *e = node->entry;
    struct cpm_str raw = CPM_STR_NONE;

    if (node->link)
        e = cpm_map_get(&g->entries, e->resolved);
    if (e && e->manifest)
        raw = e->manifest->raw[CPM_RAW_BIN];
    if (!raw.len && e && e->manifest && e->manifest->has_bin_dir)
        raw = bins_of_store(g, node);
    if (raw.len)
        want_all(g, node, raw);
}

/* The node_modules folder that a location lies in. */
static struct cpm_str modules_of(struct cpm_str location)
{
    struct cpm_str parent = cpm_location_parent(location);

    return cpm_str_starts(cpm_location_base(parent), "@") ? cpm_location_parent(parent) : parent;
}

static int by_folder(const void *a, const void *b)
{
    const struct cpm_plan_node *x = *(const struct cpm_plan_node *const *)a;
    const struct cpm_plan_node *y = *(const struct cpm_plan_node *const *)b;
    int order = cpm_str_cmp(modules_of(x->entry->location), modules_of(y->entry->location));

    return order ? order : cpm_collate(x->entry->location, y->entry->location);
}

static int link_folder(struct gathering *g, struct cpm_str modules, struct cpm_error *err)
{
    const struct cpm_bins *bins = g->bins;
    struct cpm_bin_dir dir = {.modules = bins->modules,
                              .arena = bins->arena,
                              .wanted = g->wanted,
                              .force = bins->force,
                              .changes = bins->changes,
                              .global = bins->global_dir};

    dir.location = cpm_str(cpm_arena_printf(bins->arena, "%.*s/.bin", CPM_STR_ARG(modules)));
    return cpm_bin_dir_make(&dir, err);
}

/* The folders that lost all their packages still have links to them. */
static int clean_removed(struct gathering *g, struct cpm_error *err)
{
    const struct cpm_plan *plan = g->bins->plan;
    int rc = 0;

    for (uint32_t i = 0; i < plan->removed_count && rc == 0; i++) {
        struct cpm_map none = CPM_MAP_INIT;
        struct cpm_str modules = modules_of(plan->removed[i]);
        bool has_nodes = false;

        for (uint32_t n = 0; n < plan->count && !has_nodes; n++)
            has_nodes = cpm_str_eq(modules_of(plan->nodes[n].entry->location), modules);
        if (has_nodes)
            continue;
        g->wanted = &none;
        rc = link_folder(g, modules, err);
    }
    return rc;
}

static int link_folders(struct gathering *g, const struct cpm_plan_node **nodes, uint32_t count,
                        struct cpm_error *err)
{
    int rc = 0;

    for (uint32_t i = 0; i < count && rc == 0;) {
        struct cpm_str modules = modules_of(nodes[i]->entry->location);
        struct cpm_map wanted = CPM_MAP_INIT;

        g->wanted = &wanted;
        for (; i < count && cpm_str_eq(modules_of(nodes[i]->entry->location), modules); i++)
            gather_node(g, nodes[i]);
        if (!g->bins->global_dir || cpm_str_is(modules, "node_modules"))
            rc = link_folder(g, modules, err);
        cpm_map_release(&wanted);
    }
    return rc;
}

int cpm_bins_link(const struct cpm_bins *bins, struct cpm_error *err)
{
    struct gathering g = {.bins = bins};
    const struct cpm_plan_node **nodes =
        CPM_NEW_ARRAY(bins->arena, const struct cpm_plan_node *, bins->plan->count + 1);
    int rc;

    for (size_t i = 0; i < bins->ideal->count; i++)
        cpm_map_set(&g.entries, bins->ideal->entries[i].location, &bins->ideal->entries[i]);
    for (uint32_t i = 0; i < bins->plan->count; i++)
        nodes[i] = &bins->plan->nodes[i];
    qsort(nodes, bins->plan->count, sizeof(nodes[0]), by_folder);
    rc = link_folders(&g, nodes, bins->plan->count, err);
    if (rc == 0)
        rc = clean_removed(&g, err);
    cpm_map_release(&g.entries);
    return rc;
}
