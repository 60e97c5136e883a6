/* Is the hidden lock still what is on disk? Every folder is visited and must be an entry, be no
 * newer than the lock, and every entry must be met: npm's assertNoNewer. Dot folders are left
 * out; the places of the linked strategy's .store are visited one by one. */
#include "install/actual.h"

#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"

#include <dirent.h>

#define SLACK_NS  10000000 /* npm writes the lock within 10 ms of the last folder */
#define DEPTH_MAX 256

struct check {
    struct cpm_arena arena;
    const char *path;
    struct cpm_map entries; /* locations of the lock */
    struct cpm_map seen;
    int64_t lock_time; /* ns */
    unsigned depth;
};

/* The sets map to something that is not NULL; nobody reads it. */
static void set_add(struct cpm_map *set, struct cpm_str key)
{
    cpm_map_set(set, key, set);
}

static int64_t mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static bool visit(struct check *c, const char *dir);

static struct cpm_str relative_to_project(struct check *c, const char *path)
{
    return cpm_str(cpm_path_relative(&c->arena, c->path, path));
}

static bool visit_link(struct check *c, const char *parent, const char *child)
{
    struct stat st;
    const char *text = cpm_fs_readlink(&c->arena, child);
    const char *target = cpm_path_resolve(&c->arena, parent, text ? text : "");
    set_add(&c->seen, relative_to_project(c, child));
    if (stat(target, &st) != 0 || !S_ISDIR(st.st_mode))
        return true;
    return cpm_map_get(&c->seen, relative_to_project(c, target)) || visit(c, target);
}

static bool visit_children(struct check *c, const char *parent)
{
    DIR *dir = opendir(parent);
    bool ok = true;
    if (!dir)
        return true;
    for (struct dirent *d; ok && (d = readdir(dir));) {
        const char *child;
        struct stat st;
        if (d->d_type == DT_REG || strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
            continue;
        child = cpm_path_join(&c->arena, parent, d->d_name);
        if (lstat(child, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && d->d_name[0] != '.')
            ok = visit(c, child);
        else if (S_ISLNK(st.st_mode))
            ok = visit_link(c, parent, child);
    }
    closedir(dir);
    return ok;
}

static bool visit(struct check *c, const char *dir)
{
    struct stat st;
    struct cpm_str rel = relative_to_project(c, dir), base = cpm_path_basename(cpm_str(dir));
    bool modules = cpm_str_is(base, "node_modules"), scope = cpm_str_starts(base, "@");
    if (c->depth >= DEPTH_MAX || stat(dir, &st) != 0 || mtime_ns(&st) > c->lock_time)
        return false;
    set_add(&c->seen, rel);
    if (!modules && !scope && !cpm_map_get(&c->entries, rel))
        return false;
    c->depth++;
    bool ok =
        visit_children(c, modules || scope ? dir : cpm_path_join(&c->arena, dir, "node_modules"));
    c->depth--;
    return ok;
}

static bool is_below_modules(struct cpm_str location)
{
    return cpm_str_starts(location, "node_modules/") ||
           cpm_str_find(location, "/node_modules/") != CPM_NPOS;
}

/* A workspace that nothing links to is reached from its entry. */
static bool visit_unlinked(struct check *c, const struct cpm_lock *lock)
{
    struct cpm_map targets = CPM_MAP_INIT;
    bool ok = true;
    for (size_t i = 0; i < lock->count; i++)
        if (lock->entries[i].link)
            set_add(&targets, lock->entries[i].resolved);
    for (size_t i = 0; ok && i < lock->count; i++) {
        struct cpm_str location = lock->entries[i].location;
        if (location.len == 0 || is_below_modules(location) || cpm_map_get(&targets, location))
            continue;
        const char *text = cpm_arena_str(&c->arena, location).ptr;
        ok = visit(c, cpm_path_resolve(&c->arena, c->path, text));
    }
    cpm_map_release(&targets);
    return ok;
}

static bool visit_containers(struct check *c, const struct cpm_lock *lock)
{
    bool ok = true;
    for (size_t i = 0; ok && i < lock->count; i++) {
        struct cpm_str at = lock->entries[i].location;
        if (!cpm_location_is_container(at))
            continue;
        set_add(&c->seen, at);
        ok =
            visit(c, cpm_arena_printf(&c->arena, "%s/%.*s/node_modules", c->path, CPM_STR_ARG(at)));
    }
    return ok;
}

static bool all_seen(const struct check *c, const struct cpm_lock *lock)
{
    for (size_t i = 0; i < lock->count; i++)
        if (lock->entries[i].location.len && !cpm_map_get(&c->seen, lock->entries[i].location))
            return false;
    return true;
}

bool cpm_actual_hidden_is_current(const char *path, const struct cpm_lock *hidden)
{
    struct check c = {.arena = CPM_ARENA_INIT, .path = path};
    struct stat st;
    const char *modules = cpm_path_join(&c.arena, path, "node_modules");
    bool ok = stat(cpm_path_join(&c.arena, modules, ".package-lock.json"), &st) == 0;
    c.lock_time = ok ? mtime_ns(&st) + SLACK_NS : 0;
    for (size_t i = 0; i < hidden->count; i++)
        set_add(&c.entries, hidden->entries[i].location);
    ok = ok && visit(&c, modules) && visit_unlinked(&c, hidden) && visit_containers(&c, hidden) &&
         all_seen(&c, hidden);
    cpm_map_release(&c.entries);
    cpm_map_release(&c.seen);
    cpm_arena_release(&c.arena);
    return ok;
}
