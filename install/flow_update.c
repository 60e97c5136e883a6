/* update and dedupe: which names the solver looks at anew, and how package.json follows with
 * --save. */
#include "install/flow_state.h"

static int update_names(struct cpm_flow *f, struct cpm_error *err)
{
    size_t count = 0;
    const struct cpm_name **names;

    while (f->opts->specs[count])
        count++;
    names = CPM_NEW_ARRAY(f->arena, const struct cpm_name *, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct cpm_spec spec;
        int rc = cpm_spec_parse(f->arena, cpm_str(f->opts->specs[i]), f->opts->cwd, &spec, err);

        if (rc < 0)
            return rc;
        if (!cpm_str_eq(spec.name, cpm_str(f->opts->specs[i])))
            return cpm_error_set(
                err, CPM_EUSAGE,
                "Update arguments must only contain package names, eg:\n    cpm update %.*s",
                CPM_STR_ARG(spec.name));
        names[i] = cpm_names_get(f->names, spec.name);
    }
    f->input.updates = names;
    f->input.update_count = count;
    return 0;
}

/* Every name that stands in the tree more than once. */
static void duplicate_names(struct cpm_flow *f)
{
    const struct cpm_lock *lock = f->input.lock;
    const struct cpm_name **names =
        CPM_NEW_ARRAY(f->arena, const struct cpm_name *, lock ? lock->count + 1 : 1);
    struct cpm_map seen = CPM_MAP_INIT;
    char once, twice; /* marks: only their addresses count */
    size_t count = 0;

    for (size_t i = 0; lock && i < lock->count; i++) {
        struct cpm_str name = cpm_location_name(lock->entries[i].location);
        const void *had = name.len ? cpm_map_get(&seen, name) : &twice;

        if (had == &once)
            names[count++] = cpm_names_get(f->names, name);
        if (name.len)
            cpm_map_set(&seen, name, had ? &twice : &once);
    }
    cpm_map_release(&seen);
    f->input.updates = names;
    f->input.update_count = count;
}

int cpm_flow_choose_updates(struct cpm_flow *f, struct cpm_error *err)
{
    if (f->opts->mode == CPM_FLOW_UPDATE)
        return update_names(f, err);
    if (f->opts->mode == CPM_FLOW_DEDUPE)
        duplicate_names(f);
    return 0;
}

static bool is_updated(const struct cpm_flow *f, const struct cpm_name *name)
{
    for (size_t i = 0; i < f->input.update_count; i++)
        if (f->input.updates[i] == name)
            return true;
    return f->input.update_count == 0;
}

/* Every package.json of the project may follow, not only those that -w names: workspaces, and other
 * folders below the root that are linked to. */
static int choose_all(struct cpm_flow *f, struct cpm_error *err)
{
    const struct cpm_workspaces *ws = &f->project.workspaces;
    const struct cpm_lock *ideal = cpm_flow_ideal(f);
    const char **folders = CPM_NEW_ARRAY(f->arena, const char *, ws->count + ideal->count + 2);
    size_t n = 0;

    folders[n++] = f->opts->path;
    for (size_t i = 0; i < ws->count; i++)
        folders[n++] =
            cpm_arena_printf(f->arena, "%s/%.*s", f->opts->path, CPM_STR_ARG(ws->v[i].location));
    for (size_t i = 0; i < ideal->count; i++) {
        const struct cpm_lock_entry *e = &ideal->entries[i];

        if (e->location.len && !e->link && cpm_location_is_top(e->location) &&
            !cpm_str_starts(e->location, "..") && !cpm_workspaces_hold(ws, e->location))
            folders[n++] =
                cpm_arena_printf(f->arena, "%s/%.*s", f->opts->path, CPM_STR_ARG(e->location));
    }
    return cpm_project_choose(&f->project, folders, err);
}

/* What the wish leads to, when that stands in the root's node_modules and was updated. */
static const struct cpm_lock_entry *updated_to(struct cpm_flow *f, struct cpm_str location,
                                               const struct cpm_dep *dep)
{
    const char *hoisted = cpm_arena_printf(f->arena, "node_modules/%s", dep->name->text);
    const char *own = cpm_arena_printf(f->arena, "%.*s/%s", CPM_STR_ARG(location), hoisted);

    if (!is_updated(f, dep->name) || (location.len && cpm_flow_entry(f, cpm_str(own))))
        return NULL;
    return cpm_flow_entry(f, cpm_str(hoisted));
}

static bool is_exactly(struct cpm_flow *f, const struct cpm_graph_edge *wish,
                       const struct cpm_graph_node *node)
{
    const struct cpm_range *version =
        cpm_range_parse(f->arena, cpm_name_str(node->manifest->version), 0);
    struct cpm_spec spec;

    return version &&
           cpm_spec_resolve(f->arena, wish->name, wish->spec, f->opts->path, &spec, NULL) == 0 &&
           (spec.type == CPM_SPEC_VERSION || spec.type == CPM_SPEC_RANGE) && spec.range &&
           cpm_range_subset(spec.range, version, 0);
}

/* What the tree says of wishes: an exact version stays as the user wrote it, and keeps the ranges
 * of others for the same package as they are. Rules of `overrides` count as what was written. */
struct wished {
    struct cpm_map exact; /* locations of packages */
    struct cpm_map ruled; /* "location\0name" of a folder's wishes -> a text, what the rule says */
};

