/* Resolving and checking. Tarballs of versions that are likely to be installed are fetched while
 * packuments still arrive: a wrong guess costs a download, a right one hides it. */
#include "install/flow_state.h"

#include "base/path.h"
#include "install/case.h"
#include "install/fetch.h"

enum { NEW_LOCK = 3 }; /* npm's default */

/* A download that was started before the tree was known. */
struct early {
    struct cpm_store_fetch fetch;
    struct cpm_flow *flow;
};

static void early_done(struct cpm_store_fetch *fetch)
{
    struct early *early = fetch->data;

    early->flow->early_waiting--;
}

static void fetch_early(void *data, const struct cpm_manifest *m)
{
    struct cpm_flow *f = data;
    struct early *early;

    if (!m->tarball.len || !m->integrity.len || cpm_map_get(&f->early, m->integrity))
        return;
    if (m->raw[CPM_RAW_OS].len || m->raw[CPM_RAW_CPU].len || m->raw[CPM_RAW_LIBC].len)
        return; /* perhaps not for this platform */
    early = CPM_NEW(f->arena, struct early);
    early->flow = f;
    early->fetch = (struct cpm_store_fetch){
        .loop = &f->loop,
        .registry = f->registry,
        .store = f->store,
        .url = m->tarball,
        .integrity = m->integrity,
        .signatures = m->signatures,
        .name = cpm_str(cpm_arena_printf(f->arena, "%s@%s", m->name->text, m->version->text)),
        .data = early,
        .done = early_done};
    if (cpm_store_fetch_start(&early->fetch, NULL) == 0) {
        cpm_map_set(&f->early, m->integrity, early);
        f->early_waiting++;
    }
}

static void gather_progress(void *data, size_t done, size_t total, struct cpm_str name)
{
    cpm_flow_tell(data, CPM_STEP_RESOLVE, done, total, name);
}

static bool leads_to_disk(struct cpm_str spec)
{
    static const char *const starts[] = {"file:", "link:", "./", "../", "/", "~/"};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (cpm_str_starts(spec, starts[i]))
            return true;
    return false;
}

/* A path that begins and ends inside the package's own folder. */
static bool stays_inside(struct cpm_str spec)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    size_t colon = cpm_str_starts(spec, "file:") || cpm_str_starts(spec, "link:") ? 5 : 0;
    struct cpm_str path = cpm_str_sub(spec, colon, spec.len);
    const char *at =
        cpm_path_resolve(&arena, "/p/q", cpm_arena_strndup(&arena, path.ptr, path.len));
    bool inside =
        !cpm_str_starts(path, "/") && !cpm_str_starts(path, "~") && cpm_path_within("/p/q", at);

    cpm_arena_release(&arena);
    return inside;
}

/* A package from elsewhere must not reach for folders of this machine. */
static int refuse_strangers(const struct cpm_lock_entry *e, struct cpm_error *err)
{
    static const enum cpm_dep_group groups[] = {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL, CPM_DEPS_PEER};

    if (e->link || !e->manifest || !cpm_str_starts(e->resolved, "http"))
        return 0;
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        const struct cpm_deps *deps = &e->manifest->deps[groups[g]];

        for (uint32_t i = 0; i < deps->n; i++)
            if (leads_to_disk(cpm_name_str(deps->v[i].spec)) &&
                !stays_inside(cpm_name_str(deps->v[i].spec)))
                return cpm_error_set(
                    err, CPM_EUNSUPPORTEDPROTOCOL,
                    "'%.*s' comes from a registry and depends on '%s' at '%s': a package may not "
                    "reach for folders of this machine. Remove it, or override the dependency.",
                    CPM_STR_ARG(e->location), deps->v[i].name->text, deps->v[i].spec->text);
    }
    return 0;
}

/* A failure of solving is part of the case, and stays the failure of the run. */
static int write_case(struct cpm_flow *f, const struct cpm_case_record *record, int solved,
                      struct cpm_error *err)
{
    const struct cpm_error none = CPM_ERROR_INIT;
    struct cpm_error fault = CPM_ERROR_INIT;
    const struct cpm_case c = {.record = record,
                               .input = &f->input,
                               .options = &f->opts->tree,
                               .lock_text =
                                   f->input.lock_is_actual ? CPM_STR_NONE : f->project.lock_text,
                               .registry = f->opts->registry.registry,
                               .result = &f->gather.result,
                               .error = solved < 0 ? err : &none};
    int rc = cpm_case_write(&c, f->opts->write_case, &fault);

    if (rc == 0 || solved < 0)
        return solved;
    *err = fault;
    return rc;
}

/* For npm a lock with which no tree can begin is as good as none. */
static int lock_is_useless(const struct cpm_flow *f, int rc, struct cpm_error *err)
{
    const struct cpm_error why = *err;

    if (f->opts->mode != CPM_FLOW_CI ||
        (rc != CPM_EOVERRIDE && rc != CPM_EMISSINGTARGET && rc != CPM_EUNKNOWN))
        return rc;
    return cpm_flow_need_lock(err, why.text);
}

static void tell_trace(const struct cpm_flow *f)
{
    const struct cpm_tree_result *result = &f->gather.result;

    for (size_t i = 0; f->events->placed && i < result->trace_count; i++)
        f->events->placed(f->events->data, result->trace[i]);
}

