/* The command as npm runs it: a script "npx" of the project, with the project's environment, in the
 * user's folder. npm runs it in a shell, with its name quoted so that the shell takes it as it is;
 * where that can only find one file, no shell is started. */
#include "cli/exec.h"

#include "base/json.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/script_host.h"
#include "cli/term.h"

#include <unistd.h>

static void announce_shell(struct cpm_exec *x)
{
    struct cpm_cli *cli = x->cli;
    const char *place =
        x->place ? x->place : cpm_arena_printf(cli->arena, "at location:\n%s", x->run_path);

    cpm_term_outf(cli->term,
                  "\nEntering cpm script environment %s\nType 'exit' or ^D when finished\n", place);
    cpm_term_flush(cli->term);
}

static struct cpm_str quoted(struct cpm_arena *arena, const char *word)
{
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    struct cpm_str copy;

    cpm_buf_add_char(&text, '\'');
    for (; *word; word++)
        if (*word == '\'')
            cpm_buf_add_text(&text, "'\\''");
        else
            cpm_buf_add_char(&text, *word);
    cpm_buf_add_char(&text, '\'');
    copy = cpm_arena_str(arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return copy;
}

/* The command's file, where the shell would find it too: in the folder that stands first in PATH.
 */
static const char *program_of(struct cpm_exec *x, const struct cpm_script_options *opts)
{
    const char *file;

    if (!x->bin_dir || !x->arg_count || x->call || (opts->shell && *opts->shell))
        return NULL;
    file = cpm_path_resolve(x->cli->arena, x->bin_dir, x->args[0]);
    return access(file, X_OK) == 0 && cpm_exec_is_file(file) ? file : NULL;
}

static void fill_script(struct cpm_exec *x, const struct cpm_script_options *opts,
                        struct cpm_script *script)
{
    bool has_args = x->arg_count > 0 && !x->call;

    script->event = "npx";
    script->command = x->call    ? cpm_str(x->call)
                      : has_args ? quoted(x->cli->arena, x->args[0])
                                 : cpm_str(opts->shell && *opts->shell ? opts->shell : "sh");
    script->args = has_args ? x->args + 1 : NULL;
    script->arg_count = has_args ? x->arg_count - 1 : 0;
    script->program = program_of(x, opts);
}

/* The project's package.json, or an empty one, at the folder in which the command runs. */
static void read_package(struct cpm_exec *x, struct cpm_script_package *package)
{
    if (cpm_script_package_read(x->cli->local_prefix, x->cli->arena, package, NULL) < 0)
        *package = (struct cpm_script_package){.json = cpm_json_new_object()};
    package->path = x->run_path;
}

static int run_and_wait(struct cpm_exec *x, const struct cpm_script *script,
                        const struct cpm_script_options *opts, int *exit_code,
                        struct cpm_error *err)
{
    struct cpm_script_job job = {.script = *script};
    struct cpm_script_batch batch = {.jobs = &job, .count = 1, .inherit = true, .opts = opts};
    int rc = cpm_script_run(&batch, err);

    if (job.signal)
        cpm_script_host_die(x->cli, job.signal);
    *exit_code = job.exit_code;
    cpm_script_job_release(&job);
    return rc == CPM_ELIFECYCLE ? 0 : rc;
}

int cpm_exec_run(struct cpm_exec *x, int *exit_code, struct cpm_error *err)
{
    struct cpm_script_options opts;
    struct cpm_script_package package;
    struct cpm_script script = {.package = &package};
    int rc;

    if (!x->call && !x->arg_count && isatty(STDIN_FILENO)) {
        if (cpm_config_is_ci(x->cli->config)) {
            cpm_term_log(x->cli->term, CPM_LOG_WARN, "exec",
                         "Interactive mode disabled in CI environment");
            return 0;
        }
        announce_shell(x);
    }
    cpm_script_host_options(x->cli, &opts);
    opts.bin_dir = x->bin_dir;
    read_package(x, &package);
    fill_script(x, &opts, &script);
    if (x->banner)
        cpm_script_host_banner(x->cli, &script);
    cpm_term_flush(x->cli->term);
    rc = x->last ? cpm_script_exec(x->cli->arena, &script, &opts, err)
                 : run_and_wait(x, &script, &opts, exit_code, err);
    cpm_script_package_release(&package);
    return rc;
}
