/* npm never lets git ask: a password prompt would hang a script. */
#include "cli/git.h"

#include "base/child.h"
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/term.h"

#include <stdlib.h>

#define ARGS_MAX 16

bool cpm_git_is(const struct cpm_git *git)
{
    return cpm_fs_exists(cpm_path_join(git->cli->arena, git->folder, ".git"));
}

static void report_failure(const struct cpm_git *git, const struct cpm_child *child)
{
    struct cpm_term *term = git->cli->term;
    struct cpm_buf line = CPM_BUF_INIT(1 << 20);
    struct cpm_str said = cpm_str_trim(cpm_buf_str(&child->err));
    for (const char *const *arg = child->argv; *arg; arg++)
        cpm_buf_addf(&line, "%s%s", line.len ? " " : "", *arg);
    cpm_term_log(term, CPM_LOG_ERROR, "code", "%d", child->exit_code);
    cpm_term_log(term, CPM_LOG_ERROR, "", "An unknown git error occurred");
    cpm_term_log(term, CPM_LOG_ERROR, "command", "%s", cpm_buf_text(&line));
    if (said.len)
        cpm_term_log(term, CPM_LOG_ERROR, "", "%.*s", CPM_STR_ARG(said));
    cpm_buf_release(&line);
}

/* What npm adds to git's environment, unless the user said otherwise. */
static const char *const *git_env(struct cpm_arena *arena)
{
    const char **env = CPM_NEW_ARRAY(arena, const char *, 3);
    size_t n = 0;
    if (!getenv("GIT_ASKPASS"))
        env[n++] = "GIT_ASKPASS=echo";
    if (!getenv("GIT_SSH_COMMAND"))
        env[n++] = "GIT_SSH_COMMAND=ssh -oStrictHostKeyChecking=accept-new";
    return env;
}

int cpm_git_run(const struct cpm_git *git, const char *const *args, bool report,
                struct cpm_str *out, int *exit_code, struct cpm_error *err)
{
    const char *argv[ARGS_MAX + 3];
    const char *program = cpm_config_str(git->cli->config, "git");
    size_t n = 0;
    argv[n++] = program && *program ? program : "git";
    argv[n++] = "--no-replace-objects";
    while (*args && n < ARGS_MAX + 2)
        argv[n++] = *args++;
    argv[n] = NULL;
    struct cpm_child child = {.argv = argv, .cwd = git->folder, .env = git_env(git->cli->arena)};
    int rc = cpm_child_run(&child, err);
    if (rc == 0 && child.exit_code != 0) {
        struct cpm_str said = cpm_str_trim(cpm_buf_str(&child.err));
        *exit_code = child.exit_code;
        if (report)
            report_failure(git, &child);
        rc = cpm_error_set(err, CPM_EGIT, "git failed: %.*s", CPM_STR_ARG(said));
    }
    if (rc == 0 && out)
        *out = cpm_arena_str(git->cli->arena, cpm_buf_str(&child.out));
    cpm_child_release(&child);
    return rc;
}
