/* The public face: one pass over a lock's entries makes texts that end with NUL; an index by
 * location finds them. */
#include "lockfile/lockfile.h"

#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/path.h"

enum { MOST_BYTES = 512 << 20 };

struct cpm_lockfile {
    struct cpm_arena arena;
    struct cpm_names *names; /* NULL: somebody else's */
    struct cpm_lock lock;
    struct cpm_lockfile_package *packages;
    struct cpm_map by_location;
};

static const char *text_of(struct cpm_lockfile *l, struct cpm_str s)
{
    return s.len ? cpm_arena_strndup(&l->arena, s.ptr, s.len) : "";
}

static const char *name_text(const struct cpm_name *name)
{
    return name ? name->text : "";
}

static void add_group(struct cpm_lockfile_package *p, struct cpm_lockfile_dependency *all,
                      const struct cpm_deps *deps, enum cpm_lockfile_group group)
{
    for (uint32_t i = 0; i < deps->n; i++)
        all[p->dependency_count++] =
            (struct cpm_lockfile_dependency){name_text(deps->v[i].name), name_text(deps->v[i].spec),
                                             group, deps->v[i].optional_peer};
}

static void add_dependencies(struct cpm_lockfile *l, struct cpm_lockfile_package *p,
                             const struct cpm_manifest *m)
{
    static const struct {
        enum cpm_dep_group from;
        enum cpm_lockfile_group to;
    } groups[] = {{CPM_DEPS_PROD, CPM_LOCKFILE_DEPENDENCIES},
                  {CPM_DEPS_DEV, CPM_LOCKFILE_DEV},
                  {CPM_DEPS_OPTIONAL, CPM_LOCKFILE_OPTIONAL},
                  {CPM_DEPS_PEER, CPM_LOCKFILE_PEER}};
    struct cpm_lockfile_dependency *all;
    size_t count = 0;

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        count += m->deps[groups[i].from].n;
    all = CPM_NEW_ARRAY(&l->arena, struct cpm_lockfile_dependency, count);
    p->dependencies = all;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        add_group(p, all, &m->deps[groups[i].from], groups[i].to);
}

static const char *name_of(struct cpm_lockfile *l, const struct cpm_lock_entry *e)
{
    if (e->name)
        return e->name->text;
    if (e->location.len)
        return e->manifest && e->manifest->name ? e->manifest->name->text
                                                : text_of(l, cpm_location_name(e->location));
    return e->manifest && e->manifest->name ? e->manifest->name->text : text_of(l, l->lock.name);
}

static void fill_package(struct cpm_lockfile *l, const struct cpm_lock_entry *e,
                         struct cpm_lockfile_package *p)
{
    *p = (struct cpm_lockfile_package){
        .location = text_of(l, e->location),
        .name = name_of(l, e),
        .version = e->manifest ? name_text(e->manifest->version) : "",
        .resolved = text_of(l, e->resolved),
        .integrity = text_of(l, e->integrity),
        .link = e->link,
        .dev = e->dev,
        .optional = e->optional,
        .dev_optional = e->dev_optional,
        .peer = e->peer,
        .extraneous = e->extraneous,
        .in_bundle = e->in_bundle,
    };
    if (e->manifest)
        add_dependencies(l, p, e->manifest);
}

static void fill(struct cpm_lockfile *l)
{
    l->packages = CPM_NEW_ARRAY(&l->arena, struct cpm_lockfile_package, l->lock.count);
    for (size_t i = 0; i < l->lock.count; i++) {
        fill_package(l, &l->lock.entries[i], &l->packages[i]);
        cpm_map_set(&l->by_location, l->lock.entries[i].location, &l->packages[i]);
    }
}

static struct cpm_lockfile *new_lockfile(void)
{
    struct cpm_lockfile *l = cpm_calloc(1, sizeof(*l));

    cpm_arena_init(&l->arena);
    cpm_map_init(&l->by_location);
    return l;
}

struct cpm_lockfile *cpm_lockfile_of(const struct cpm_lock *lock)
{
    struct cpm_lockfile *l = new_lockfile();

    l->lock = *lock;
    fill(l);
    return l;
}

void cpm_lockfile_free(struct cpm_lockfile *l)
{
    if (!l)
        return;
    cpm_map_release(&l->by_location);
    if (l->names)
        cpm_names_free(l->names);
    cpm_arena_release(&l->arena);
    cpm_free(l);
}

static bool is_known(const struct cpm_lockfile_options *options, struct cpm_error *err)
{
    if (!options || options->size == sizeof(*options))
        return true;
    cpm_error_set(err, CPM_EINVAL, "read a lock: the options are of another version");
    return false;
}

/* `text` is in l's arena. Gives l, or frees it. */
static struct cpm_lockfile *read_text(struct cpm_lockfile *l, struct cpm_str text, const char *name,
                                      const char *root, struct cpm_error *err)
{
    struct cpm_lock_source src = {.arena = &l->arena, .root = root};

    l->names = src.names = cpm_names_new();
    if (cpm_lock_read(text, name, &src, &l->lock, err) < 0) {
        cpm_lockfile_free(l);
        return NULL;
    }
    fill(l);
    return l;
}

struct cpm_lockfile *cpm_lockfile_parse(const char *text, size_t length, const char *name,
                                        const struct cpm_lockfile_options *options,
                                        struct cpm_error *err)
{
    struct cpm_lockfile *l;

    if (!is_known(options, err))
        return NULL;
    l = new_lockfile();
    return read_text(l, cpm_arena_str(&l->arena, cpm_str_n(text, length)), name,
                     options ? options->root : NULL, err);
}

struct cpm_lockfile *cpm_lockfile_open(const char *path, const struct cpm_lockfile_options *options,
                                       struct cpm_error *err)
{
    struct cpm_lockfile *l;
    struct cpm_str text;
    const char *root;

    if (!is_known(options, err))
        return NULL;
    l = new_lockfile();
    if (cpm_fs_read(path, MOST_BYTES, &l->arena, &text, err) < 0) {
        cpm_lockfile_free(l);
        return NULL;
    }
    root = options && options->root ? options->root : NULL;
    if (!root)
        root = cpm_fs_realpath(&l->arena, cpm_path_dirname(&l->arena, path), NULL);
    return read_text(l, text, path, root, err);
}

int cpm_lockfile_version(const struct cpm_lockfile *l)
{
    return l->lock.original_version ? l->lock.original_version : l->lock.lockfile_version;
}

size_t cpm_lockfile_count(const struct cpm_lockfile *l)
{
    return l->lock.count;
}

const struct cpm_lockfile_package *cpm_lockfile_package(const struct cpm_lockfile *l, size_t index)
{
    return index < l->lock.count ? &l->packages[index] : NULL;
}

const struct cpm_lockfile_package *cpm_lockfile_find(const struct cpm_lockfile *l,
                                                     const char *location)
{
    return cpm_map_get(&l->by_location, cpm_str(location));
}

char *cpm_lockfile_text(const struct cpm_lockfile *l, size_t *length, struct cpm_error *err)
{
    struct cpm_buf out = CPM_BUF_INIT(MOST_BYTES);

    if (cpm_lock_write(&l->lock, &l->lock.style, &out, err) < 0) {
        cpm_buf_release(&out);
        return NULL;
    }
    if (length)
        *length = out.len;
    return out.ptr; /* which is a malloc, and now the caller's */
}
