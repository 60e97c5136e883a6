/* The steps of a solve. From cpm_commit on the tree does not change. */
#include "base/mem.h"
#include "resolver/tree/override.h"
#include "resolver/tree/solver.h"

static struct cpm_pkg *root_pkg(struct cpm_solver *s, const struct cpm_manifest *manifest)
{
    struct cpm_pkg *pkg = cpm_pkg_new(s, manifest);

    pkg->resolved = pkg->integrity = CPM_STR_NONE;
    return pkg;
}

/* npm begins with the package.json on disk: what is added or removed comes after the lock's tree
 * (apply_manifest). */
static int make_root(struct cpm_solver *s)
{
    const struct cpm_manifest *manifest = s->in->root_before ? s->in->root_before : s->in->root;
    const struct cpm_name *name =
        manifest->name ? manifest->name : cpm_names_get(s->names, CPM_STR(""));

    s->root = cpm_node_new(s, name, root_pkg(s, manifest));
    s->root->path = cpm_str(s->opts->path);
    s->root->location = CPM_STR("");
    if (cpm_overrides_load(s, manifest->raw[CPM_RAW_OVERRIDES]) < 0)
        return s->status;
    s->root->overrides = s->overrides;
    s->root_wants = cpm_root_wants(s, manifest);
    cpm_node_load_edges(s, s->root);
    return s->status;
}

static bool is_declared(const struct cpm_manifest *m, const struct cpm_name *name)
{
    for (size_t g = 0; g < CPM_DEPS_COUNT; g++)
        for (uint32_t i = 0; i < m->deps[g].n; i++)
            if (m->deps[g].v[i].name == name)
                return true;
    return false;
}

/* The linked layout has no link to a workspace that the project does not ask for: for npm it stands
 * there all the same. */
static void link_workspace(struct cpm_solver *s, const struct cpm_tree_workspace *ws,
                           struct cpm_node *target)
{
    if (s->strategy == CPM_LINKED && !is_declared(s->root->pkg->manifest, ws->name) &&
        !cpm_node_child(s, s->root, cpm_solver_fold(s, ws->name)))
        cpm_node_attach(s, cpm_link_new(s, ws->name, target), s->root);
}

static bool is_linked(const struct cpm_solver *s, const struct cpm_node *target)
{
    for (const struct cpm_node *k = s->root->first_kid; k; k = k->next_kid)
        if (k->target == target)
            return true;
    return false;
}

/* Without a lock npm begins with what is on disk, and there the workspaces stand, linked or not.
 * Those that no link leads to have the project's rules from the start. */
static void load_workspaces(struct cpm_solver *s)
{
    for (size_t i = 0; i < s->in->workspace_count; i++) {
        const struct cpm_tree_workspace *ws = &s->in->workspaces[i];
        struct cpm_str path = cpm_str(
            cpm_arena_printf(&s->work, "%s/%.*s", s->opts->path, CPM_STR_ARG(ws->location)));
        struct cpm_pkg *pkg = cpm_pkg_new(s, ws->manifest);
        struct cpm_node *n = cpm_top_at(s, path);

        if (!n) {
            pkg->resolved = pkg->integrity = CPM_STR_NONE;
            n = cpm_node_new(s, cpm_names_get(s->names, cpm_location_name(path)), pkg);
            n->path = path;
            n->overrides = cpm_override_of_folder(s, ws->manifest);
            cpm_node_attach_top(s, n);
            cpm_node_load_edges(s, n);
        } else if (s->overrides && !is_linked(s, n)) {
            n->overrides = cpm_override_of_folder(s, ws->manifest);
            cpm_node_reload_edges(s, n);
        }
        link_workspace(s, ws, n);
    }
}

/* For npm nothing was there when the root itself had nothing, whatever its workspaces hold. */
static bool has_modules(const struct cpm_lock *actual)
{
    for (size_t i = 0; i < actual->count; i++)
        if (cpm_str_starts(actual->entries[i].location, "node_modules/"))
            return true;
    return false;
}

/* The lock counts unless everything is to be updated; its tree is taken as it is. */
static int load_start(struct cpm_solver *s)
{
    const struct cpm_lock *lock = s->in->lock;

    s->from_disk =
        (lock && (!s->in->lock_is_actual || has_modules(lock))) || s->in->lock_passed_over;
    if (s->opts->update_all)
        return 0;
    if (lock && cpm_load_lock(s) < 0)
        return s->status;
    if ((!lock || s->in->lock_is_actual) && !s->opts->global && !s->in->lock_passed_over)
        load_workspaces(s);
    s->from_disk |= s->root->kid_count > 0;
    return s->status;
}

