/* Installing, and completing what the lock has to know. */
#include "install/flow_state.h"

#include "base/fs.h"
#include "base/path.h"
#include "install/licenses.h"

static void install_event(struct cpm_install_request *req, const struct cpm_install_event *event)
{
    struct cpm_flow *f = req->data;
    static const enum cpm_flow_step steps[] = {[CPM_EVENT_PLAN] = CPM_STEP_FETCH,
                                               [CPM_EVENT_FETCHED] = CPM_STEP_FETCH,
                                               [CPM_EVENT_LINKED] = CPM_STEP_LINK};

    if (event->type == CPM_EVENT_WARNING)
        cpm_flow_warn(f, event->name.len ? "tar" : "", event->text);
    else
        cpm_flow_tell(f, steps[event->type], event->count, event->total, event->name);
}

static void install_done(struct cpm_install_request *req)
{
    ((struct cpm_flow *)req->data)->installed = true;
}

static bool is_workspace(const void *data, struct cpm_str location)
{
    return cpm_workspaces_hold(data, location);
}

static int lay_out(struct cpm_flow *f, struct cpm_error *err)
{
    if (f->opts->tree.strategy != CPM_LINKED || f->opts->global)
        return 0;
    f->isolated = (struct cpm_isolate){.ideal = cpm_flow_ideal(f),
                                       .path = f->opts->path,
                                       .omit = f->opts->tree.omit,
                                       .legacy_peer_deps = f->opts->tree.legacy_peer_deps,
                                       .is_workspace = is_workspace,
                                       .data = &f->project.workspaces,
                                       .arena = f->arena};
    return cpm_isolate_make(&f->isolated, err);
}

const struct cpm_filter *cpm_flow_filter(struct cpm_flow *f)
{
    const char *const *chosen = f->opts->workspaces;
    const struct cpm_workspaces *all = &f->project.workspaces;
    struct cpm_str *names = CPM_NEW_ARRAY(f->arena, struct cpm_str, all->count + 1);

    if ((!chosen && !f->opts->no_workspaces) || f->opts->tree.strategy == CPM_LINKED)
        return NULL;
    f->filter = (struct cpm_filter){.workspaces = names,
                                    .root = f->opts->no_workspaces,
                                    .legacy_peer_deps = f->opts->tree.legacy_peer_deps};
    for (; chosen && *chosen; chosen++) {
        struct cpm_str at = cpm_str(cpm_path_relative(f->arena, f->opts->path, *chosen));

        f->filter.root |= strcmp(*chosen, f->opts->path) == 0;
        for (size_t i = 0; i < all->count; i++)
            if (cpm_str_eq(all->v[i].location, at))
                names[f->filter.count++] = cpm_name_str(all->v[i].name);
    }
    return &f->filter;
}

/* npm counts the packages of the linked layout, not the links to them, and nothing that was left
 * out. */
static bool counts(struct cpm_flow *f, const struct cpm_install_change *c)
{
    const struct cpm_lock_entry *e;

    if (f->isolated.ideal && c->link)
        return false;
    if (c->type == CPM_CHANGE_REMOVE || !f->install.left_out)
        return true;
    e = cpm_flow_placed(f, c->location);
    return !e || !e->inert;
}

static void take_changes(struct cpm_flow *f)
{
    const struct cpm_install_request *req = &f->install;
    struct cpm_install_change *kept =
        CPM_NEW_ARRAY(f->arena, struct cpm_install_change, req->change_count + 1);
    size_t n = 0;

    for (size_t i = 0; i < req->change_count; i++)
        if (counts(f, &req->changes[i]))
            kept[n++] = req->changes[i];
    f->out->summary.changes = kept;
    f->out->summary.change_count = n;
    cpm_summary_count_changes(&f->out->summary);
}

/* What the installer learned of the packages that stand is the ideal tree's too. */
static void take_facts(struct cpm_flow *f)
{
    const struct cpm_lock *standing = cpm_flow_standing(f);

    for (size_t i = 0; standing != cpm_flow_ideal(f) && i < standing->count; i++) {
        const struct cpm_lock_entry *e = &standing->entries[i];
        struct cpm_lock_entry *origin = (struct cpm_lock_entry *)cpm_flow_origin(f, e);

        if (origin && !origin->integrity.len)
            origin->integrity = e->integrity;
        if (origin && f->install.origins && !f->isolated.ideal) {
            origin->manifest = e->manifest;
            origin->inert |= e->inert;
        }
    }
}

