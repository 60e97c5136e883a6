/* The user's words become specs of package.json: named (a folder or tarball is looked into for its
 * name) and with dist-tags turned into the version they mean now. */
#include "install/flow_state.h"

#include "base/fs.h"
#include "base/path.h"
#include "semver/package_absent.h"

static int tag_to_version(struct cpm_flow *f, struct cpm_spec *spec, struct cpm_error *err)
{
    const struct cpm_packument *p;
    struct cpm_packument_facts facts;
    uint32_t index;
    const char *text;
    int rc = cpm_gather_packument(&f->loop, f->registry, spec->name,
                                  f->opts->tree.pick.before != CPM_TIME_NONE, &p, err);

    if (rc < 0)
        return cpm_package_absent(err, spec->name, spec->raw_spec);
    rc = cpm_pick(p, spec, &f->opts->tree.pick, &index, err);
    if (rc < 0)
        return rc;
    cpm_packument_facts(p, index, &facts);
    text =
        cpm_arena_printf(f->arena, "%.*s@%.*s", CPM_STR_ARG(spec->name), CPM_STR_ARG(facts.text));
    return cpm_spec_parse(f->arena, cpm_str(text), f->opts->cwd, spec, err);
}

/* file: specs are kept relative to the package.json that gets them; folders by their real path. */
static int make_relative(struct cpm_flow *f, const char *where, struct cpm_request *r,
                         struct cpm_error *err)
{
    const char *path = cpm_arena_strndup(f->arena, r->spec.fetch.ptr, r->spec.fetch.len);
    const char *real = cpm_fs_realpath(f->arena, path, NULL);
    const char *relative = cpm_path_relative(f->arena, where, real ? real : path);

    return cpm_spec_resolve(f->arena, r->name,
                            cpm_str(cpm_arena_printf(f->arena, "file:%s", relative)), where,
                            &r->spec, err);
}

static int parse_request(struct cpm_flow *f, const char *word, struct cpm_request *r,
                         struct cpm_error *err)
{
    int rc = cpm_spec_parse(f->arena, cpm_str(word), f->opts->cwd, &r->spec, err);

    if (rc < 0)
        return rc;
    cpm_spec_unalias(&r->spec);
    if (r->spec.type == CPM_SPEC_TAG && (rc = tag_to_version(f, &r->spec, err)) < 0)
        return rc;
    r->name = r->spec.name;
    if (r->name.len == 0) {
        if ((rc = cpm_gather_name(&f->gather, &r->spec, &r->name, err)) < 0)
            return rc;
    }
    return 0;
}

static void tell_moves(const struct cpm_flow *f, const struct cpm_target *target,
                       const struct cpm_request *r)
{
    enum cpm_dep_group left[2], into;
    size_t n = cpm_request_leaves(target->package, r, &f->opts->request, left, &into);

    for (size_t i = 0; i < n; i++)
        cpm_flow_warn(f, "idealTree",
                      cpm_str(cpm_arena_printf(f->arena, "Removing %s.%.*s in favor of %s.%.*s",
                                               cpm_dep_group_key(left[i]), CPM_STR_ARG(r->name),
                                               cpm_dep_group_key(into), CPM_STR_ARG(r->name))));
}

static int write_request(struct cpm_flow *f, struct cpm_target *target, const struct cpm_request *r,
                         struct cpm_error *err)
{
    struct cpm_flow_request *own = &f->requests[f->request_count];
    bool local = r->spec.type == CPM_SPEC_DIRECTORY || r->spec.type == CPM_SPEC_FILE;
    int rc = 0;

    *own = (struct cpm_flow_request){.request = *r, .target = target};
    if (local)
        rc = make_relative(f, target->path, &own->request, err);
    if (rc < 0)
        return rc;
    tell_moves(f, target, &own->request);
    own->optional = cpm_request_write(target->package, &own->request, &f->opts->request);
    own->is_optional = own->optional.ptr != NULL;
    own->optional = cpm_arena_str(f->arena, own->optional);
    f->request_count++;
    return 0;
}

/* A tag, or a folder or tarball without a name. */
static bool must_be_looked_up(struct cpm_flow *f, const char *word)
{
    struct cpm_spec spec = {0};

    return cpm_spec_parse(f->arena, cpm_str(word), f->opts->cwd, &spec, NULL) == 0 &&
           (spec.type == CPM_SPEC_TAG || spec.name.len == 0);
}

static int add_one(struct cpm_flow *f, size_t i, struct cpm_str *name, struct cpm_error *err)
{
    struct cpm_request r;
    int rc = parse_request(f, f->opts->specs[i], &r, err);

    for (size_t t = 0; t < f->project.target_count && rc == 0; t++)
        rc = write_request(f, &f->project.targets[t], &r, err);
    if (rc == 0)
        *name = cpm_arena_str(f->arena, r.name);
    return rc;
}

/* Of two words for one package the last one counts; those that npm has to look up come after all
 * others. */
static int add_all(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_str *names;
    size_t count = 0;
    int rc = 0;

    while (f->opts->specs[count])
        count++;
    f->requests =
        CPM_NEW_ARRAY(f->arena, struct cpm_flow_request, count * f->project.target_count + 1);
    f->out->names = names = CPM_NEW_ARRAY(f->arena, struct cpm_str, count + 1);
    for (int late = 0; late < 2; late++)
        for (size_t i = 0; i < count && rc == 0; i++)
            if (must_be_looked_up(f, f->opts->specs[i]) == late)
                rc = add_one(f, i, &names[i], err);
    return rc;
}

