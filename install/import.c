/* The solver never sees a range that the foreign lock answers: what it places is what was locked.
 * Wishes that the lock does not answer (peers that its manager does not install, git) stay, and
 * choose among the locked versions of the name; where none of these is right, among all. */
#include "install/import.h"

#include "install/case.h"
#include "lockfile/package.h"

struct known { /* a package of the foreign lock */
    const struct cpm_packument *registry;
    struct cpm_packument *told;
};

static struct cpm_str id_of(struct cpm_import *im, struct cpm_str name, struct cpm_str version)
{
    return cpm_str(
        cpm_arena_printf(im->arena, "%.*s@%.*s", CPM_STR_ARG(name), CPM_STR_ARG(version)));
}

static bool satisfies(const struct cpm_foreign_package *p, const struct cpm_spec *spec)
{
    struct cpm_version version;

    return !spec->range || (cpm_version_parse(p->version, 0, &version) &&
                            cpm_range_satisfies(spec->range, &version, 0));
}

/* A wish that the lock does not answer: is one of its versions right? */
static void note_wish(struct cpm_import *im, struct cpm_str name, struct cpm_str text)
{
    const struct cpm_foreign_package *p;
    struct cpm_spec parsed, *spec = &parsed;

    if (cpm_spec_resolve(im->arena, name, text, "/", spec, NULL) < 0)
        return;
    if (spec->type == CPM_SPEC_ALIAS && spec->sub)
        *spec = *spec->sub;
    name = spec->name.len ? spec->name : name;
    p = cpm_map_get(&im->foreign->names, name);
    if (!p)
        return;
    for (; p; p = p->next)
        if (satisfies(p, spec))
            return;
    cpm_map_set(&im->open, cpm_arena_str(im->arena, name), im);
}

/* The locked version as a spec; the wish itself when the lock does not answer it. */
static struct cpm_str exact(struct cpm_import *im, struct cpm_str requirer, struct cpm_str name,
                            struct cpm_str spec)
{
    const struct cpm_foreign_package *p = cpm_foreign_find(im->foreign, requirer, name, spec);

    if (!p) {
        note_wish(im, name, spec);
        return spec;
    }
    if (cpm_str_eq(p->name, name))
        return p->version;
    return cpm_str(cpm_arena_printf(im->arena, "npm:%.*s@%.*s", CPM_STR_ARG(p->name),
                                    CPM_STR_ARG(p->version)));
}

static int check_wish(const struct cpm_dep *dep, struct cpm_error *err)
{
    struct cpm_str spec = cpm_name_str(dep->spec);

    if (!cpm_str_starts(spec, "workspace:") && !cpm_str_starts(spec, "catalog:"))
        return 0;
    return cpm_error_set(err, CPM_EUNSUPPORTED,
                         "package.json wants '%s' as '%s', which npm does not know: write a range "
                         "(for a workspace, '*') instead",
                         dep->name->text, dep->spec->text);
}

/* A project's own manifest with exact wishes. */
static int exact_manifest(struct cpm_import *im, struct cpm_str folder,
                          const struct cpm_manifest **m, struct cpm_error *err)
{
    struct cpm_manifest *copy = CPM_NEW(im->arena, struct cpm_manifest);
    int rc = 0;

    *copy = **m;
    copy->raw[CPM_RAW_OVERRIDES] = CPM_STR_NONE; /* the locked versions obey them already */
    for (enum cpm_dep_group g = CPM_DEPS_PROD; g <= CPM_DEPS_PEER; g++) {
        struct cpm_deps *deps = &copy->deps[g];
        struct cpm_dep *v = CPM_NEW_ARRAY(im->arena, struct cpm_dep, deps->n + 1);

        for (uint32_t i = 0; rc == 0 && i < deps->n; i++) {
            v[i] = deps->v[i];
            rc = check_wish(&v[i], err);
            v[i].spec = cpm_names_get(
                im->names, exact(im, folder, cpm_name_str(v[i].name), cpm_name_str(v[i].spec)));
        }
        deps->v = v;
    }
    *m = copy;
    return rc;
}

