/* Where a command may stand already, in npm's order: the project's own bins, node_modules/.bin from
 * the project upwards, the global folder. */
#include "cli/exec.h"

#include "base/json.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "install/script.h"

#include <sys/stat.h>

bool cpm_exec_is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool has_own_bin(struct cpm_exec *x, const char *folder)
{
    struct cpm_script_package package;
    bool found;

    if (cpm_script_package_read(folder, x->cli->arena, &package, NULL) < 0)
        return false;
    found = cpm_json_get_str(cpm_json_get(package.json, CPM_STR("bin")), x->args[0]).len > 0;
    cpm_script_package_release(&package);
    return found;
}

/* The .bin folder that has the command, or NULL. */
static const char *find_upwards(struct cpm_exec *x)
{
    struct cpm_arena *arena = x->cli->arena;

    for (const char *at = x->local_path;; at = cpm_path_dirname(arena, at)) {
        const char *bins = cpm_path_join(arena, at, "node_modules/.bin");

        if (cpm_exec_is_file(cpm_path_resolve(arena, bins, x->args[0])))
            return bins;
        if (strcmp(at, "/") == 0)
            return NULL;
    }
}

/* With --prefix both prefixes are one folder, which then is no global one. */
static const char *find_globally(struct cpm_exec *x)
{
    const struct cpm_cli *cli = x->cli;
    const char *bins = cpm_path_join(cli->arena, cli->global_prefix, "bin");

    if (strcmp(cli->local_prefix, cli->global_prefix) == 0)
        return NULL;
    return cpm_exec_is_file(cpm_arena_printf(cli->arena, "%s/%s", bins, x->args[0])) ? bins : NULL;
}

bool cpm_exec_find(struct cpm_exec *x)
{
    const char *own[] = {x->package_path, x->cli->local_prefix};
    bool one = strcmp(own[0], own[1]) == 0;

    for (size_t i = 0; i < (one ? 1 : 2); i++)
        if (has_own_bin(x, own[i])) {
            x->packages[x->package_count++] = own[i];
            x->own = true;
            return false;
        }
    x->bin_dir = find_upwards(x);
    if (!x->bin_dir)
        x->bin_dir = find_globally(x);
    if (x->bin_dir)
        return true;
    x->packages[x->package_count++] = x->args[0];
    x->swap = true;
    return false;
}

const char *cpm_exec_command_of(struct cpm_exec *x, const struct cpm_json *bins,
                                struct cpm_str name)
{
    const struct cpm_json *first = cpm_json_first(bins);
    size_t slash = cpm_str_chr(name, '/');
    bool same = first != NULL;

    CPM_JSON_EACH (bins, v)
        same = same && cpm_str_eq(cpm_json_str(v), cpm_json_str(first));
    if (same)
        return cpm_arena_str(x->cli->arena, cpm_json_key(first)).ptr;
    if (name.len && name.ptr[0] == '@' && slash != CPM_NPOS)
        name = cpm_str_sub(name, slash + 1, name.len);
    return cpm_json_get(bins, name) ? cpm_arena_str(x->cli->arena, name).ptr : NULL;
}