static int remove_all(struct cpm_flow *f, struct cpm_error *err)
{
    for (const char *const *word = f->opts->specs; *word; word++) {
        struct cpm_spec spec;
        int rc = cpm_spec_parse(f->arena, cpm_str(*word), f->opts->cwd, &spec, err);

        if (rc < 0)
            return rc;
        if (!cpm_str_eq(spec.name, cpm_str(*word)))
            return cpm_error_set(err, CPM_EUSAGE, "uninstall takes package names only, not '%s'",
                                 *word);
        for (size_t t = 0; t < f->project.target_count; t++)
            cpm_request_remove(f->project.targets[t].package, spec.name);
        f->removed = true; /* npm saves package.json even when the name stood nowhere */
    }
    return 0;
}

/* dedupe and audit fix begin with npm's virtual tree, whose root has the folder's name at least. */
static const struct cpm_manifest *named_root(struct cpm_flow *f)
{
    const struct cpm_manifest *root = f->project.root;
    struct cpm_manifest *named;

    if (root->name || !f->input.lock || f->input.lock_is_actual ||
        (f->opts->mode != CPM_FLOW_DEDUPE && !f->opts->avoid_count))
        return root;
    named = CPM_NEW(f->arena, struct cpm_manifest);
    *named = *root;
    named->name = cpm_names_get(f->names, cpm_location_name(cpm_str(f->opts->path)));
    return named;
}

static void list_asked(struct cpm_flow *f)
{
    struct cpm_str *asked = CPM_NEW_ARRAY(f->arena, struct cpm_str, f->project.target_count + 1);

    for (size_t i = 0; i < f->project.target_count; i++)
        if (f->project.targets[i].location.len)
            asked[f->input.asked_count++] = f->project.targets[i].location;
    f->input.asked = asked;
    f->input.part = cpm_flow_filter(f) != NULL;
    f->input.part_root = f->filter.root;
}

static bool is_root_changed(const struct cpm_flow *f)
{
    for (size_t i = 0; i < f->request_count; i++)
        if (!f->requests[i].target->location.len)
            return true;
    return f->removed;
}

static void prepare_input(struct cpm_flow *f, const struct cpm_manifest *before)
{
    struct cpm_tree_input *in = &f->input;
    struct cpm_tree_add *adds = CPM_NEW_ARRAY(f->arena, struct cpm_tree_add, f->request_count + 1);

    for (size_t i = 0; i < f->request_count; i++)
        adds[i] =
            (struct cpm_tree_add){.name = cpm_names_get(f->names, f->requests[i].request.name),
                                  .workspace = f->requests[i].target->location};
    *in = (struct cpm_tree_input){.root = f->project.root,
                                  .root_before = is_root_changed(f) ? before : NULL,
                                  .workspaces = f->project.workspaces.v,
                                  .workspace_count = f->project.workspaces.count,
                                  .adds = adds,
                                  .add_count = f->request_count,
                                  .has_removals = f->removed,
                                  .saves = f->opts->save && !f->opts->global,
                                  .has_dev_engines = cpm_json_truthy(
                                      cpm_json_get(f->project.package.doc, CPM_STR("devEngines"))),
                                  .avoids = f->opts->avoids,
                                  .avoid_count = f->opts->avoid_count,
                                  .names = f->names,
                                  .arena = f->arena};
    if (f->opts->global)
        return;
    if (f->project.has_lock && !f->opts->tree.update_all)
        in->lock = &f->project.lock;
    else if (f->actual.count)
        in->lock = &f->actual;
    in->lock_is_actual = in->lock == &f->actual;
    in->lock_passed_over = (!f->opts->package_lock || f->opts->tree.update_all) &&
                           cpm_project_has_lock_file(&f->project);
    in->root = named_root(f);
    list_asked(f);
    in->pins = f->pins;
    in->pin_count = f->pin_count;
}

int cpm_flow_request(struct cpm_flow *f, struct cpm_error *err)
{
    const struct cpm_manifest *before = f->project.root;
    int rc = 0;

    f->gather = (struct cpm_gather){.loop = &f->loop,
                                    .registry = f->registry,
                                    .store = f->store,
                                    .git = &f->git,
                                    .input = &f->input,
                                    .opts = &f->opts->tree,
                                    .data = f};
    f->input.names = f->names;
    f->input.arena = f->arena;
    if (f->opts->global)
        cpm_flow_request_globals(f);
    if (f->opts->mode == CPM_FLOW_INSTALL)
        rc = add_all(f, err);
    else if (f->opts->mode == CPM_FLOW_UNINSTALL)
        rc = remove_all(f, err);
    if (rc == 0)
        rc = cpm_project_refresh(&f->project, err);
    prepare_input(f, before);
    if (rc == 0 && f->opts->foreign)
        rc = cpm_import_prepare(&f->import, f->opts->foreign, &f->input, err);
    if (rc == 0)
        rc = cpm_flow_choose_updates(f, err);
    return rc;
}