int cpm_import_prepare(struct cpm_import *im, const struct cpm_foreign *foreign,
                       struct cpm_tree_input *input, struct cpm_error *err)
{
    struct cpm_tree_workspace *workspaces =
        CPM_NEW_ARRAY(input->arena, struct cpm_tree_workspace, input->workspace_count + 1);
    int rc;

    im->foreign = foreign;
    im->names = input->names;
    im->arena = input->arena;
    if (foreign->overrides && !input->root->raw[CPM_RAW_OVERRIDES].len)
        return cpm_error_set(err, CPM_EUNSUPPORTED,
                             "the lock was made under overrides that npm does not read: write them "
                             "into 'overrides' of package.json, then import again");
    rc = exact_manifest(im, CPM_STR(""), &input->root, err);
    for (size_t i = 0; rc == 0 && i < input->workspace_count; i++) {
        workspaces[i] = input->workspaces[i];
        rc = exact_manifest(im, workspaces[i].location, &workspaces[i].manifest, err);
    }
    input->workspaces = workspaces;
    return rc;
}

static void make_exact(struct cpm_import *im, struct cpm_str requirer, struct cpm_json *manifest)
{
    static const enum cpm_dep_group groups[] = {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL, CPM_DEPS_PEER};

    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        struct cpm_str key = cpm_str(cpm_dep_group_key(groups[g]));
        const struct cpm_json *deps = cpm_json_get(manifest, key);
        struct cpm_json *own = deps ? cpm_json_new_object() : NULL;

        CPM_JSON_EACH (deps, dep)
            cpm_json_set(
                own, cpm_json_key(dep),
                cpm_json_new_str(exact(im, requirer, cpm_json_key(dep), cpm_json_str(dep))));
        if (own)
            cpm_json_set(manifest, key, own);
    }
}

static int add_version(struct cpm_import *im, const struct cpm_packument *registry,
                       const struct cpm_foreign_package *p, struct cpm_json *versions,
                       struct cpm_error *err)
{
    int64_t index = cpm_packument_find(registry, p->version);
    struct cpm_json *manifest;

    if (index < 0)
        return cpm_error_set(err, CPM_ETARGET,
                             "the lock has %.*s@%.*s, which is not in the registry",
                             CPM_STR_ARG(p->name), CPM_STR_ARG(p->version));
    manifest = cpm_case_manifest_json(
        cpm_packument_manifest(registry, (uint32_t)index, im->names, im->arena));
    make_exact(im, id_of(im, p->name, p->version), manifest);
    cpm_json_set(versions, p->version, manifest);
    return 0;
}

static void add_all_versions(struct cpm_import *im, const struct cpm_packument *registry,
                             struct cpm_json *versions)
{
    for (uint32_t i = 0; i < cpm_packument_count(registry); i++) {
        struct cpm_packument_facts facts;

        cpm_packument_facts(registry, i, &facts);
        if (!cpm_json_get(versions, facts.text))
            cpm_json_set(
                versions, facts.text,
                cpm_case_manifest_json(cpm_packument_manifest(registry, i, im->names, im->arena)));
    }
}

static int tell(struct cpm_import *im, struct known *known, struct cpm_str name,
                struct cpm_error *err)
{
    struct cpm_json *doc = cpm_json_new_object(), *versions = cpm_json_new_object();
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    int rc = 0;

    for (const struct cpm_foreign_package *p = cpm_map_get(&im->foreign->names, name); p && rc == 0;
         p = p->next)
        rc = add_version(im, known->registry, p, versions, err);
    if (cpm_map_get(&im->open, name))
        add_all_versions(im, known->registry, versions);
    cpm_json_set_str(doc, "name", name);
    cpm_json_set(doc, CPM_STR("versions"), versions);
    cpm_json_write(doc, CPM_STR(""), CPM_STR(""), &text);
    if (rc == 0)
        rc = cpm_packument_build(cpm_arena_str(im->arena, cpm_buf_str(&text)), name, true,
                                 &known->told, err);
    cpm_buf_release(&text);
    cpm_json_free(doc);
    return rc;
}

static int give_packument(void *data, const struct cpm_name *name, const struct cpm_packument **out,
                          struct cpm_error *err)
{
    struct cpm_import *im = data;
    struct known *known = cpm_map_get(&im->packuments, cpm_name_str(name));
    int rc = 0;