/* npm says nothing where the lock stays of the old version. */
static void tell_old_lock(const struct cpm_flow *f)
{
    const struct cpm_lock *lock = f->input.lock;
    bool old = lock && lock->old && !f->input.lock_is_actual && !f->opts->tree.update_all;
    bool stays = f->opts->lockfile_version && f->opts->lockfile_version < NEW_LOCK;

    if (old && (lock->ancient || !stays))
        cpm_flow_warn(f, lock->ancient ? "ancient lockfile" : "old lockfile",
                      cpm_str(cpm_arena_printf(
                          f->arena,
                          "\nThe %s file was created with an old version of npm,\n"
                          "so supplemental metadata must be fetched from the registry.\n\n"
                          "This is a one-time fix-up, please be patient...\n",
                          cpm_path_basename(cpm_str(f->project.lock_file)).ptr)));
}

int cpm_flow_resolve(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_gather *g = &f->gather;
    struct cpm_case_record record;
    int rc;

    tell_old_lock(f);
    /* Of what is not unpacked nothing but the full document can tell the license. */
    g->full = f->opts->lock_only || f->input.part || f->opts->tree.pick.before != CPM_TIME_NONE;
    g->progress = gather_progress;
    g->picked = f->opts->lock_only || f->opts->dry_run || f->input.part ? NULL : fetch_early;
    cpm_case_record_init(&record, f->arena);
    if (f->opts->foreign) {
        g->wrap = cpm_import_source;
        g->wrap_data = &f->import;
    } else if (f->opts->write_case) {
        g->wrap = cpm_case_source;
        g->wrap_data = &record;
    }
    do
        rc = cpm_gather_run(g, err);
    while (rc == CPM_ETARGET && f->opts->foreign && cpm_import_widen(&f->import));
    if (g->wrap == cpm_case_source)
        rc = write_case(f, &record, rc, err);
    if (rc == 0 && f->opts->foreign)
        cpm_import_finish(&f->import, &f->project, &g->result.lock);
    cpm_case_record_release(&record);
    tell_trace(f);
    g->result.lock.style = f->project.package.style;
    if (rc < 0)
        rc = lock_is_useless(f, rc, err);
    f->out->conflict = g->result.conflict;
    if (rc == 0 && f->opts->global)
        cpm_flow_keep_globals(f);
    for (size_t i = 0; i < g->result.warning_count; i++)
        cpm_flow_warn(f, cpm_error_name(g->result.warnings[i].code), g->result.warnings[i].text);
    for (size_t i = 0; i < g->result.lock.count && rc == 0; i++)
        rc = refuse_strangers(&g->result.lock.entries[i], err);
    return rc;
}

static const char *version_of(const struct cpm_lock_entry *e)
{
    return e->manifest && e->manifest->version ? e->manifest->version->text : "";
}

/* "Missing: x@1 from lock file" or "Invalid: lock file's x@1 does not satisfy x@2", as npm words
 * it. */
static void compare_entry(const struct cpm_map *locked, const struct cpm_lock_entry *e,
                          struct cpm_buf *out)
{
    const struct cpm_lock_entry *old = cpm_map_get(locked, e->location);
    const char *version = version_of(e), *had;
    struct cpm_str name = cpm_location_name(e->location);

    if (e->location.len == 0 || e->link)
        return;
    if (!old && e->in_bundle && !e->resolved.len)
        return; /* found in a tarball only now */
    if (!old) {
        cpm_buf_addf(out, "%sMissing: %.*s@%s from lock file", out->len ? "\n" : "",
                     CPM_STR_ARG(name), version);
        return;
    }
    if (cpm_location_is_top(e->location))
        return; /* npm reads a folder's package.json for both sides */
    had = version_of(old);
    if (strcmp(had, version) != 0)
        cpm_buf_addf(out, "%sInvalid: lock file's %.*s@%s does not satisfy %.*s@%s",
                     out->len ? "\n" : "", CPM_STR_ARG(name), had, CPM_STR_ARG(name), version);
}

int cpm_flow_check(struct cpm_flow *f, struct cpm_error *err)
{
    const struct cpm_lock *ideal = cpm_flow_ideal(f);
    struct cpm_map locked = CPM_MAP_INIT;
    struct cpm_buf words = CPM_BUF_INIT(1 << 20);
    int rc = 0;

    if (f->opts->mode != CPM_FLOW_CI)
        return 0;
    for (size_t i = 0; i < f->project.lock.count; i++)
        cpm_map_set(&locked, f->project.lock.entries[i].location, &f->project.lock.entries[i]);
    for (size_t i = 0; i < ideal->count; i++)
        compare_entry(&locked, &ideal->entries[i], &words);
    if (words.len) {
        f->out->mismatch = cpm_arena_str(f->arena, cpm_buf_str(&words));
        rc = cpm_error_set(
            err, CPM_EUSAGE,
            "`cpm ci` can only install packages when your package.json and package-lock.json or "
            "npm-shrinkwrap.json are in sync. Please update your lock file with `cpm install` "
            "before "
            "continuing.");
    }
    cpm_map_release(&locked);
    cpm_buf_release(&words);
    return rc;
}
