/* cpm run, and the commands that are one script: test, start, stop, restart. The last script of a
 * run takes the place of the process, so that its exit code and signals need nobody to pass them
 * on; in workspaces each is waited for. */
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/run_events.h"
#include "cli/run_list.h"
#include "cli/script_host.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"

struct runner {
    struct cpm_run_event e;
    struct cpm_script_options opts;
    const char *workspace;        /* name, NULL at the root */
    bool wait;                    /* do not become the last script */
    struct cpm_script_job failed; /* the script that failed; its texts live in the run's arena */
};

static int run_and_wait(struct runner *r, const struct cpm_script *script, struct cpm_error *err)
{
    struct cpm_script_job job = {.script = *script};
    struct cpm_script_batch batch = {.jobs = &job, .count = 1, .inherit = true, .opts = &r->opts};
    int rc = cpm_script_run(&batch, err);
    if (job.signal)
        cpm_script_host_die(r->e.cli, job.signal);
    cpm_script_job_release(&job);
    if (rc < 0)
        r->failed = job;
    return rc;
}

static int run_events(struct runner *r, const struct cpm_script_package *package,
                      struct cpm_error *err)
{
    struct cpm_script scripts[CPM_RUN_EVENTS];
    size_t n = cpm_run_collect(&r->e, package, scripts);
    for (size_t i = 0; i < n; i++) {
        cpm_script_host_banner(r->e.cli, &scripts[i]);
        int rc = i + 1 == n && !r->wait
                     ? cpm_script_exec(r->e.cli->arena, &scripts[i], &r->opts, err)
                     : run_and_wait(r, &scripts[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int run_package(struct runner *r, const struct cpm_script_package *package,
                       struct cpm_error *err)
{
    if (cpm_run_has(&r->e, package))
        return run_events(r, package, err);
    if (cpm_config_bool(r->e.cli->config, "if-present"))
        return 0;
    bool elsewhere = r->workspace && strcmp(package->path, r->e.cli->local_prefix) != 0;
    const char *id = package->id ? package->id : r->workspace;
    return cpm_run_missing(package, r->e.event, elsewhere ? id : NULL, err);
}

static void list_json(struct runner *r, const struct cpm_json *doc)
{
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    cpm_json_write(doc, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_term_out(r->e.cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

/* True when something was listed. */
static bool list_package(struct runner *r, const struct cpm_script_package *package)
{
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    bool parseable = cpm_config_bool(r->e.cli->config, "parseable");
    bool any = parseable ? cpm_run_list_parseable(package, r->workspace, &text)
                         : cpm_run_list_text(package, cpm_term_color(r->e.cli->term), &text);
    if (parseable && any)
        cpm_term_out(r->e.cli->term, cpm_str_trim(cpm_buf_str(&text)));
    else
        cpm_term_put(r->e.cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return any && !parseable;
}

static struct cpm_json *table_copy(const struct cpm_script_package *package)
{
    const struct cpm_json *table = cpm_script_table(package);
    return table ? cpm_json_copy(table) : cpm_json_new_object();
}

static int at_root(struct runner *r, struct cpm_error *err)
{
    struct cpm_script_package package;
    int rc = cpm_script_package_read(r->e.cli->local_prefix, r->e.cli->arena, &package, err);
    if (rc < 0)
        return rc;
    if (r->e.event) {
        rc = run_package(r, &package, err);
    } else if (cpm_term_json(r->e.cli->term)) {
        struct cpm_json *doc = table_copy(&package);
        list_json(r, doc);
        cpm_json_free(doc);
    } else if (cpm_term_level(r->e.cli->term) != CPM_LOG_SILENT) {
        list_package(r, &package);
    }
    cpm_script_package_release(&package);
    return rc;
}

/* What npm prints for a workspace whose script failed; the others still run. Gives the exit code.
 */
static int report_workspace(struct runner *r, const struct cpm_script_package *package, int rc,
                            const struct cpm_error *err)
{
    struct cpm_term *term = r->e.cli->term;
    const char *id = package->id ? package->id : r->workspace;
    const char *place =
        cpm_arena_printf(r->e.cli->arena, "workspace %s\nlocation %s", id, package->path);
    cpm_term_log(term, CPM_LOG_ERROR, NULL, "Lifecycle script `%s` failed with error:", r->e.event);
    if (rc == CPM_ELIFECYCLE) {
        cpm_script_host_report(r->e.cli, &r->failed, place);
        return r->failed.exit_code;
    }
    cpm_term_log(term, CPM_LOG_ERROR, NULL, "%s\n%s", place, err->text);
    return 1;
}

static int run_workspaces(struct runner *r, const struct cpm_workspace_pick *picks, size_t count,
                          int *exit_code, struct cpm_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct cpm_script_package package;
        struct cpm_error failure = CPM_ERROR_INIT;
        r->workspace = picks[i].name;
        int rc = cpm_script_package_read(picks[i].path, r->e.cli->arena, &package, err);
        if (rc < 0)
            return rc;
        rc = run_package(r, &package, &failure);
        if (rc < 0) {
            *exit_code = report_workspace(r, &package, rc, &failure);
            if (i + 1 < count)
                cpm_term_err(r->e.cli->term, CPM_STR(""));
        }
        cpm_script_package_release(&package);
    }
    return 0;
}

static int list_workspaces(struct runner *r, const struct cpm_workspace_pick *picks, size_t count,
                           struct cpm_error *err)
{
    struct cpm_json *doc = cpm_json_new_object();
    bool json = cpm_term_json(r->e.cli->term);
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct cpm_script_package package;
        r->workspace = picks[i].name;
        rc = cpm_script_package_read(picks[i].path, r->e.cli->arena, &package, err);
        if (rc < 0)
            break;
        if (json)
            cpm_json_set(doc, cpm_str(picks[i].name), table_copy(&package));
        else if (list_package(r, &package) && i + 1 < count)
            cpm_term_out(r->e.cli->term, CPM_STR(""));
        cpm_script_package_release(&package);
    }
    if (json && rc == 0)
        list_json(r, doc);
    cpm_json_free(doc);
    return rc;
}

/* cpm's own: in the order in which workspaces depend on each other, or several at once. */
static int run_in_order(struct runner *r, struct cpm_workspace_pick *picks, size_t count,
                        int *exit_code, struct cpm_error *err)
{
    struct cpm_run_workspace *all;
    int rc = cpm_run_order(r->e.cli, picks, count, &all, err);
    if (rc < 0)
        return rc;
    if (cpm_config_bool(r->e.cli->config, "parallel")) {
        rc = cpm_run_parallel(&r->e, &r->opts, all, count, exit_code, err);
    } else {
        for (size_t i = 0; i < count; i++)
            picks[i] = (struct cpm_workspace_pick){all[i].name, all[i].package.path};
        rc = run_workspaces(r, picks, count, exit_code, err);
    }
    cpm_run_order_release(all, count);
    return rc;
}

static int in_workspaces(struct runner *r, int *exit_code, struct cpm_error *err)
{
    const struct cpm_config *config = r->e.cli->config;
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(r->e.cli, &picks, &count, err);
    if (rc < 0)
        return rc;
    r->wait = true;
    if (r->e.event &&
        (cpm_config_bool(config, "topological") || cpm_config_bool(config, "parallel")))
        return run_in_order(r, picks, count, exit_code, err);
    if (r->e.event)
        return run_workspaces(r, picks, count, exit_code, err);
    return cpm_term_level(r->e.cli->term) == CPM_LOG_SILENT ? 0
                                                            : list_workspaces(r, picks, count, err);
}

static int run(struct runner *r, int *exit_code, struct cpm_error *err)
{
    if (r->e.event)
        cpm_script_host_options(r->e.cli, &r->opts);
    int rc = cpm_workspaces_wanted(r->e.cli) ? in_workspaces(r, exit_code, err) : at_root(r, err);
    if (rc != CPM_ELIFECYCLE)
        return rc;
    *exit_code = r->failed.exit_code; /* npm adds no words to a script's own */
    return 0;
}

int cpm_cmd_run(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct runner r = {.e = {.cli = cli}};
    if (cli->argc > 0) {
        r.e.event = cli->argv[0];
        r.e.args = cli->argv + 1;
        r.e.arg_count = (size_t)cli->argc - 1;
    }
    return run(&r, exit_code, err);
}

int cpm_cmd_lifecycle(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct runner r = {
        .e = {
            .cli = cli, .event = cli->command, .args = cli->argv, .arg_count = (size_t)cli->argc}};
    return run(&r, exit_code, err);
}
