/* Two git dependencies may need each other to be prepared. The chain of what is being prepared is
 * handed down in npm's own variable, so that npm and cpm may stand in one chain. */
#include "install/git/prepare.h"

#include "base/child.h"
#include "base/fs.h"

#include <stdlib.h>

#define CHAIN "_PACOTE_NO_PREPARE_"

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
static const char *const outer[] = {"npm_config_global",       "npm_config_workspace",
                                    "npm_config_workspaces",   "npm_config_location",
                                    "npm_config_omit",         "npm_config_only",
                                    "npm_config_production",   "npm_config_prefix",
                                    "npm_config_local_prefix", "npm_config_json"};
#define OUTER (sizeof(outer) / sizeof(outer[0]))

static bool is_of_the_outer_run(struct cpm_str key)
{
    for (size_t i = 0; i < OUTER; i++)
        if (cpm_str_is(key, outer[i]))
            return true;
    return false;
}

/* The configuration's exports, the chain, and what is taken away. */
static const char *const *environment(struct cpm_arena *arena, const char *chain,
                                      const struct cpm_script_options *opts)
{
    const char **env;
    size_t n = 0;

    while (opts->environment && opts->environment[n])
        n++;
    env = CPM_NEW_ARRAY(arena, const char *, n + OUTER + 2);
    n = 0;
    for (const char *const *line = opts->environment; line && *line; line++)
        if (!is_of_the_outer_run(cpm_str_n(*line, strcspn(*line, "="))))
            env[n++] = *line;
    for (size_t i = 0; i < OUTER; i++)
        env[n++] = outer[i];
    env[n] = cpm_arena_printf(arena, CHAIN "=%s", chain);
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
    const char *const args[] = {cpm_fs_readlink(arena, "/proc/self/exe"),
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
    struct cpm_child p = {.argv = args, .cwd = package->path};
    struct cpm_str said;
    int rc;

    if (is_in_chain(resolved))
        return 0;
    chain = cpm_arena_printf(arena, "%s%s%.*s", chain ? chain : "", chain ? "\n" : "",
                             CPM_STR_ARG(resolved));
    p.env = environment(arena, chain, opts);
    rc = cpm_child_run(&p, err);
    if (rc == 0 && p.exit_code) {
        said = cpm_str_trim(cpm_buf_str(&p.err));
        if (said.len > CPM_ERROR_TEXT / 2)
            said = cpm_str_sub(said, said.len - CPM_ERROR_TEXT / 2, said.len);
        rc = cpm_error_set(err, CPM_EGIT, "git dep preparation failed\n'%.*s': cpm install: %.*s",
                           CPM_STR_ARG(resolved), CPM_STR_ARG(said));
        if (err)
            err->sys = p.exit_code;
    }
    cpm_child_release(&p);
    return rc;
}
