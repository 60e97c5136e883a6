/* npm is written in JavaScript and tells scripts where its node and its node-gyp are; cpm tells
 * where they are on this machine. Where there is no node, or none is wanted, the embedded runtime
 * is the scripts' node. */
#include "cli/script_host.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/cmd_node.h"
#include "cli/config/config.h"
#include "cli/term.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct list {
    struct cpm_arena *arena;
    const char **lines;
    size_t count;
};

/* NULL when PATH has none. */
static const char *find_node(struct cpm_arena *arena)
{
    struct cpm_str rest = cpm_str(getenv("PATH")), part;
    while (rest.ptr && cpm_str_split(&rest, ':', &part)) {
        const char *full = cpm_arena_printf(arena, "%.*s/node", CPM_STR_ARG(part));
        if (part.len && access(full, X_OK) == 0)
            return cpm_fs_realpath(arena, full, NULL);
    }
    return NULL;
}

/* PREFIX/bin/node and PREFIX/lib/node_modules/npm are laid down together. */
static const char *find_in_npm(struct cpm_arena *arena, const char *node, const char *path)
{
    if (!node)
        return NULL;
    const char *prefix = cpm_path_dirname(arena, cpm_path_dirname(arena, node));
    const char *full =
        cpm_arena_printf(arena, "%s/lib/node_modules/npm/node_modules/%s", prefix, path);
    return cpm_fs_exists(full) ? full : NULL;
}

static void list_set(struct list *list, const char *key, const char *value)
{
    if (value)
        list->lines[list->count++] = cpm_arena_printf(list->arena, "%s=%s", key, value);
}

static bool list_has(const struct list *list, const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 0; i < list->count; i++)
        if (strncmp(list->lines[i], key, len) == 0 && list->lines[i][len] == '=')
            return true;
    return false;
}

static void list_default(struct list *list, const char *key, const char *value)
{
    if (!list_has(list, key))
        list_set(list, key, value);
}

static const char *editor(void)
{
    const char *visual = getenv("VISUAL"), *plain = getenv("EDITOR");
    return visual && *visual ? visual : plain && *plain ? plain : "vi";
}

static const char *const *environment(struct cpm_cli *cli, const char *node)
{
    const char *const *base = cpm_config_environment(cli->config, cli->arena);
    size_t n = 0;
    while (base && base[n])
        n++;
    struct list list = {.arena = cli->arena,
                        .lines = CPM_NEW_ARRAY(cli->arena, const char *, n + 8)};
    for (; list.count < n; list.count++)
        list.lines[list.count] = base[list.count];
    list_default(&list, "npm_command", cli->command);
    list_default(&list, "npm_execpath", cpm_fs_readlink(cli->arena, "/proc/self/exe"));
    list_default(&list, "NODE", node);
    list_default(&list, "npm_node_execpath", node);
    list_default(&list, "INIT_CWD", cli->cwd);
    list_default(&list, "EDITOR", editor());
    list_default(&list, "COLOR", cpm_term_color(cli->term) ? "1" : "0");
    return list.lines;
}

void cpm_script_host_options(struct cpm_cli *cli, struct cpm_script_options *out)
{
    const char *runtime = cpm_config_str(cli->config, "runtime"), *node_bin = NULL;
    bool wants_own = runtime && strcmp(runtime, "cpm") == 0;
    const char *node = wants_own ? NULL : find_node(cli->arena);
    if (!node && (node_bin = cpm_node_bin(cli->arena)))
        node = cpm_arena_printf(cli->arena, "%s/node", node_bin);
    const char *node_gyp = cpm_config_str(cli->config, "node-gyp");
    *out = (struct cpm_script_options){
        .shell = cpm_config_str(cli->config, "script-shell"),
        .node_bin = node_bin,
        .environment = environment(cli, node),
        .node_gyp = node_gyp && *node_gyp
                        ? node_gyp
                        : find_in_npm(cli->arena, node, "node-gyp/bin/node-gyp.js"),
        .node_gyp_bin = find_in_npm(cli->arena, node, "@npmcli/run-script/lib/node-gyp-bin"),
    };
}

void cpm_script_host_banner(struct cpm_cli *cli, const struct cpm_script *script)
{
    struct cpm_str banner = cpm_str(cpm_script_banner(cli->arena, script));
    if (cpm_term_json(cli->term))
        cpm_term_err(cli->term, banner);
    else if (cpm_term_level(cli->term) != CPM_LOG_SILENT)
        cpm_term_out(cli->term, banner);
    cpm_term_flush(cli->term);
}

static void report_output(struct cpm_cli *cli, const struct cpm_buf *text)
{
    struct cpm_str trimmed = cpm_str_trim(cpm_buf_str(text));
    if (trimmed.len)
        cpm_term_log(cli->term, CPM_LOG_ERROR, NULL, "%.*s", CPM_STR_ARG(trimmed));
}

void cpm_script_host_report(struct cpm_cli *cli, const struct cpm_script_job *job,
                            const char *extra)
{
    struct cpm_term *term = cli->term;
    struct cpm_str command = job->script.command;
    if (!job->signal)
        cpm_term_log(term, CPM_LOG_ERROR, "code", "%d", job->exit_code);
    cpm_term_log(term, CPM_LOG_ERROR, "path", "%s", job->script.package->path);
    if (extra)
        cpm_term_log(term, CPM_LOG_ERROR, NULL, "%s", extra);
    cpm_term_log(term, CPM_LOG_ERROR, NULL, "command failed");
    if (job->signal)
        cpm_term_log(term, CPM_LOG_ERROR, "signal", "SIG%s", sigabbrev_np(job->signal));
    cpm_term_log(term, CPM_LOG_ERROR, "command", "sh -c %.*s", CPM_STR_ARG(command));
    report_output(cli, &job->out);
    report_output(cli, &job->err);
}

void cpm_script_host_die(struct cpm_cli *cli, int sig)
{
    cpm_term_flush(cli->term);
    signal(sig, SIG_DFL);
    raise(sig);
}

int cpm_script_host_run(struct cpm_cli *cli, const struct cpm_script_options *opts,
                        const struct cpm_script *script, bool inherit, int *exit_code,
                        struct cpm_error *err)
{
    struct cpm_script_job job = {.script = *script};
    struct cpm_script_batch batch = {.jobs = &job, .count = 1, .inherit = inherit, .opts = opts};
    if (inherit)
        cpm_script_host_banner(cli, script);
    int rc = cpm_script_run(&batch, err);
    if (job.signal)
        cpm_script_host_die(cli, job.signal);
    if (rc == CPM_ELIFECYCLE) {
        cpm_script_host_report(cli, &job, NULL);
        *exit_code = job.exit_code;
    }
    cpm_script_job_release(&job);
    return rc;
}
