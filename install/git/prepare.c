/* Two git dependencies may need each other to be prepared. The chain of what is being prepared is
 * handed down in npm's own variable, so that npm and cpm may stand in one chain. */
#include "install/git/prepare.h"

#include "base/fs.h"
#include "base/map.h"
#include "install/git/process.h"

#include <stdlib.h>

#define CHAIN "_PACOTE_NO_PREPARE_"

extern char **environ;

bool cpm_git_wants_preparing(const struct cpm_script_package *package)
{
    static const char *const events[] = {"postinstall", "build",   "preinstall",
                                         "install",     "prepack", "prepare"};
    const struct cpm_json *scripts = cpm_script_table(package);

    if (cpm_json_truthy(cpm_json_get(package->json, CPM_STR("workspaces"))))
        return true;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (cpm_json_truthy(cpm_json_get(scripts, cpm_str(events[i]))))
            return true;
    return false;
}

/* Options of the outer run that say where and what it installs, not how. */
static bool is_of_the_outer_run(struct cpm_str key)
{
    static const char *const keys[] = {"npm_config_global",       "npm_config_workspace",
                                       "npm_config_workspaces",   "npm_config_location",
                                       "npm_config_omit",         "npm_config_only",
                                       "npm_config_production",   "npm_config_prefix",
                                       "npm_config_local_prefix", "npm_config_json"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (cpm_str_is(key, keys[i]))
            return true;
    return false;
}

static void add_line(struct cpm_map *vars, const char *line)
{
    size_t eq = cpm_str_chr(cpm_str(line), '=');

    if (eq != CPM_NPOS && !is_of_the_outer_run(cpm_str_n(line, eq)))
        cpm_map_set(vars, cpm_str_n(line, eq), (void *)(uintptr_t)line);
}

static char **environment(struct cpm_arena *arena, const char *chain,
                          const struct cpm_script_options *opts)
{
    struct cpm_map vars = CPM_MAP_INIT;
    char **env;
    size_t n = 0;

    for (char **line = environ; *line; line++)
        add_line(&vars, *line);
    for (const char *const *line = opts->environment; line && *line; line++)
        add_line(&vars, *line);
    add_line(&vars, cpm_arena_printf(arena, CHAIN "=%s", chain));
    env = CPM_NEW_ARRAY(arena, char *, vars.count + 1);
    CPM_MAP_EACH (&vars, e)
        env[n++] = e->value;
    cpm_map_release(&vars);
    return env;
}

static bool is_in_chain(struct cpm_str resolved)
{
    struct cpm_str rest = cpm_str(getenv(CHAIN)), part;

    while (rest.ptr && cpm_str_split(&rest, '\n', &part))
        if (cpm_str_eq(part, resolved))
            return true;
    return false;
}

int cpm_git_prepare(struct cpm_arena *arena, const struct cpm_script_package *package,
                    struct cpm_str resolved, const struct cpm_script_options *opts,
                    struct cpm_error *err)
{
    static const char *const args[] = {"cpm",
                                       "install",
                                       "--force",
                                       "--no-progress",
                                       "--no-save",
                                       "--no-audit",
                                       "--no-fund",
                                       "--include=dev",
                                       "--include=peer",
                                       "--include=optional",
                                       "--no-package-lock-only",
                                       "--no-dry-run",
                                       NULL};
    const char *chain = getenv(CHAIN);
    struct cpm_process p = {.args = args, .cwd = package->path};
    struct cpm_str said;
    int rc;

    if (is_in_chain(resolved))
        return 0;
    chain = cpm_arena_printf(arena, "%s%s%.*s", chain ? chain : "", chain ? "\n" : "",
                             CPM_STR_ARG(resolved));
    p.env = environment(arena, chain, opts);
    p.file = cpm_fs_readlink(arena, "/proc/self/exe");
    rc = cpm_process_run(&p, err);
    if (rc == 0 && p.exit_code) {
        said = cpm_str_trim(cpm_buf_str(&p.err));
        if (said.len > CPM_ERROR_TEXT / 2)
            said = cpm_str_sub(said, said.len - CPM_ERROR_TEXT / 2, said.len);
        rc = cpm_error_set(err, CPM_EGIT, "git dep preparation failed\n'%.*s': cpm install: %.*s",
                           CPM_STR_ARG(resolved), CPM_STR_ARG(said));
        if (err)
            err->sys = p.exit_code;
    }
    cpm_process_release(&p);
    return rc;
}
