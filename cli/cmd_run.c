/* cpm run, and the commands that are one script: test, start, stop, restart. The last script of a
 * run takes the place of the process, so that its exit code and signals need nobody to pass them
 * on; in workspaces each is waited for. */
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/run_list.h"
#include "cli/script_host.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"

#define EVENTS 3

struct runner {
    struct cpm_cli *cli;
    struct cpm_script_options opts;
    const char *event;
    const char *const *args;
    size_t arg_count;
    const char *workspace;        /* name, NULL at the root */
    bool wait;                    /* do not become the last script */
    struct cpm_script_job failed; /* the script that failed; its texts live in the run's arena */
};

/* npm's scripts that need not be in package.json. cpm need not be in PATH. */
static void add_default_script(const struct cpm_script_package *package, const char *event)
{
    static const struct {
        const char *event, *command;
    } rows[] = {
        {"restart", "\"$npm_execpath\" stop --if-present && \"$npm_execpath\" start"},
        {"env", "env"},
    };
    struct cpm_json *table = cpm_script_table(package);
    if (!table) {
        cpm_json_set(package->json, CPM_STR("scripts"), cpm_json_new_object());
        table = cpm_script_table(package);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].event, event) == 0 && !cpm_json_get_str(table, event).len)
            cpm_json_set_str(table, event, cpm_str(rows[i].command));
}

/* pre, the event, post: as far as they are there. */
static size_t collect(struct runner *r, const struct cpm_script_package *package,
                      struct cpm_script out[EVENTS])
{
    static const char *const prefixes[EVENTS] = {"pre", "", "post"};
    bool alone = cpm_config_bool(r->cli->config, "ignore-scripts");
    size_t n = 0;
    for (size_t i = 0; i < EVENTS; i++) {
        bool main = i == 1;
        const char *event = cpm_arena_printf(r->cli->arena, "%s%s", prefixes[i], r->event);
        struct cpm_str command = main ? cpm_script_find(package, event)
                                      : cpm_json_get_str(cpm_script_table(package), event);
        if (command.len == 0 || (alone && !main))
            continue;
        out[n++] = (struct cpm_script){.package = package,
                                       .event = event,
                                       .command = command,
                                       .args = main ? r->args : NULL,
                                       .arg_count = main ? r->arg_count : 0};
    }
    return n;
}

static int run_and_wait(struct runner *r, const struct cpm_script *script, struct cpm_error *err)
{
    struct cpm_script_job job = {.script = *script};
    struct cpm_script_batch batch = {.jobs = &job, .count = 1, .inherit = true, .opts = &r->opts};
    int rc = cpm_script_run(&batch, err);
    if (job.signal)
        cpm_script_host_die(r->cli, job.signal);
    cpm_script_job_release(&job);
    if (rc < 0)
        r->failed = job;
    return rc;
}

