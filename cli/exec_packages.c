/* npm's rules: a name or a range is content with what the project has; a dist-tag, and everything
 * in the folder of exec, has to be what the registry says now. */
#include "cli/exec_packages.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/pick_options.h"
#include "install/actual.h"
#include "install/npx.h"
#include "install/script.h"
#include "semver/package_absent.h"

#define HIDDEN_MAX (256u << 20)

static const struct cpm_spec *target(const struct cpm_exec_want *w)
{
    return w->spec.sub ? w->spec.sub : &w->spec;
}

static int read_words(struct cpm_exec_packages *p, struct cpm_error *err)
{
    struct cpm_exec *x = p->exec;
    struct cpm_arena *arena = x->cli->arena;

    p->count = x->package_count;
    p->wants = CPM_NEW_ARRAY(arena, struct cpm_exec_want, p->count + 1);
    for (size_t i = 0; i < p->count; i++) {
        struct cpm_exec_want *w = &p->wants[i];
        int rc = cpm_spec_parse(arena, cpm_str(x->packages[i]), x->cli->cwd, &w->spec, err);

        if (rc < 0)
            return rc;
        if (w->spec.type == CPM_SPEC_DIRECTORY)
            x->packages[i] = cpm_arena_str(arena, w->spec.fetch).ptr;
        w->word = x->packages[i];
        w->time = CPM_TIME_NONE;
        if (w->spec.registry)
            w->name = target(w)->name;
    }
    return 0;
}

int cpm_exec_packages_open(struct cpm_exec_packages *p, struct cpm_error *err)
{
    struct cpm_cli *cli = p->exec->cli;
    int rc = read_words(p, err);

    if (rc == 0)
        p->folder = cpm_npx_folder(cli->arena, cpm_config_str(cli->config, "cache"),
                                   p->exec->packages, p->count);
    return rc;
}

void cpm_exec_packages_close(struct cpm_exec_packages *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->wants[i].bins)
            cpm_json_free(p->wants[i].bins);
    cpm_names_free(p->opts.names); /* an installation frees them itself */
    cpm_net_close(&p->net);
}

static void keep_bins(struct cpm_exec_packages *p, struct cpm_exec_want *w,
                      const struct cpm_manifest *m)
{
    struct cpm_str bins = m ? cpm_manifest_bins(m, p->exec->cli->arena) : CPM_STR_NONE;

    if (!w->bins && bins.len)
        cpm_json_parse(bins, "bin", CPM_JSON_LAST_WINS, &w->bins, NULL);
}

/* The version that a registry's spec means now. */
static int look_up_registry(struct cpm_exec_packages *p, struct cpm_exec_want *w,
                            struct cpm_error *err)
{
    const struct cpm_packument *packument;
    struct cpm_packument_facts facts;
    const struct cpm_manifest *m;
    uint32_t index;
    int rc;

    if ((rc = cpm_net_open(p->exec->cli, &p->net, err)) < 0)
        return rc;
    cpm_pick_options_fill(p->exec->cli, &p->opts.tree.pick);
    if (cpm_net_packument(&p->net, w->name, p->ask || p->opts.tree.pick.before != CPM_TIME_NONE,
                          &packument, err) < 0)
        return cpm_package_absent(err, w->name, target(w)->raw_spec);
    if ((rc = cpm_pick(packument, target(w), &p->opts.tree.pick, &index, err)) < 0)
        return rc;
    cpm_packument_facts(packument, index, &facts);
    m = cpm_packument_manifest(packument, index, p->opts.names, p->exec->cli->arena);
    w->version = cpm_arena_str(p->exec->cli->arena, facts.text);
    w->time = facts.time;
    w->fresh_until_ms = p->net.fresh_until_ms;
    w->has_scripts = m->has_install_script;
    keep_bins(p, w, m);
    return 0;
}

static int look_up_folder(struct cpm_exec_packages *p, struct cpm_exec_want *w,
                          struct cpm_error *err)
{
    struct cpm_script_package package;
    struct cpm_json *bins;
    int rc = cpm_script_package_read(w->word, p->exec->cli->arena, &package, err);

    if (rc < 0)
        return rc;
    bins = cpm_json_get(package.json, CPM_STR("bin"));
    w->name = cpm_arena_str(p->exec->cli->arena, package.name);
    w->bins = bins ? cpm_json_copy(bins) : NULL;
    cpm_script_package_release(&package);
    return 0;
}

/* What comes by git or as a tarball tells its name once it is there. */
static int look_up(struct cpm_exec_packages *p, struct cpm_exec_want *w, struct cpm_error *err)
{
    int rc = 0;

    if (w->looked_up)
        return 0;
    if (w->spec.registry)
        rc = look_up_registry(p, w, err);
    else if (w->spec.type == CPM_SPEC_DIRECTORY)
        rc = look_up_folder(p, w, err);
    w->looked_up = rc == 0;
    return rc;
}

static bool satisfies(const struct cpm_exec_want *w, struct cpm_str version)
{
    const struct cpm_spec *spec = target(w);
    struct cpm_version v;

    if (cpm_str_is(spec->raw_spec, "*"))
        return true;
    if (spec->type == CPM_SPEC_TAG)
        return w->looked_up && cpm_str_eq(version, w->version);
    return spec->range && cpm_version_parse(version, CPM_SEMVER_LOOSE, &v) &&
           cpm_range_satisfies(spec->range, &v, CPM_SEMVER_LOOSE);
}

/* The hidden lock names every package of the tree: what its text does not hold is not there, and
 * that is told much faster than by reading the tree. */
