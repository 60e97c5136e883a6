#include "install/sources.h"

#include "base/digest.h"
#include "base/path.h"
#include "install/git/locked.h"
#include "semver/version.h"

static struct cpm_str name_of(const struct cpm_lock_entry *e)
{
    if (e->name)
        return cpm_name_str(e->name);
    return cpm_location_name(e->location);
}

static struct cpm_str version_of(const struct cpm_lock_entry *e)
{
    return e->manifest ? cpm_name_str(e->manifest->version) : CPM_STR_NONE;
}

/* A lock may leave registry addresses out (omit-lockfile-registry-resolved). */
static struct cpm_str registry_url(const struct cpm_lock_entry *e,
                                   const struct cpm_install_request *req, struct cpm_arena *arena)
{
    struct cpm_str name = name_of(e);
    struct cpm_str base = cpm_path_basename(name);

    return cpm_str(cpm_arena_printf(arena, "%s%.*s/-/%.*s-%.*s.tgz",
                                    cpm_registry_url_for(req->registry, name), CPM_STR_ARG(name),
                                    CPM_STR_ARG(base), CPM_STR_ARG(version_of(e))));
}

static int check_integrity(const struct cpm_lock_entry *e, const struct cpm_install_request *req,
                           struct cpm_error *err)
{
    struct cpm_sri sri;

    if (!e->integrity.len && req->opts.require_integrity)
        return cpm_error_set(err, CPM_EINTEGRITY,
                             "the lock has no integrity for '%.*s'; run `cpm install` to add it",
                             CPM_STR_ARG(e->location));
    if (e->integrity.len && !cpm_sri_parse(e->integrity, &sri))
        return cpm_error_set(err, CPM_EINTEGRITY, "the integrity of '%.*s' is of no use: '%.*s'",
                             CPM_STR_ARG(e->location), CPM_STR_ARG(e->integrity));
    return 0;
}

bool cpm_source_is_tarball(struct cpm_str path)
{
    return cpm_str_ends(path, ".tgz") || cpm_str_ends(path, ".tar.gz") ||
           cpm_str_ends(path, ".tar");
}

static enum cpm_fetch_kind kind_of(const struct cpm_lock_entry *e)
{
    if (cpm_git_is_locked(e))
        return CPM_FETCH_GIT;
    return cpm_str_starts(e->resolved, "file:") && !cpm_source_is_tarball(e->resolved)
               ? CPM_FETCH_FOLDER
               : CPM_FETCH_TARBALL;
}

int cpm_source_of(const struct cpm_lock_entry *e, const struct cpm_install_request *req,
                  struct cpm_arena *arena, struct cpm_store_fetch *fetch, struct cpm_error *err)
{
    struct cpm_str resolved = e->resolved;
    int rc;

    fetch->kind = kind_of(e);
    rc = fetch->kind == CPM_FETCH_TARBALL ? check_integrity(e, req, err) : 0;
    if (rc < 0)
        return rc;
    if (e->manifest && cpm_str_eq(e->manifest->integrity, e->integrity))
        fetch->signatures = e->manifest->signatures;
    fetch->name = cpm_str(
        cpm_arena_printf(arena, "%.*s@%.*s", CPM_STR_ARG(name_of(e)), CPM_STR_ARG(version_of(e))));
    if (fetch->kind == CPM_FETCH_GIT)
        fetch->url = cpm_git_locked_spec(arena, req->ideal, e);
    else if (!resolved.len)
        fetch->url = registry_url(e, req, arena);
    else if (cpm_str_starts(resolved, "http://") || cpm_str_starts(resolved, "https://"))
        fetch->url = resolved;
    else if (cpm_str_starts(resolved, "file:"))
        fetch->url = cpm_str(cpm_arena_printf(
            arena, "file:%s",
            cpm_path_resolve(arena, req->opts.path,
                             cpm_arena_str(arena, cpm_str_sub(resolved, 5, resolved.len)).ptr)));
    else
        return cpm_error_set(err, CPM_EUNSUPPORTED,
                             "'%.*s' comes from '%.*s', which is no source of "
                             "packages",
                             CPM_STR_ARG(e->location), CPM_STR_ARG(resolved));
    return 0;
}

static bool versions_equal(struct cpm_str a, struct cpm_str b)
{
    struct cpm_version x, y;

    if (cpm_str_eq(a, b))
        return true;
    return cpm_version_parse(a, CPM_SEMVER_LOOSE, &x) &&
           cpm_version_parse(b, CPM_SEMVER_LOOSE, &y) && cpm_version_cmp(&x, &y) == 0;
}

int cpm_source_check(const struct cpm_lock_entry *e, const struct cpm_store_entry *store,
                     struct cpm_arena *arena, struct cpm_error *err)
{
    struct cpm_str name = CPM_STR_NONE, version = CPM_STR_NONE, key;
    struct cpm_jsonread r;

    cpm_jsonread_init(&r, cpm_store_entry_manifest(store), "package.json", arena);
    if (!cpm_jsonread_object(&r))
        return 0;
    while (cpm_jsonread_key(&r, &key))
        if (cpm_str_is(key, "name"))
            cpm_jsonread_str(&r, &name);
        else if (cpm_str_is(key, "version"))
            cpm_jsonread_str(&r, &version);
        else
            cpm_jsonread_skip(&r);
    if ((!name.len || cpm_str_eq_nocase(name, name_of(e))) &&
        (!version.len || !version_of(e).len || versions_equal(version, version_of(e))))
        return 0;
    return cpm_error_set(err, CPM_EINTEGRITY,
                         "the archive of '%.*s@%.*s' holds '%.*s@%.*s' instead",
                         CPM_STR_ARG(name_of(e)), CPM_STR_ARG(version_of(e)), CPM_STR_ARG(name),
                         CPM_STR_ARG(version));
}