/* A lock of npm 6 or before is completed after the search for unmet edges, so that npm does not see
 * the peers that it learns of here. */
static int complete_start(struct cpm_solver *s)
{
    const struct cpm_lock *lock = s->in->lock;

    if (!lock || s->opts->update_all)
        return 0;
    if (lock->old && !s->in->lock_is_actual && cpm_inflate_old_lock(s) < 0)
        return s->status;
    cpm_flags_reset(s);
    cpm_flags_compute(s);
    return 0;
}

static bool is_unmet(struct cpm_solver *s, struct cpm_edge *e)
{
    if (e->type == CPM_EDGE_PEER_OPTIONAL && !s->opts->save && !s->requested)
        return false;
    return !e->to || !cpm_edge_valid(s, e);
}

/* What the start tree leaves open: every node that the root leads to and that lacks something. */
static void queue_unmet(struct cpm_solver *s)
{
    struct cpm_nodes reached = {0};
    uint32_t gen = ++s->generation;

    s->root->mark[1] = gen;
    cpm_nodes_add(&reached, s->root);
    for (size_t i = 0; i < reached.n; i++) {
        struct cpm_node *n = reached.v[i];
        bool unmet = false;

        for (uint32_t k = 0; k < n->edge_count; k++) {
            struct cpm_node *to = n->edges[k].to;

            unmet |= is_unmet(s, &n->edges[k]);
            if (to && to->mark[1] != gen) {
                to->mark[1] = gen;
                cpm_nodes_add(&reached, to);
            }
        }
        if (unmet)
            cpm_queue_node(s, n);
    }
    cpm_nodes_release(&reached);
}

static void request_update(struct cpm_solver *s, const struct cpm_name *name)
{
    struct cpm_by_name *side = cpm_solver_name(s, name);

    side->update = true;
    for (struct cpm_node *n = side->first_node; n; n = n->next_named) {
        if (cpm_node_is_top(s, n) || cpm_node_in_dep_bundle(s, n) || cpm_node_in_shrinkwrap(n))
            continue;
        for (struct cpm_edge *e = n->first_in; e; e = e->next_in)
            cpm_queue_node(s, e->from);
    }
}

struct cpm_node *cpm_requirer_at(struct cpm_solver *s, struct cpm_str location)
{
    struct cpm_str path =
        cpm_str(cpm_arena_printf(&s->work, "%s/%.*s", s->opts->path, CPM_STR_ARG(location)));

    return location.len ? cpm_top_at(s, path) : s->root;
}

/* npm's requests are those of the workspaces that -w named; they wait, whatever is asked of them.
 */
static void queue_asked(struct cpm_solver *s)
{
    struct cpm_node *n;

    for (size_t i = 0; i < s->in->asked_count; i++)
        if ((n = cpm_requirer_at(s, s->in->asked[i])))
            cpm_queue_node(s, n);
}

/* All edges of the root begin anew, whether their wishes changed or not. */
static void apply_manifest(struct cpm_solver *s)
{
    if (!s->in->root_before)
        return;
    s->root->pkg = root_pkg(s, s->in->root);
    s->root_wants = cpm_root_wants(s, s->in->root);
    cpm_node_reload_edges(s, s->root);
}

static void apply_requests(struct cpm_solver *s)
{
    apply_manifest(s);
    queue_asked(s);
    for (size_t i = 0; i < s->in->update_count; i++)
        request_update(s, s->in->updates[i]);
    cpm_avoid_apply(s);
    for (size_t i = 0; i < s->in->add_count; i++) {
        struct cpm_node *from = cpm_requirer_at(s, s->in->adds[i].workspace);
        struct cpm_edge *e =
            from ? cpm_edge_find(s, from, cpm_solver_fold(s, s->in->adds[i].name)) : NULL;

        if (e)
            e->explicit_request = true;
        if (from)
            cpm_queue_node(s, from);
    }
    cpm_queue_node(s, s->root);
}

static void fix_flags(struct cpm_solver *s)
{
    if (s->from_disk && s->mutated)
        cpm_flags_reset(s);
    if (!s->from_disk || s->mutated)
        cpm_flags_compute(s);
    else
        cpm_flags_clear_root(s);
    if (s->opts->prune && s->from_disk)
        cpm_prune_extraneous(s);
}

