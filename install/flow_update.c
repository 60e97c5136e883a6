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

/* An exact version stays as the user wrote it. */
static bool is_exact(const struct cpm_spec *spec)
{
    const struct cpm_spec *target = spec->sub ? spec->sub : spec;

    return target->type == CPM_SPEC_VERSION;
}

int cpm_flow_request_updated(struct cpm_flow *f, struct cpm_error *err)
{
    static const enum cpm_dep_group groups[] = {CPM_DEPS_PROD, CPM_DEPS_DEV, CPM_DEPS_OPTIONAL,
                                                CPM_DEPS_PEER};
    size_t room = 1;

    for (size_t g = 0; g < 4; g++)
        room += f->project.root->deps[groups[g]].n;
    f->requests = CPM_NEW_ARRAY(f->arena, struct cpm_flow_request, room);
    for (size_t g = 0; g < 4; g++) {
        const struct cpm_deps *deps = &f->project.root->deps[groups[g]];

        for (uint32_t i = 0; i < deps->n; i++) {
            struct cpm_request *r = &f->requests[f->request_count].request;
            int rc = cpm_spec_resolve(f->arena, cpm_name_str(deps->v[i].name),
                                      cpm_name_str(deps->v[i].spec), f->opts->path, &r->spec, err);

            if (rc < 0)
                return rc;
            if (!is_updated(f, deps->v[i].name) || !r->spec.registry || is_exact(&r->spec))
                continue;
            r->name = cpm_name_str(deps->v[i].name);
            f->requests[f->request_count++].target = f->project.targets;
        }
    }
    return 0;
}
