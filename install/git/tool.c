/* Whatever stands in a command line behind `--` or `=` is data: addresses and refs come from
 * strangers' package.json. */
#include "install/git/tool.h"

#include "base/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES    3
#define ARGS_MAX 40

static const char *const always[] = {
    "--no-replace-objects",     "-c", "core.hooksPath=/dev/null",  "-c", "init.templateDir=", "-c",
    "protocol.ext.allow=never", "-c", "advice.detachedHead=false", "-c", "gc.auto=0",         "-c",
    "core.fsmonitor=false"};
#define ALWAYS (sizeof(always) / sizeof(always[0]))

/* What a git around us (a hook, an alias) says of its own repository. */
static const char *const of_another[] = {"GIT_DIR",
                                         "GIT_WORK_TREE",
                                         "GIT_INDEX_FILE",
                                         "GIT_COMMON_DIR",
                                         "GIT_OBJECT_DIRECTORY",
                                         "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                         "GIT_NAMESPACE",
                                         "GIT_PREFIX",
                                         "GIT_TEMPLATE_DIR",
                                         "GIT_QUARANTINE_PATH"};
#define OF_ANOTHER (sizeof(of_another) / sizeof(of_another[0]))

static bool is_configured(const struct cpm_git_tool *git, const char *key)
{
    const char *const args[] = {"config", "--get", key, NULL};
    const struct cpm_git_call call = {.args = args, .quiet = true};
    struct cpm_str value;

    return cpm_git_tool_run(git, &call, &value, NULL) == 0 && value.len;
}

/* Nobody sits at git's terminal: a question would wait for ever. */
static void make_environment(struct cpm_git_tool *git)
{
    const char **env = CPM_NEW_ARRAY(git->arena, const char *, OF_ANOTHER + 5);
    size_t n = 0;

    git->env = env;
    for (; n < OF_ANOTHER; n++)
        env[n] = of_another[n];
    env[n++] = "LC_ALL=C"; /* its words are compared */
    if (!getenv("GIT_TERMINAL_PROMPT"))
        env[n++] = "GIT_TERMINAL_PROMPT=0";
    if (!getenv("GIT_ASKPASS") && !is_configured(git, "core.askPass"))
        env[n++] = "GIT_ASKPASS=echo";
    if (!getenv("GIT_SSH_COMMAND") && !getenv("GIT_SSH") && !is_configured(git, "core.sshCommand"))
        env[n++] = "GIT_SSH_COMMAND=ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new";
}

int cpm_git_tool_open(struct cpm_arena *arena, const char *program, struct cpm_git_tool *out,
                      struct cpm_error *err)
{
    static const char *const version[] = {"--version", NULL};
    const struct cpm_git_call call = {.args = version, .quiet = true};

    *out = (struct cpm_git_tool){.arena = arena, .program = program && *program ? program : "git"};
    if (cpm_git_tool_run(out, &call, NULL, NULL) == CPM_ENOENT)
        return cpm_error_set(err, CPM_ENOGIT,
                             "No git binary found in $PATH\n\nFailed using git.\n"
                             "Please check if you have git installed and in your PATH.");
    make_environment(out);
    return 0;
}

static bool connection_was_lost(struct cpm_str text)
{
    static const char *const words[] = {"remote error: Internal Server Error",
                                        "The remote end hung up unexpectedly",
                                        "Connection timed out",
                                        "Operation timed out",
                                        "Connection reset by peer",
                                        "SSL_ERROR_SYSCALL",
                                        "The requested URL returned error: 503"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (cpm_str_find(text, words[i]) != CPM_NPOS)
            return true;
    return false;
}

/* Without the user name and password of the addresses in it. */
static void add_shown(struct cpm_buf *out, struct cpm_str text)
{
    size_t at;

    while ((at = cpm_str_find(text, "://")) != CPM_NPOS) {
        size_t end = at + 3, host = at + 3;

        while (end < text.len && !strchr("/ '\"\n#?", text.ptr[end]))
            if (text.ptr[end++] == '@')
                host = end;
        cpm_buf_add_str(out, cpm_str_sub(text, 0, at + 3));
        if (host > at + 3)
            cpm_buf_add_text(out, "***@");
        text = cpm_str_sub(text, host, text.len);
    }
    cpm_buf_add_str(out, text);
}

static int explain(const struct cpm_git_call *call, const struct cpm_child *p,
                   struct cpm_error *err)
{
    struct cpm_buf words = CPM_BUF_INIT(1 << 20);
    bool lost = connection_was_lost(cpm_buf_str(&p->err));

    cpm_buf_add_text(&words, lost ? "A git connection error occurred\ncommand git"
                                  : "An unknown git error occurred\ncommand git");
    for (const char *const *arg = call->args; *arg; arg++) {
        cpm_buf_add_char(&words, ' ');
        add_shown(&words, cpm_str(*arg));
    }
    cpm_buf_add_char(&words, '\n');
    add_shown(&words, cpm_str_trim(cpm_buf_str(&p->err)));
    cpm_error_set(err, CPM_EGIT, "%s", cpm_buf_text(&words));
    if (err)
        err->sys = p->exit_code;
    cpm_buf_release(&words);
    return CPM_EGIT;
}

static int run_once(const struct cpm_git_tool *git, const struct cpm_git_call *call,
                    struct cpm_child *p, struct cpm_error *err)
{
    const char *args[ARGS_MAX];
    size_t n = 0;

    args[n++] = git->program;
    for (size_t i = 0; i < ALWAYS; i++)
        args[n++] = always[i];
    for (const char *const *arg = call->args; *arg && n + 1 < ARGS_MAX; arg++)
        args[n++] = *arg;
    args[n] = NULL;
    *p = (struct cpm_child){.argv = args, .env = git->env, .cwd = call->cwd ? call->cwd : "/"};
    return cpm_child_run(p, err);
}

int cpm_git_tool_run(const struct cpm_git_tool *git, const struct cpm_git_call *call,
                     struct cpm_str *out, struct cpm_error *err)
{
    struct cpm_child p;
    int rc;

    for (unsigned attempt = 1;; attempt++) {
        rc = run_once(git, call, &p, err);
        if (rc < 0 || p.exit_code == 0 || attempt == TRIES || call->quiet ||
            !connection_was_lost(cpm_buf_str(&p.err)))
            break;
        cpm_child_release(&p);
        sleep(attempt);
    }
    if (rc == 0 && p.exit_code)
        rc = call->quiet ? CPM_EGIT : explain(call, &p, err);
    if (rc == 0 && out)
        *out = cpm_arena_str(git->arena, cpm_str_trim(cpm_buf_str(&p.out)));
    cpm_child_release(&p);
    return rc;
}
