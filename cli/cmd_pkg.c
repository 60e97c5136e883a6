/* cpm pkg: reads and changes package.json by path, in the project or in each picked workspace. Only
 * what was asked for changes, besides the order of dependencies, which npm sorts. */
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/fields.h"
#include "cli/print_json.h"
#include "cli/workspace_filter.h"
#include "lockfile/package.h"
#include "registry/publish/normalize.h"

struct edit {
    struct cpm_cli *cli;
    const char *folder;
    struct cpm_package package;
    int argc; /* behind the sub command */
    const char **argv;
    struct cpm_json *answer; /* of get */
};

static int get(struct edit *e, struct cpm_error *err)
{
    struct cpm_json *found = cpm_json_new_object();
    int rc = 0;
    if (e->argc == 0) {
        cpm_json_free(found);
        e->answer = cpm_json_copy(e->package.doc);
        return 0;
    }
    for (int i = 0; i < e->argc && rc == 0; i++)
        rc = cpm_field_get(e->cli->arena, e->package.doc, cpm_str(e->argv[i]), true, found, err);
    if (rc < 0) {
        cpm_json_free(found);
        return rc;
    }
    e->answer = found;
    if (e->argc == 1 && cpm_json_count(found) == 1 && cpm_json_get(found, cpm_str(e->argv[0]))) {
        e->answer = cpm_json_copy(cpm_json_first(found));
        cpm_json_free(found);
    }
    return 0;
}

static int check_texts(const struct cpm_json *container, int code, const char *words,
                       struct cpm_error *err)
{
    CPM_JSON_EACH (container, v)
        if (!cpm_json_is(v, CPM_JSON_STRING))
            return cpm_error_set(err, code, "%s", words);
    return 0;
}

/* npm's update: refuses what no package.json may hold, and sorts dependencies. */
static int update(struct edit *e, struct cpm_error *err)
{
    const struct cpm_json *scripts = cpm_json_get(e->package.doc, CPM_STR("scripts"));
    const struct cpm_json *workspaces = cpm_json_get(e->package.doc, CPM_STR("workspaces"));
    int rc = check_texts(scripts, CPM_ESCRIPTSINVALID,
                         "package.json scripts should be a key-value pair of strings.", err);
    if (rc < 0)
        return rc;
    if (cpm_json_truthy(workspaces) && !cpm_json_is(workspaces, CPM_JSON_OBJECT)) {
        const char *words = "workspaces should be an array of strings.";
        rc = cpm_json_count(workspaces) == 0
                 ? cpm_error_set(err, CPM_EWORKSPACESINVALID, "%s", words)
                 : check_texts(workspaces, CPM_EWORKSPACESINVALID, words, err);
        if (rc < 0)
            return rc;
    }
    cpm_package_order_deps(&e->package);
    return cpm_package_save_whole(&e->package, true, err);
}

static int set_one(struct edit *e, struct cpm_str arg, struct cpm_error *err)
{
    const struct cpm_config *config = e->cli->config;
    size_t equals = cpm_str_chr(arg, '=');
    struct cpm_str text = equals == CPM_NPOS ? CPM_STR("") : cpm_str_sub(arg, equals + 1, arg.len);
    struct cpm_json *value = NULL;
    int rc = 0;
    if (equals == CPM_NPOS || equals == 0 || text.len == 0)
        return cpm_error_set(err, CPM_EUSAGE, "cpm pkg set expects a key=value pair of args.");
    if (cpm_config_bool(config, "json"))
        rc = cpm_json_parse(text, cpm_arena_str(e->cli->arena, arg).ptr, CPM_JSON_LAST_WINS, &value,
                            err);
    else
        value = cpm_json_new_str(text);
    if (rc < 0)
        cpm_error_advise(err, "With --json a value is JSON: a text stands in double quotes, which "
                              "the shell has to keep.");
    else
        rc = cpm_field_set(&e->package.doc, cpm_str_sub(arg, 0, equals), value,
                           cpm_config_bool(config, "force"), err);
    cpm_json_free(value);
    return rc;
}

static int set(struct edit *e, struct cpm_error *err)
{
    int rc = e->argc
                 ? 0
                 : cpm_error_set(err, CPM_EUSAGE, "cpm pkg set expects a key=value pair of args.");
    for (int i = 0; i < e->argc && rc == 0; i++)
        rc = set_one(e, cpm_str(e->argv[i]), err);
    return rc < 0 ? rc : update(e, err);
}

static int delete_keys(struct edit *e, struct cpm_error *err)
{
    int rc = e->argc ? 0 : CPM_EUSAGE;
    for (int i = 0; i < e->argc && rc == 0; i++)
        rc = *e->argv[i] ? cpm_field_set(&e->package.doc, cpm_str(e->argv[i]), NULL, false, err)
                         : CPM_EUSAGE;
    if (rc == CPM_EUSAGE)
        return cpm_error_set(err, rc, "cpm pkg delete expects key args.");
    return rc < 0 ? rc : update(e, err);
}

static int fix(struct edit *e, struct cpm_error *err)
{
    struct cpm_normalize n = {.arena = e->cli->arena, .folder = e->folder, .doc = e->package.doc};
    int rc = cpm_normalize_fix(&n, err);
    return rc < 0 ? rc : cpm_package_save_whole(&e->package, true, err);
}

static const struct {
    const char *name;
    int (*run)(struct edit *e, struct cpm_error *err);
} actions[] = {{"get", get}, {"set", set}, {"delete", delete_keys}, {"fix", fix}};

static int edit(struct edit *e, size_t action, struct cpm_error *err)
{
    const char *file = cpm_path_join(e->cli->arena, e->folder, "package.json");
    int rc = cpm_package_read(file, e->cli->arena, &e->package, err);
    if (rc == 0 && !e->package.exists)
        rc = cpm_error_set(err, CPM_ENOENT,
                           "Could not read package.json: Error: ENOENT: no such file or "
                           "directory, open '%s'",
                           file);
    if (rc == 0)
        rc = actions[action].run(e, err);
    cpm_package_release(&e->package);
    return rc;
}

static int edit_workspaces(struct edit *e, size_t action, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    struct cpm_json *all = cpm_json_new_object();
    size_t count = 0;
    int rc = cpm_workspaces_pick(e->cli, &picks, &count, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        e->folder = picks[i].path;
        rc = edit(e, action, err);
        if (e->answer)
            cpm_json_set(all, cpm_str(picks[i].name), e->answer);
        e->answer = NULL;
    }
    if (cpm_json_count(all))
        e->answer = all;
    else
        cpm_json_free(all);
    return rc;
}

int cpm_cmd_pkg(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct edit e = {.cli = cli, .folder = cli->local_prefix, .argc = cli->argc - 1};
    size_t action = 0, count = sizeof(actions) / sizeof(actions[0]);
    (void)exit_code;
    if (cpm_config_bool(cli->config, "global"))
        return cpm_error_set(err, CPM_EPKGGLOBAL,
                             "There's no package.json file to manage on global mode");
    while (action < count && (cli->argc == 0 || strcmp(cli->argv[0], actions[action].name) != 0))
        action++;
    if (action == count)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    e.argv = cli->argv + 1;
    int rc = cpm_workspaces_wanted(cli) ? edit_workspaces(&e, action, err) : edit(&e, action, err);
    if (rc == 0 && e.answer)
        cpm_print_json(cli->term, e.answer);
    else
        cpm_json_free(e.answer);
    return rc;
}