static int run_events(struct runner *r, const struct cpm_script_package *package,
                      struct cpm_error *err)
{
    struct cpm_script scripts[EVENTS];
    size_t n = collect(r, package, scripts);
    for (size_t i = 0; i < n; i++) {
        cpm_script_host_banner(r->cli, &scripts[i]);
        int rc = i + 1 == n && !r->wait ? cpm_script_exec(r->cli->arena, &scripts[i], &r->opts, err)
                                        : run_and_wait(r, &scripts[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static bool has_event(const struct cpm_script_package *package, const char *event)
{
    return cpm_json_get(cpm_script_table(package), cpm_str(event)) ||
           (strcmp(event, "start") == 0 && cpm_script_find(package, event).len);
}

static int run_package(struct runner *r, const struct cpm_script_package *package,
                       struct cpm_error *err)
{
    add_default_script(package, r->event);
    if (has_event(package, r->event))
        return run_events(r, package, err);
    if (cpm_config_bool(r->cli->config, "if-present"))
        return 0;
    bool elsewhere = r->workspace && strcmp(package->path, r->cli->local_prefix) != 0;
    const char *id = package->id ? package->id : r->workspace;
    return cpm_run_missing(package, r->event, elsewhere ? id : NULL, err);
}

static void list_json(struct runner *r, const struct cpm_json *doc)
{
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    cpm_json_write(doc, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_term_out(r->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

/* True when something was listed. */
static bool list_package(struct runner *r, const struct cpm_script_package *package)
{
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    bool parseable = cpm_config_bool(r->cli->config, "parseable");
    bool any = parseable ? cpm_run_list_parseable(package, r->workspace, &text)
                         : cpm_run_list_text(package, cpm_term_color(r->cli->term), &text);
    if (parseable && any)
        cpm_term_out(r->cli->term, cpm_str_trim(cpm_buf_str(&text)));
    else
        cpm_term_put(r->cli->term, cpm_buf_str(&text));
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
    int rc = cpm_script_package_read(r->cli->local_prefix, r->cli->arena, &package, err);
    if (rc < 0)
        return rc;
    if (r->event) {
        rc = run_package(r, &package, err);
    } else if (cpm_term_json(r->cli->term)) {
        struct cpm_json *doc = table_copy(&package);
        list_json(r, doc);
        cpm_json_free(doc);
    } else if (cpm_term_level(r->cli->term) != CPM_LOG_SILENT) {
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
    struct cpm_term *term = r->cli->term;
    const char *id = package->id ? package->id : r->workspace;
    const char *place =
        cpm_arena_printf(r->cli->arena, "workspace %s\nlocation %s", id, package->path);
    cpm_term_log(term, CPM_LOG_ERROR, NULL, "Lifecycle script `%s` failed with error:", r->event);
    if (rc == CPM_ELIFECYCLE) {
        cpm_script_host_report(r->cli, &r->failed, place);
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
        int rc = cpm_script_package_read(picks[i].path, r->cli->arena, &package, err);
        if (rc < 0)
            return rc;
        rc = run_package(r, &package, &failure);
        if (rc < 0) {
            *exit_code = report_workspace(r, &package, rc, &failure);
            if (i + 1 < count)
                cpm_term_err(r->cli->term, CPM_STR(""));
        }
        cpm_script_package_release(&package);
    }
    return 0;
}

static int list_workspaces(struct runner *r, const struct cpm_workspace_pick *picks, size_t count,
                           struct cpm_error *err)
{
    struct cpm_json *doc = cpm_json_new_object();
    bool json = cpm_term_json(r->cli->term);
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct cpm_script_package package;
        r->workspace = picks[i].name;
        rc = cpm_script_package_read(picks[i].path, r->cli->arena, &package, err);
        if (rc < 0)
            break;
        if (json)
            cpm_json_set(doc, cpm_str(picks[i].name), table_copy(&package));
        else if (list_package(r, &package) && i + 1 < count)
            cpm_term_out(r->cli->term, CPM_STR(""));
        cpm_script_package_release(&package);
    }
    if (json && rc == 0)
        list_json(r, doc);
    cpm_json_free(doc);
    return rc;
}

static int in_workspaces(struct runner *r, int *exit_code, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(r->cli, &picks, &count, err);
    if (rc < 0)
        return rc;
    r->wait = true;
    if (r->event)
        return run_workspaces(r, picks, count, exit_code, err);
    return cpm_term_level(r->cli->term) == CPM_LOG_SILENT ? 0
                                                          : list_workspaces(r, picks, count, err);
}

static int run(struct runner *r, int *exit_code, struct cpm_error *err)
{
    if (r->event)
        cpm_script_host_options(r->cli, &r->opts);
    int rc = cpm_workspaces_wanted(r->cli) ? in_workspaces(r, exit_code, err) : at_root(r, err);
    if (rc != CPM_ELIFECYCLE)
        return rc;
    *exit_code = r->failed.exit_code; /* npm adds no words to a script's own */
    return 0;
}

int cpm_cmd_run(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct runner r = {.cli = cli};
    if (cli->argc > 0) {
        r.event = cli->argv[0];
        r.args = cli->argv + 1;
        r.arg_count = (size_t)cli->argc - 1;
    }
    return run(&r, exit_code, err);
}

int cpm_cmd_lifecycle(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct runner r = {
        .cli = cli, .event = cli->command, .args = cli->argv, .arg_count = (size_t)cli->argc};
    return run(&r, exit_code, err);
}
