/* cpm init: a package.json from what is there, or an initializer, which is a package create-NAME
 * that is run as exec runs it. With -w in a workspace that is made on the way. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/exec.h"
#include "cli/flow_options.h"
#include "cli/init.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"
#include "install/script.h"
#include "semver/hosted.h"
#include "semver/spec.h"

/* "@scope" and "@scope@1" are @scope/create. */
static bool is_scope_alone(struct cpm_str word)
{
    return word.len > 1 && *word.ptr == '@' && cpm_str_chr(word, '/') == CPM_NPOS;
}

static const char *create_in_scope(struct cpm_arena *arena, struct cpm_str word)
{
    struct cpm_str scope, rest = cpm_str_sub(word, 1, word.len);

    cpm_str_split(&rest, '@', &scope);
    return cpm_arena_printf(arena, "@%.*s/create%s%.*s", CPM_STR_ARG(scope), rest.len ? "@" : "",
                            CPM_STR_ARG(rest));
}

/* "user/x" of a hosted repository is user/create-x, wherever it stands in the word. */
static const char *create_hosted(struct cpm_arena *arena, struct cpm_str word,
                                 const struct cpm_hosted *hosted)
{
    const char *place = cpm_arena_printf(arena, "%.*s/%.*s", CPM_STR_ARG(hosted->user),
                                         CPM_STR_ARG(hosted->project));
    size_t at = cpm_str_find(word, place), name = at + hosted->user.len + 1;

    if (at == CPM_NPOS)
        return word.ptr;
    return cpm_arena_printf(arena, "%.*screate-%.*s", CPM_STR_ARG(cpm_str_sub(word, 0, name)),
                            CPM_STR_ARG(cpm_str_sub(word, name, word.len)));
}

static const char *create_named(struct cpm_arena *arena, const struct cpm_spec *spec)
{
    struct cpm_str name = spec->name, scope = CPM_STR("");
    size_t slash = cpm_str_chr(name, '/');

    if (name.len && *name.ptr == '@' && slash != CPM_NPOS) {
        scope = cpm_str_sub(name, 0, slash + 1);
        name = cpm_str_sub(name, slash + 1, name.len);
    }
    return cpm_arena_printf(arena, "%.*screate-%.*s@%.*s", CPM_STR_ARG(scope), CPM_STR_ARG(name),
                            CPM_STR_ARG(spec->raw_spec));
}

/* The package that an initializer's name stands for. */
static int package_of(struct cpm_cli *cli, const char *word, const char **out,
                      struct cpm_error *err)
{
    struct cpm_spec spec;
    int rc = 0;

    if (is_scope_alone(cpm_str(word))) {
        *out = create_in_scope(cli->arena, cpm_str(word));
        return 0;
    }
    if ((rc = cpm_spec_parse(cli->arena, cpm_str(word), cli->cwd, &spec, err)) < 0)
        return rc;
    if (spec.type == CPM_SPEC_GIT && spec.hosted)
        *out = create_hosted(cli->arena, cpm_str(word), spec.hosted);
    else if (spec.registry)
        *out = create_named(cli->arena, &spec);
    else
        rc = cpm_error_set(err, CPM_EUNSUPPORTED,
                           "Unrecognized initializer: %s\nTo run any other package's command, see "
                           "`cpm help exec`",
                           word);
    return rc;
}

static int run_initializer(struct cpm_cli *cli, const char *folder, bool last, int *exit_code,
                           struct cpm_error *err)
{
    const char **words = CPM_NEW_ARRAY(cli->arena, const char *, (size_t)cli->argc + 1);
    struct cpm_exec x = {.cli = cli,
                         .args = words,
                         .arg_count = (size_t)cli->argc,
                         .packages = CPM_NEW_ARRAY(cli->arena, const char *, 2),
                         .local_path = cli->local_prefix,
                         .package_path = cli->cwd,
                         .run_path = folder,
                         .banner = true,
                         .last = last};

