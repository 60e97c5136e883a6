/* The graph's side: packages by name, edges by requirer. */
#include "lockfile/foreign.h"

#include "semver/version.h"

const char *cpm_foreign_file(enum cpm_foreign_kind kind)
{
    static const char *const files[] = {[CPM_FOREIGN_PNPM] = "pnpm-lock.yaml",
                                        [CPM_FOREIGN_BUN] = "bun.lock",
                                        [CPM_FOREIGN_YARN] = "yarn.lock"};

    return files[kind];
}

int cpm_foreign_read(enum cpm_foreign_kind kind, struct cpm_str text, struct cpm_arena *arena,
                     struct cpm_foreign *out, struct cpm_error *err)
{
    static int (*const readers[])(struct cpm_str text, struct cpm_foreign * out,
                                  struct cpm_error *
                                      err) = {[CPM_FOREIGN_PNPM] = cpm_foreign_read_pnpm,
                                              [CPM_FOREIGN_BUN] = cpm_foreign_read_bun,
                                              [CPM_FOREIGN_YARN] = cpm_foreign_read_yarn};
    int rc;

    *out = (struct cpm_foreign){.arena = arena};
    rc = readers[kind](text, out, err);
    if (rc == 0 && !out->ids.count && !out->edges.count)
        rc = cpm_error_set(err, CPM_EINVAL, "%s names no package", cpm_foreign_file(kind));
    return rc;
}

void cpm_foreign_release(struct cpm_foreign *f)
{
    cpm_map_release(&f->names);
    cpm_map_release(&f->ids);
    cpm_map_release(&f->edges);
    cpm_map_release(&f->wishes);
}

bool cpm_foreign_split(struct cpm_str id, struct cpm_str *name, struct cpm_str *rest)
{
    size_t at = id.len ? cpm_str_chr(cpm_str_sub(id, 1, id.len), '@') : CPM_NPOS;

    if (at == CPM_NPOS)
        return false;
    *name = cpm_str_sub(id, 0, at + 1);
    *rest = cpm_str_sub(id, at + 2, id.len);
    return rest->len > 0;
}

static struct cpm_str joined(struct cpm_arena *arena, struct cpm_str a, char between,
                             struct cpm_str b)
{
    return cpm_str(cpm_arena_printf(arena, "%.*s%c%.*s", CPM_STR_ARG(a), between, CPM_STR_ARG(b)));
}

struct cpm_foreign_package *cpm_foreign_add(struct cpm_foreign *f, struct cpm_str name,
                                            struct cpm_str version, struct cpm_str integrity)
{
    struct cpm_str id = joined(f->arena, name, '@', version);
    struct cpm_foreign_package *p = cpm_map_get(&f->ids, id);
    struct cpm_version parsed;

    if (p && !p->integrity.len)
        p->integrity = integrity;
    if (p || !name.len || !cpm_version_parse(version, 0, &parsed))
        return p; /* no version: git, a tarball, a folder */
    p = CPM_NEW(f->arena, struct cpm_foreign_package);
    p->name = cpm_arena_str(f->arena, name);
    p->version = cpm_arena_str(f->arena, version);
    p->integrity = integrity;
    p->next = cpm_map_get(&f->names, name);
    cpm_map_set(&f->names, p->name, p);
    cpm_map_set(&f->ids, id, p);
    return p;
}

void cpm_foreign_edge(struct cpm_foreign *f, struct cpm_str requirer, struct cpm_str name,
                      struct cpm_foreign_package *to)
{
    struct cpm_str key = joined(f->arena, requirer, '\n', name);
    struct cpm_foreign_package *old = cpm_map_get(&f->edges, key);

    if (!to || (old && old != to))
        to = CPM_NEW(f->arena, struct cpm_foreign_package);
    cpm_map_set(&f->edges, key, to);
}

const struct cpm_foreign_package *cpm_foreign_find(const struct cpm_foreign *f,
                                                   struct cpm_str requirer, struct cpm_str name,
                                                   struct cpm_str spec)
{
    struct cpm_arena scratch = CPM_ARENA_INIT;
    const struct cpm_foreign_package *p =
        cpm_map_get(&f->edges, joined(&scratch, requirer, '\n', name));

    if (!p)
        p = cpm_map_get(&f->wishes, joined(&scratch, name, '@', spec));
    cpm_arena_release(&scratch);
    return p && p->name.len ? p : NULL;
}
