/* Whatever stands in a command line behind `--` or `=` is data: addresses and refs come from
 * strangers' package.json. */
#include "install/git/git.h"

#include "install/git/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES    3
#define ARGS_MAX 40

extern char **environ;

static const char *const always[] = {
    "git", "--no-replace-objects",     "-c", "core.hooksPath=/dev/null",  "-c", "init.templateDir=",
    "-c",  "protocol.ext.allow=never", "-c", "advice.detachedHead=false", "-c", "gc.auto=0",
    "-c",  "core.fsmonitor=false"};
#define ALWAYS (sizeof(always) / sizeof(always[0]))

static const char *find_program(struct cpm_arena *arena)
{
    const char *path = getenv("PATH");
    struct cpm_str rest = cpm_str(path ? path : "/usr/bin:/bin"), part;

    while (cpm_str_split(&rest, ':', &part)) {
        const char *full = cpm_arena_printf(arena, "%.*s/git", CPM_STR_ARG(part));

        if (part.len && access(full, X_OK) == 0)
            return full;
    }
    return NULL;
}

/* What a git around us (a hook, an alias) says of its own repository. */
static bool is_of_another_repository(const char *line)
{
    static const char *const names[] = {"GIT_DIR=",
                                        "GIT_WORK_TREE=",
                                        "GIT_INDEX_FILE=",
                                        "GIT_COMMON_DIR=",
                                        "GIT_OBJECT_DIRECTORY=",
                                        "GIT_ALTERNATE_OBJECT_DIRECTORIES=",
                                        "GIT_NAMESPACE=",
                                        "GIT_PREFIX=",
                                        "GIT_TEMPLATE_DIR=",
                                        "GIT_QUARANTINE_PATH="};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(line, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static bool is_configured(const struct cpm_git *git, const char *key)
{
    const char *const args[] = {"config", "--get", key, NULL};
    const struct cpm_git_call call = {.args = args, .quiet = true};
    struct cpm_str value;

    return cpm_git_run(git, &call, &value, NULL) == 0 && value.len;
}

static void set_default(struct cpm_git *git, size_t *n, const char *name, const char *value)
{
    if (!getenv(name))
        git->env[(*n)++] = cpm_arena_printf(git->arena, "%s=%s", name, value);
}

/* Nobody sits at git's terminal: a question would wait for ever. */
static void make_environment(struct cpm_git *git)
{
    size_t n = 0;

    while (environ[n])
        n++;
    git->env = CPM_NEW_ARRAY(git->arena, char *, n + 5);
    n = 0;
    for (char **line = environ; *line; line++)
        if (!is_of_another_repository(*line) && strncmp(*line, "LC_ALL=", 7) != 0)
            git->env[n++] = *line;
    git->env[n++] = cpm_arena_printf(git->arena, "LC_ALL=C"); /* its words are compared */
    set_default(git, &n, "GIT_TERMINAL_PROMPT", "0");
    if (!is_configured(git, "core.askPass"))
        set_default(git, &n, "GIT_ASKPASS", "echo");
    if (!getenv("GIT_SSH") && !is_configured(git, "core.sshCommand"))
        set_default(git, &n, "GIT_SSH_COMMAND",
                    "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new");
}

int cpm_git_open(struct cpm_arena *arena, struct cpm_git *out, struct cpm_error *err)
{
    *out = (struct cpm_git){.arena = arena, .program = find_program(arena)};
    if (!out->program)
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

static int explain(const struct cpm_git_call *call, const struct cpm_process *p,
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

static int run_once(const struct cpm_git *git, const struct cpm_git_call *call,
                    struct cpm_process *p, struct cpm_error *err)
{
    const char *args[ARGS_MAX];
    size_t n = 0;

    for (; n < ALWAYS; n++)
        args[n] = always[n];
    for (const char *const *arg = call->args; *arg && n + 1 < ARGS_MAX; arg++)
        args[n++] = *arg;
    args[n] = NULL;
    *p = (struct cpm_process){
        .file = git->program, .args = args, .env = git->env, .cwd = call->cwd ? call->cwd : "/"};
    return cpm_process_run(p, err);
}

int cpm_git_run(const struct cpm_git *git, const struct cpm_git_call *call, struct cpm_str *out,
                struct cpm_error *err)
{
    struct cpm_process p;
    int rc;

    for (unsigned attempt = 1;; attempt++) {
        rc = run_once(git, call, &p, err);
        if (rc < 0 || p.exit_code == 0 || attempt == TRIES || call->quiet ||
            !connection_was_lost(cpm_buf_str(&p.err)))
            break;
        cpm_process_release(&p);
        sleep(attempt);
    }
    if (rc == 0 && p.exit_code)
        rc = call->quiet ? CPM_EGIT : explain(call, &p, err);
    if (rc == 0 && out)
        *out = cpm_arena_str(git->arena, cpm_str_trim(cpm_buf_str(&p.out)));
    cpm_process_release(&p);
    return rc;
}