static bool may_be_in_tree(struct cpm_exec_packages *p, struct cpm_str name)
{
    struct cpm_arena *arena = p->exec->cli->arena;
    const char *modules = cpm_path_join(arena, p->exec->cli->local_prefix, "node_modules");
    const char *hidden = cpm_path_join(arena, modules, ".package-lock.json");
    struct cpm_str text;

    if (!cpm_fs_is_dir(modules))
        return false;
    if (cpm_fs_read(hidden, HIDDEN_MAX, arena, &text, NULL) < 0)
        return true;
    const char *as_place = cpm_arena_printf(arena, "/%.*s\"", CPM_STR_ARG(name));
    const char *as_name = cpm_arena_printf(arena, "\"%.*s\"", CPM_STR_ARG(name));
    return memmem(text.ptr, text.len, as_place, strlen(as_place)) ||
           memmem(text.ptr, text.len, as_name, strlen(as_name));
}

static int find_in_tree(struct cpm_exec_packages *p, const struct cpm_lock *tree,
                        struct cpm_exec_want *w, struct cpm_error *err)
{
    int rc = target(w)->type == CPM_SPEC_TAG ? look_up(p, w, err) : 0;

    for (size_t i = 1; i < tree->count && rc == 0 && w->missing; i++) {
        const struct cpm_manifest *m = tree->entries[i].manifest;

        if (!m || !m->name || !m->version || !cpm_str_is(w->name, m->name->text) ||
            !satisfies(w, cpm_str(m->version->text)))
            continue;
        w->missing = false;
        keep_bins(p, w, m);
    }
    return rc;
}

static int look_in_project(struct cpm_exec_packages *p, struct cpm_error *err)
{
    struct cpm_exec *x = p->exec;
    const struct cpm_actual_source src = {
        .path = x->cli->local_prefix, .names = p->opts.names, .arena = x->cli->arena};
    struct cpm_lock tree = {0};
    bool read = false;
    int rc = 0;

    for (size_t i = 0; i < p->count && rc == 0; i++) {
        struct cpm_exec_want *w = &p->wants[i];

        w->missing = true;
        if (!w->spec.registry || !may_be_in_tree(p, w->name))
            continue;
        if (!read)
            rc = cpm_actual_read(&src, &tree, NULL, err);
        read = true;
        if (rc == 0)
            rc = find_in_tree(p, &tree, w, err);
    }
    return rc;
}

int cpm_exec_packages_look(struct cpm_exec_packages *p, struct cpm_error *err)
{
    int rc = look_in_project(p, err);

    for (size_t i = 0; i < p->count && rc == 0; i++)
        if (p->wants[i].missing)
            rc = look_up(p, &p->wants[i], err);
    return rc;
}

/* The version of the package that stands in FOLDER/node_modules, "" when none does. */
static struct cpm_str version_in(struct cpm_exec_packages *p, const char *folder,
                                 struct cpm_str name)
{
    struct cpm_arena *arena = p->exec->cli->arena;
    const char *path = cpm_arena_printf(arena, "%s/node_modules/%.*s", folder, CPM_STR_ARG(name));
    struct cpm_script_package package;
    struct cpm_str version;

    if (cpm_script_package_read(path, arena, &package, NULL) < 0)
        return CPM_STR_NONE;
    version = cpm_arena_str(arena, cpm_json_get_str(package.json, "version"));
    cpm_script_package_release(&package);
    return version;
}

bool cpm_exec_packages_global(struct cpm_exec_packages *p, const char *command)
{
    const struct cpm_cli *cli = p->exec->cli;
    const char *lib = cpm_path_join(cli->arena, cli->global_prefix, "lib");
    const char *file = cpm_arena_printf(cli->arena, "%s/bin/%s", cli->global_prefix, command);

    if (!p->wants[0].spec.registry || strcmp(cli->local_prefix, cli->global_prefix) == 0)
        return false;
    struct cpm_str version = version_in(p, lib, p->wants[0].name);
    return version.len && satisfies(&p->wants[0], version) && cpm_exec_is_file(file);
}

static bool stands_in(struct cpm_exec_packages *p, const char *folder, struct cpm_str name)
{
    return cpm_fs_is_dir(
        cpm_arena_printf(p->exec->cli->arena, "%s/node_modules/%.*s", folder, CPM_STR_ARG(name)));
}

bool cpm_exec_packages_elsewhere(struct cpm_exec_packages *p)
{
    const struct cpm_cli *cli = p->exec->cli;

    for (size_t i = 0; i < p->count; i++) {
        struct cpm_str name = p->wants[i].name;

        if (stands_in(p, cli->local_prefix, name) ||
            stands_in(p, cpm_path_join(cli->arena, cli->global_prefix, "lib"), name))
            return true;
    }
    return false;
}

static bool links_to(struct cpm_exec_packages *p, const struct cpm_exec_want *w)
{
    struct cpm_arena *arena = p->exec->cli->arena;
    const char *link =
        cpm_arena_printf(arena, "%s/node_modules/%.*s", p->folder, CPM_STR_ARG(w->name));
    const char *there = cpm_fs_realpath(arena, link, NULL);
    const char *meant = cpm_fs_realpath(arena, w->word, NULL);

    return there && meant && strcmp(there, meant) == 0;
}

bool cpm_exec_packages_held(struct cpm_exec_packages *p, const struct cpm_exec_want *want)
{
    if (want->spec.registry)
        return want->version.len && cpm_str_eq(version_in(p, p->folder, want->name), want->version);
    return want->spec.type == CPM_SPEC_DIRECTORY && links_to(p, want);
}