/* What its maintainers advise against is told when it comes in. */
static void warn_deprecated(struct cpm_flow *f)
{
    for (size_t i = 0; i < f->install.change_count; i++) {
        const struct cpm_install_change *c = &f->install.changes[i];
        const struct cpm_lock_entry *e;
        struct cpm_json *text = NULL;

        if (c->type == CPM_CHANGE_REMOVE || !(e = cpm_flow_placed(f, c->location)))
            continue;
        if (!e->manifest || !e->manifest->raw[CPM_RAW_DEPRECATED].len)
            continue;
        if (cpm_json_parse(e->manifest->raw[CPM_RAW_DEPRECATED], "deprecated", 0, &text, NULL) == 0)
            cpm_flow_warn(f, "deprecated",
                          cpm_str(cpm_arena_printf(f->arena, "%.*s@%.*s: %.*s",
                                                   CPM_STR_ARG(c->name), CPM_STR_ARG(c->version),
                                                   CPM_STR_ARG(cpm_json_str(text)))));
        cpm_json_free(text);
    }
}

/* The hidden lock is headed as the lock is that npm last wrote or read. */
static void take_header(struct cpm_flow *f)
{
    struct cpm_lock *ideal = cpm_flow_ideal(f);
    bool read = f->input.lock && !f->input.lock_is_actual && f->opts->package_lock;

    if (cpm_flow_saves(f) && f->opts->package_lock)
        return;
    ideal->name = read ? f->input.lock->name : CPM_STR_NONE;
    ideal->version = read ? f->input.lock->version : CPM_STR_NONE;
}

int cpm_flow_install(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_install_request *req = &f->install;
    int rc;

    if (!f->opts->dry_run && !cpm_fs_is_dir(f->opts->path) && /* --prefix of a new folder */
        (rc = cpm_fs_mkdirs(f->opts->path, 0777, err)) < 0)
        return rc;
    if (f->opts->lock_only)
        return 0;
    take_header(f);
    cpm_licenses_of_bundled(cpm_flow_ideal(f), &f->loop, f->registry, f->arena);
    if ((rc = lay_out(f, err)) < 0)
        return rc;
    *req = (struct cpm_install_request){.loop = &f->loop,
                                        .registry = f->registry,
                                        .store = f->store,
                                        .ideal = cpm_flow_layout(f),
                                        .opts = f->opts->install,
                                        .event = install_event,
                                        .data = f,
                                        .done = install_done,
                                        .arena = f->arena};
    req->opts.path = f->opts->path;
    req->opts.workspaces = &f->project.workspaces;
    req->opts.filter = cpm_flow_filter(f);
    req->opts.git = &f->git;
    req->opts.require_integrity = f->opts->mode == CPM_FLOW_CI;
    if ((rc = cpm_flow_open_policy(f, &req->opts, err)) < 0)
        return rc;
    if ((rc = cpm_install_start(req, err)) < 0)
        return rc;
    if (!f->opts->dry_run)
        cpm_flow_listen(f);
    while (!f->installed)
        uv_run(&f->loop, UV_RUN_ONCE);
    if (req->status < 0 && err)
        *err = req->err;
    take_changes(f);
    take_facts(f);
    if (req->status == 0)
        warn_deprecated(f);
    return req->status;
}

int cpm_flow_complete(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_lock *ideal = cpm_flow_ideal(f);
    struct cpm_lock counted = f->install.origins ? *f->install.standing : *ideal;
    int rc = 0;

    if (f->opts->global)
        counted.count = f->solved_count;
    f->out->summary.funding = cpm_summary_count_funding(&counted);
    f->out->summary.standing = f->install.origins ? counted.count : 0;
    f->done = f->opts->dry_run;
    if (f->done || !f->opts->package_lock || f->opts->global || f->opts->mode == CPM_FLOW_CI)
        return 0;
    if (cpm_licenses_from_store(ideal, f->store, f->arena))
        rc = cpm_licenses_from_registry(ideal, &f->loop, f->registry, f->arena, err);
    return rc;
}

int cpm_flow_keep(struct cpm_flow *f, struct cpm_error *err)
{
    int rc;

    cpm_install_keep(&f->install);
    rc = cpm_flow_check_signal(f, err); /* too late to go back, and no script begins */
    cpm_flow_stop_listening(f);
    return rc;
}