    for (int i = 0; i < cli->argc; i++)
        words[i] = cli->argv[i];
    int rc = package_of(cli, words[0], &words[0], err);
    return rc < 0 ? rc : cpm_exec(&x, exit_code, err);
}

static int init_in(struct cpm_cli *cli, const char *folder, bool last, int *exit_code,
                   struct cpm_error *err)
{
    return cli->argc ? run_initializer(cli, folder, last, exit_code, err)
                     : cpm_init_template(cli, folder, exit_code, err);
}

/* The root has to know its new workspace, unless one of its patterns matches it or there is no
 * package.json in it after all. */
static int add_workspace(struct cpm_cli *cli, const char *folder, struct cpm_error *err)
{
    const char *file = cpm_path_join(cli->arena, cli->local_prefix, "package.json");
    struct cpm_package root;
    struct cpm_json *list;
    int rc;

    if (cpm_workspaces_include(cli, folder) ||
        !cpm_fs_exists(cpm_path_join(cli->arena, folder, "package.json")))
        return 0;
    if ((rc = cpm_package_read(file, cli->arena, &root, err)) < 0)
        return rc;
    list = cpm_json_get(root.doc, CPM_STR("workspaces"));
    if (!cpm_json_is(list, CPM_JSON_ARRAY)) {
        cpm_json_set(root.doc, CPM_STR("workspaces"), cpm_json_new_array());
        list = cpm_json_get(root.doc, CPM_STR("workspaces"));
    }
    cpm_json_add(
        list, cpm_json_new_str(cpm_str(cpm_path_relative(cli->arena, cli->local_prefix, folder))));
    rc = cpm_package_save_whole(&root, false, err);
    cpm_package_release(&root);
    return rc;
}

/* The names of the new workspaces, NULL-ended. */
static const char *const *names_of(struct cpm_cli *cli, const char *const *folders, size_t count)
{
    const char **names = CPM_NEW_ARRAY(cli->arena, const char *, count + 1);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        struct cpm_script_package package;

        if (cpm_script_package_read(folders[i], cli->arena, &package, NULL) < 0)
            continue;
        if (package.name.len)
            names[n++] = cpm_arena_str(cli->arena, package.name).ptr;
        cpm_script_package_release(&package);
    }
    return names;
}

static int check_root(struct cpm_cli *cli, struct cpm_error *err)
{
    struct cpm_script_package root;
    int rc = cpm_script_package_read(cli->local_prefix, cli->arena, &root, err);

    if (rc == CPM_ENOENT)
        cpm_term_log(cli->term, CPM_LOG_WARN, "init",
                     "Missing package.json. Try with `--include-workspace-root`.");
    if (rc == 0)
        cpm_script_package_release(&root);
    return rc;
}

static int in_workspaces(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    const char *const *filters = cpm_config_list(cli->config, "workspace");
    const char **folders;
    size_t count = 0;
    int rc = 0;

    while (filters[count])
        count++;
    folders = CPM_NEW_ARRAY(cli->arena, const char *, count + 1);
    if (cpm_config_bool(cli->config, "include-workspace-root"))
        rc = init_in(cli, cli->cwd, false, exit_code, err);
    if (rc == 0 && *exit_code == 0)
        rc = check_root(cli, err);
    for (size_t i = 0; i < count && rc == 0 && *exit_code == 0; i++) {
        folders[i] = cpm_path_resolve(cli->arena, cli->local_prefix, filters[i]);
        rc = cpm_fs_mkdirs(folders[i], 0777, err);
        if (rc == 0)
            rc = init_in(cli, folders[i], false, exit_code, err);
        if (rc == 0 && *exit_code == 0)
            rc = add_workspace(cli, folders[i], err);
    }
    if (rc < 0 || *exit_code || cli->argc)
        return rc;
    return cpm_workspaces_update(cli, names_of(cli, folders, count), exit_code, err);
}

int cpm_cmd_init(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    if (cpm_workspaces_wanted(cli))
        return in_workspaces(cli, exit_code, err);
    return init_in(cli, cli->cwd, true, exit_code, err);
}