    if (!cpm_map_get(&im->foreign->names, cpm_name_str(name)))
        return im->network->packument(im->network->data, name, out, err);
    if (!known) {
        const struct cpm_packument *registry;

        if ((rc = im->network->packument(im->network->data, name, &registry, err)) < 0)
            return rc;
        known = CPM_NEW(im->arena, struct known);
        known->registry = registry;
        cpm_map_set(&im->packuments, cpm_name_str(name), known);
    }
    if (!known->told)
        rc = tell(im, known, cpm_name_str(name), err);
    *out = known->told;
    return rc;
}

static int give_manifest(void *data, const struct cpm_spec *spec, struct cpm_tree_manifest *out,
                         struct cpm_error *err)
{
    const struct cpm_import *im = data;

    return im->network->manifest(im->network->data, spec, out, err);
}

static int give_contents(void *data, const struct cpm_tree_tarball *tarball,
                         const struct cpm_lock **out, struct cpm_error *err)
{
    const struct cpm_import *im = data;

    return im->network->contents(im->network->data, tarball, out, err);
}

/* What the lock does not have wants things, too. */
static void note_stranger(void *data, const struct cpm_packument *p, uint32_t index)
{
    static const enum cpm_dep_group groups[] = {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL, CPM_DEPS_PEER};
    struct cpm_import *im = data;
    const struct cpm_manifest *m;

    m = cpm_packument_manifest(p, index, im->names, im->arena);
    if (cpm_map_get(&im->foreign->ids, id_of(im, cpm_name_str(m->name), cpm_name_str(m->version))))
        return;
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
        for (uint32_t i = 0; i < m->deps[groups[g]].n; i++)
            note_wish(im, cpm_name_str(m->deps[groups[g]].v[i].name),
                      cpm_name_str(m->deps[groups[g]].v[i].spec));
}

struct cpm_tree_source cpm_import_source(void *import, const struct cpm_tree_source *network)
{
    struct cpm_import *im = import;

    im->network = network;
    return (struct cpm_tree_source){.data = im,
                                    .packument = give_packument,
                                    .manifest = give_manifest,
                                    .contents = network->contents ? give_contents : NULL,
                                    .reads = note_stranger};
}

static void finish_entry(struct cpm_import *im, struct cpm_lock_entry *e)
{
    struct cpm_str name = cpm_name_str(e->manifest->name);
    struct cpm_str version = cpm_name_str(e->manifest->version);
    const struct known *known = cpm_map_get(&im->packuments, name);
    const struct cpm_foreign_package *p =
        known ? cpm_map_get(&im->foreign->ids, id_of(im, name, version)) : NULL;

    if (!p)
        return;
    e->manifest = cpm_packument_manifest(known->registry,
                                         (uint32_t)cpm_packument_find(known->registry, version),
                                         im->names, im->arena);
    if (cpm_str_starts(p->integrity, "sha512-"))
        e->integrity = p->integrity;
}

void cpm_import_finish(struct cpm_import *im, const struct cpm_project *project,
                       struct cpm_lock *lock)
{
    for (size_t i = 0; i < lock->count; i++) {
        struct cpm_lock_entry *e = &lock->entries[i];

        if (e->location.len == 0)
            e->manifest = project->root;
        for (size_t w = 0; w < project->workspaces.count; w++)
            if (cpm_str_eq(e->location, project->workspaces.v[w].location))
                e->manifest = project->workspaces.v[w].manifest;
        if (e->manifest && !cpm_location_is_top(e->location))
            finish_entry(im, e);
    }
}

static void forget_told(struct cpm_import *im)
{
    CPM_MAP_EACH (&im->packuments, e) {
        struct known *known = e->value;

        cpm_packument_free(known->told);
        known->told = NULL;
    }
}

bool cpm_import_widen(struct cpm_import *im)
{
    bool more = im->open.count > im->told_open;

    im->told_open = im->open.count;
    forget_told(im);
    return more;
}

void cpm_import_release(struct cpm_import *im)
{
    forget_told(im);
    cpm_map_release(&im->open);
    cpm_map_release(&im->packuments);
}