static struct cpm_str wish_key(struct cpm_flow *f, struct cpm_str location, struct cpm_str name)
{
    return CPM_CONCAT(f->arena, location, cpm_str_n("", 1), name);
}

static void find_wished(struct cpm_flow *f, struct wished *out)
{
    struct cpm_graph graph;

    cpm_flow_graph(f, &graph);
    for (size_t i = 0; i < graph.count; i++) {
        const struct cpm_graph_node *n = &graph.nodes[i];

        for (size_t k = 0; n->manifest->version && k < n->edge_in_count; k++)
            if (is_exactly(f, n->edges_in[k], n))
                cpm_map_set(&out->exact, n->entry->location, (void *)n->entry);
        for (size_t k = 0; !n->parent && k < n->edge_count; k++)
            if (!cpm_str_eq(n->edges[k].spec, n->edges[k].raw))
                cpm_map_set(&out->ruled, wish_key(f, n->entry->location, n->edges[k].name),
                            (void *)cpm_arena_str(f->arena, n->edges[k].spec).ptr);
    }
    cpm_graph_release(&graph);
}

/* Of a name in several groups one wish counts: that of the first of these. */
static const enum cpm_dep_group by_weight[] = {CPM_DEPS_DEV, CPM_DEPS_OPTIONAL, CPM_DEPS_PROD,
                                               CPM_DEPS_PEER};

const struct cpm_dep *cpm_flow_wish(const struct cpm_flow *f, const struct cpm_manifest *m,
                                    const struct cpm_name *name)
{
    size_t groups = sizeof(by_weight) / sizeof(by_weight[0]) - f->opts->tree.legacy_peer_deps;

    for (size_t g = 0; g < groups; g++)
        for (uint32_t i = 0; i < m->deps[by_weight[g]].n; i++)
            if (m->deps[by_weight[g]].v[i].name == name)
                return &m->deps[by_weight[g]].v[i];
    return NULL;
}

static bool is_workspace(const struct cpm_flow *f, const struct cpm_name *name)
{
    for (size_t i = 0; i < f->project.workspaces.count; i++)
        if (f->project.workspaces.v[i].name == name)
            return true;
    return false;
}

static int request_dep(struct cpm_flow *f, struct cpm_target *target, const struct cpm_dep *dep,
                       const struct wished *wished, struct cpm_error *err)
{
    const struct cpm_lock_entry *to = updated_to(f, target->location, dep);
    struct cpm_flow_request *own = &f->requests[f->request_count];
    struct cpm_str name = cpm_name_str(dep->name);
    const char *ruled = cpm_map_get(&wished->ruled, wish_key(f, target->location, name));
    int rc;

    if (!to || cpm_map_get(&wished->exact, to->location))
        return 0;
    *own = (struct cpm_flow_request){.target = target};
    rc = cpm_spec_resolve(f->arena, name, ruled ? cpm_str(ruled) : cpm_name_str(dep->spec),
                          target->path, &own->request.spec, err);
    own->request.name = name;
    if (rc == 0)
        f->request_count++;
    return rc;
}

static int request_all_of(struct cpm_flow *f, struct cpm_target *target,
                          const struct wished *wished, struct cpm_error *err)
{
    const struct cpm_manifest *m = *target->manifest;
    int rc = 0;

    for (size_t g = CPM_DEPS_PROD; g <= CPM_DEPS_PEER; g++)
        for (uint32_t i = 0; i < m->deps[g].n && rc == 0; i++) {
            const struct cpm_dep *dep = &m->deps[g].v[i];

            if (cpm_flow_wish(f, m, dep->name) == dep &&
                (target->location.len || !is_workspace(f, dep->name)))
                rc = request_dep(f, target, dep, wished, err);
        }
    return rc;
}

/* The root's package.json is saved for each of its workspaces, which stand there by their version
 * if at all, whatever range was written. */
static int request_workspaces(struct cpm_flow *f, struct cpm_target *root,
                              const struct wished *wished, struct cpm_error *err)
{
    const struct cpm_name *any = cpm_names_get(f->names, CPM_STR("*"));
    int rc = 0;

    for (size_t i = 0; i < f->project.workspaces.count && rc == 0; i++) {
        struct cpm_dep dep = {f->project.workspaces.v[i].name, any, false};

        rc = request_dep(f, root, &dep, wished, err);
    }
    return rc;
}

int cpm_flow_request_updated(struct cpm_flow *f, struct cpm_error *err)
{
    struct wished wished = {CPM_MAP_INIT, CPM_MAP_INIT};
    size_t room = f->project.workspaces.count + 1;
    int rc = choose_all(f, err);

    if (rc < 0)
        return rc;
    find_wished(f, &wished);
    for (size_t t = 0; t < f->project.target_count; t++)
        for (size_t g = CPM_DEPS_PROD; g <= CPM_DEPS_PEER; g++)
            room += (*f->project.targets[t].manifest)->deps[g].n;
    f->requests = CPM_NEW_ARRAY(f->arena, struct cpm_flow_request, room);
    for (size_t t = 0; t < f->project.target_count && rc == 0; t++)
        rc = request_all_of(f, &f->project.targets[t], &wished, err);
    if (rc == 0)
        rc = request_workspaces(f, &f->project.targets[0], &wished, err);
    cpm_map_release(&wished.exact);
    cpm_map_release(&wished.ruled);
    return rc;
}