/* What could not be loaded is fatal, unless only optional packages need it. */
static int fail_with(struct cpm_solver *s, const struct cpm_error *failure)
{
    cpm_solver_fail(s, failure->code, "%s", failure->text);
    if (s->err)
        s->err->sys = failure->sys;
    return s->status;
}

static int settle_failures(struct cpm_solver *s)
{
    for (size_t i = 0; i < s->failures.n; i++) {
        struct cpm_node *n = s->failures.v[i];

        if (!n->optional)
            return fail_with(s, n->pkg->failure);
        cpm_optional_set_inert(s, n);
    }
    return 0;
}

static int run(struct cpm_solver *s)
{
    if (make_root(s) < 0 || load_start(s) < 0 || cpm_overrides_check_root(s) < 0)
        return s->status;
    if (s->pending)
        return CPM_EAGAIN;
    queue_unmet(s);
    if (complete_start(s) < 0)
        return s->status;
    if (s->pending)
        return CPM_EAGAIN;
    apply_requests(s);
    if (cpm_overrides_check_root(s) < 0)
        return s->status;
    cpm_build(s);
    if (s->status || s->crashed)
        return s->status;
    if (s->pending)
        return CPM_EAGAIN;
    fix_flags(s);
    if (settle_failures(s) < 0 || cpm_check_platforms(s) < 0)
        return s->status;
    if (s->opts->prune_always)
        cpm_prune_extraneous(s);
    cpm_contents_join(s);
    if (s->pending && !s->status)
        return CPM_EAGAIN;
    cpm_commit(s);
    return 0;
}

/* What the caller gets, copied to where it outlives the solve. */
static void hand_over(struct cpm_solver *s)
{
    struct cpm_tree_result *out = s->out;
    struct cpm_tree_need *needs = CPM_NEW_ARRAY(s->keep, struct cpm_tree_need, s->need_count);
    struct cpm_tree_warning *warnings =
        CPM_NEW_ARRAY(s->keep, struct cpm_tree_warning, s->warning_count);
    struct cpm_str *trace = CPM_NEW_ARRAY(s->keep, struct cpm_str, s->trace_count);

    if (s->need_count)
        memcpy(needs, s->needs, s->need_count * sizeof(*needs));
    if (s->warning_count)
        memcpy(warnings, s->warnings, s->warning_count * sizeof(*warnings));
    if (s->trace_count)
        memcpy(trace, s->trace, s->trace_count * sizeof(*trace));
    out->needs = needs;
    out->need_count = s->need_count;
    out->warnings = warnings;
    out->warning_count = s->warning_count;
    out->trace = trace;
    out->trace_count = s->trace_count;
}

static void release(struct cpm_solver *s)
{
    cpm_nodes_release(&s->tops);
    cpm_nodes_release(&s->links);
    cpm_nodes_release(&s->failures);
    cpm_queue_release(&s->queue);
    cpm_free(s->by_name);
    cpm_pairs_release(&s->kids);
    cpm_pairs_release(&s->specs);
    cpm_map_release(&s->places);
    cpm_map_release(&s->pins);
    cpm_map_release(&s->engines);
    cpm_map_release(&s->fetched);
    cpm_map_release(&s->replaced);
    cpm_free(s->needs);
    cpm_free(s->warnings);
    cpm_free(s->trace);
    cpm_arena_release(&s->work);
}

static int attempt(const struct cpm_solver *begin, bool substitute, bool *crashed)
{
    struct cpm_solver s = *begin;
    int code;

    cpm_arena_init(&s.work);
    s.substitute = substitute;
    code = run(&s);
    *crashed = s.crashed && !s.status;
    if (!*crashed)
        hand_over(&s);
    release(&s);
    return code;
}

int cpm_tree_solve(const struct cpm_tree_input *in, const struct cpm_tree_options *opts,
                   const struct cpm_tree_source *source, struct cpm_tree_result *out,
                   struct cpm_error *err)
{
    struct cpm_solver begin = {
        .in = in,
        .opts = opts,
        .source = source,
        .out = out,
        .err = err,
        .names = in->names,
        .keep = in->arena,
        .strategy = opts->global ? CPM_SHALLOW : opts->strategy,
        .requested = in->add_count || in->has_removals || in->update_count || opts->update_all,
    };
    bool crashed;
    int code;

    begin.mutated = begin.requested;
    *out = (struct cpm_tree_result){.needs = NULL};
    code = attempt(&begin, false, &crashed);
    if (crashed) /* guard (d): npm crashes on this one */
        code = attempt(&begin, true, &crashed);
    return code;
}
