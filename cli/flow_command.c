/* The flow on a terminal: progress while it runs, then npm's summary, or its JSON. */
#include "base/mem.h"
#include "cli/audit_run.h"
#include "cli/audit_text.h"
#include "cli/config/config.h"
#include "cli/conflict_report.h"
#include "cli/flow_options.h"
#include "cli/script_host.h"
#include "cli/term.h"

#include <time.h>

struct screen {
    struct cpm_cli *cli;
    struct cpm_flow_options *opts;
};

static void ask_node(void *data)
{
    const struct screen *screen = data;

    cpm_config_node_begin(screen->cli->config);
}

static void fill_late(void *data)
{
    const struct screen *screen = data;

    cpm_flow_options_late(screen->cli, screen->opts);
}

static void show_progress(void *data, const struct cpm_flow_progress *p)
{
    static const char *const words[] = {[CPM_STEP_RESOLVE] = "resolving",
                                        [CPM_STEP_FETCH] = "fetching",
                                        [CPM_STEP_LINK] = "linking",
                                        [CPM_STEP_SCRIPTS] = "running scripts"};
    const struct screen *screen = data;
    const struct cpm_progress line = {.what = words[p->step],
                                      .done = p->done,
                                      .total = p->total,
                                      .bytes = p->bytes,
                                      .name = p->name};

    cpm_term_progress(screen->cli->term, &line);
}

static void show_warning(void *data, const char *prefix, struct cpm_str text)
{
    const struct screen *screen = data;
    struct cpm_str first = text;

    /* npm names ERESOLVE once; the report below it stands alone. */
    if (strcmp(prefix, "ERESOLVE") == 0 && text.len) {
        cpm_str_split(&text, '\n', &first);
        cpm_term_log(screen->cli->term, CPM_LOG_WARN, prefix, "%.*s", CPM_STR_ARG(first));
        prefix = "";
    }
    if (text.len)
        cpm_term_log(screen->cli->term, CPM_LOG_WARN, prefix, "%.*s", CPM_STR_ARG(text));
}

static void show_placed(void *data, struct cpm_str line)
{
    const struct screen *screen = data;

    cpm_term_log(screen->cli->term, CPM_LOG_SILLY, "placeDep", "%.*s", CPM_STR_ARG(line));
}

static void show_script(void *data, const struct cpm_script *script)
{
    const struct screen *screen = data;

    cpm_term_progress(screen->cli->term, NULL);
    cpm_script_host_banner(screen->cli, script);
}

static void show_failed_script(void *data, const struct cpm_script_job *job)
{
    const struct screen *screen = data;

    cpm_term_progress(screen->cli->term, NULL);
    cpm_script_host_report(screen->cli, job, NULL);
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct cpm_json *change_json(const struct cpm_cli *cli, const struct cpm_flow_options *opts,
                                    const struct cpm_install_change *c, struct cpm_str version)
{
    struct cpm_json *one = cpm_json_new_object();
    const char *path =
        cpm_arena_printf(cli->arena, "%s/%.*s", opts->path, CPM_STR_ARG(c->location));

    cpm_json_set_str(one, "name", c->name);
    if (version.len)
        cpm_json_set_str(one, "version", version);
    cpm_json_set_str(one, "path", cpm_str(path));
    return one;
}

/* npm's object: add, added, audited, change, changed, funding, remove, removed. */
static struct cpm_json *summary_json(const struct cpm_cli *cli, const struct cpm_flow_options *opts,
                                     const struct cpm_summary *s)
{
    struct cpm_json *lists[3], *doc = cpm_json_new_object();

    for (size_t i = 0; i < 3; i++)
        lists[i] = cpm_json_new_array();
    for (size_t i = 0; i < s->change_count; i++) {
        const struct cpm_install_change *c = &s->changes[i];

        if (c->type == CPM_CHANGE_UPDATE) {
            struct cpm_json *pair = cpm_json_new_object();

            cpm_json_set(pair, CPM_STR("from"), change_json(cli, opts, c, c->old_version));
            cpm_json_set(pair, CPM_STR("to"), change_json(cli, opts, c, c->version));
            cpm_json_add(lists[1], pair);
        } else {
            bool add = c->type == CPM_CHANGE_ADD;

            cpm_json_add(lists[add ? 0 : 2],
                         change_json(cli, opts, c, add ? c->version : c->old_version));
        }
    }
    cpm_json_set(doc, CPM_STR("add"), lists[0]);
    cpm_json_set(doc, CPM_STR("added"), cpm_json_new_number((double)s->added));
    cpm_json_set(doc, CPM_STR("audited"), cpm_json_new_number((double)s->audited));
    cpm_json_set(doc, CPM_STR("change"), lists[1]);
    cpm_json_set(doc, CPM_STR("changed"), cpm_json_new_number((double)s->changed));
    cpm_json_set(doc, CPM_STR("funding"), cpm_json_new_number((double)s->funding));
    cpm_json_set(doc, CPM_STR("remove"), lists[2]);
    cpm_json_set(doc, CPM_STR("removed"), cpm_json_new_number((double)s->removed));
    return doc;
}

static bool is_audit(const struct cpm_cli *cli)
{
    return strcmp(cli->command, "audit") == 0;
}

/* What an audit found is one more member: counts, or all of it for `audit fix`. */
static void print_json(const struct cpm_cli *cli, const struct cpm_flow_options *opts,
                       const struct cpm_summary *s, const struct cpm_json *report)
{
    struct cpm_json *doc = summary_json(cli, opts, s);
    const struct cpm_json *found =
        is_audit(cli) ? report : cpm_json_get(report, CPM_STR("metadata"));
    struct cpm_buf out = CPM_BUF_INIT(256 << 20);

    if (found)
        cpm_json_set(doc, CPM_STR("audit"), cpm_json_copy(found));
    cpm_json_write(doc, CPM_STR("  "), CPM_STR("\n"), &out);
    cpm_term_out(cli->term, cpm_buf_str(&out));
    cpm_buf_release(&out);
    cpm_json_free(doc);
}

/* --dry-run and --long name each package. */
static void print_changes(const struct cpm_cli *cli, const struct cpm_summary *s)
{
    for (size_t i = 0; i < s->change_count; i++) {
        const struct cpm_install_change *c = &s->changes[i];

        if (c->type == CPM_CHANGE_ADD)
            cpm_term_outf(cli->term, "add %.*s %.*s", CPM_STR_ARG(c->name),
                          CPM_STR_ARG(c->version));
        else if (c->type == CPM_CHANGE_REMOVE)
            cpm_term_outf(cli->term, "remove %.*s %.*s", CPM_STR_ARG(c->name),
                          CPM_STR_ARG(c->old_version));
        else
            cpm_term_outf(cli->term, "change %.*s %.*s => %.*s", CPM_STR_ARG(c->name),
                          CPM_STR_ARG(c->old_version), CPM_STR_ARG(c->version));
    }
}

static void print_audit(const struct cpm_cli *cli, const struct cpm_json *report)
{
    struct cpm_buf out = CPM_BUF_INIT(64u << 20);
    cpm_buf_add_char(&out, '\n');
    if (is_audit(cli))
        cpm_audit_text_detail(report, cli->term, &out);
    else
        cpm_audit_text_install(report, cli->term, &out);
    cpm_buf_add_char(&out, '\n');
    cpm_term_put(cli->term, cpm_buf_str(&out));
    cpm_buf_release(&out);
}

/* Once for what was done: words or a document. */
struct done {
    const struct cpm_flow_options *opts;
    const struct cpm_summary *summary;
    const struct cpm_json *report; /* of the audit, or NULL */
    uint64_t elapsed;
};

static void print_summary(const struct cpm_cli *cli, const struct done *d)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    struct cpm_str words;

    if (cpm_config_bool(cli->config, "json")) {
        print_json(cli, d->opts, d->summary, d->report);
        return;
    }
    if (d->opts->dry_run || cpm_config_bool(cli->config, "long"))
        print_changes(cli, d->summary);
    cpm_summary_write(d->summary, d->elapsed,
                      cpm_config_bool(cli->config, "fund") ? cpm_term_program(cli->term) : NULL,
                      &out);
    words = cpm_buf_str(&out);
    words.len--; /* cpm_term_out ends the line */
    cpm_term_out(cli->term, words);
    cpm_buf_release(&out);
    if (d->report)
        print_audit(cli, d->report);
}

/* npm's count is of what stands, whatever was asked about. */
static size_t count_audited(const struct cpm_audit *audit, const struct cpm_summary *summary)
{
    size_t n = summary->standing;

    if (n)
        return n;

    for (size_t i = 0; i < audit->graph->count; i++)
        n += !cpm_graph_node_is_omitted(&audit->graph->nodes[i], audit->omit);
    return n;
}

static void show_done(struct cpm_cli *cli, const struct cpm_flow_options *opts,
                      struct cpm_flow_result *result, uint64_t start, int *exit_code)
{
    struct cpm_json *report = cpm_audit_run_flow(cli, result->audit);
    struct done d = {
        .opts = opts, .summary = &result->summary, .report = report, .elapsed = now_ms() - start};

    if (report)
        result->summary.audited = count_audited(&result->audit->audit, &result->summary);
    if (cpm_term_level(cli->term) > CPM_LOG_SILENT)
        print_summary(cli, &d);
    if (report && is_audit(cli))
        *exit_code = cpm_audit_exit_code(report, cpm_config_str(cli->config, "audit-level"));
    cpm_json_free(report);
}

static int finish(struct cpm_cli *cli, const struct cpm_flow_result *result, int rc, int *exit_code,
                  struct cpm_error *err)
{
    if (rc == CPM_ERESOLVE && result->conflict) {
        cpm_conflict_report(cli, result->conflict);
        *exit_code = 1;
        return 0;
    }
    if (result->signal)
        cpm_script_host_die(cli, result->signal);
    if (rc == CPM_ELIFECYCLE && result->script_exit) { /* reported when it failed */
        if (result->script_signal)
            cpm_script_host_die(cli, result->script_signal);
        *exit_code = result->script_exit;
        return 0;
    }
    if (result->mismatch.len) {
        const char *words = cpm_arena_printf(cli->arena, "\n%s\n\n%.*s\n", err->text,
                                             CPM_STR_ARG(result->mismatch));

        cpm_term_failure(cli->term, &(struct cpm_failure){.code = cpm_error_name(rc),
                                                          .summary = cpm_str(words)});
        *exit_code = 1;
        return 0;
    }
    return rc;
}

static int run_flow(struct cpm_cli *cli, struct cpm_flow_options *opts,
                    struct cpm_flow_result *result, struct cpm_error *err)
{
    struct screen screen = {.cli = cli, .opts = opts};
    const struct cpm_flow_events events = {.data = &screen,
                                           .ahead = ask_node,
                                           .late = fill_late,
                                           .progress = show_progress,
                                           .warning = show_warning,
                                           .placed = show_placed,
                                           .script = show_script,
                                           .script_failed = show_failed_script};
    int rc = cpm_flow_run(opts, &events, cli->arena, result, err);

    cpm_term_progress(cli->term, NULL);
    return rc;
}

int cpm_flow_command_quiet(struct cpm_cli *cli, struct cpm_flow_options *opts,
                           struct cpm_flow_result *result, int *exit_code, struct cpm_error *err)
{
    int rc = run_flow(cli, opts, result, err);

    rc = finish(cli, result, rc, exit_code, err);
    cpm_names_free(opts->names);
    opts->names = NULL;
    return rc;
}

int cpm_flow_command(struct cpm_cli *cli, struct cpm_flow_options *opts, int *exit_code,
                     struct cpm_error *err)
{
    struct cpm_flow_result result;
    uint64_t start = now_ms();
    int rc = run_flow(cli, opts, &result, err);

    if (rc == 0)
        show_done(cli, opts, &result, start, exit_code);
    rc = finish(cli, &result, rc, exit_code, err);
    cpm_flow_audit_release(result.audit);
    cpm_names_free(opts->names);
    opts->names = NULL;
    return rc;
}

int cpm_workspaces_update(struct cpm_cli *cli, const char *const *names, int *exit_code,
                          struct cpm_error *err)
{
    struct cpm_flow_options opts;
    int rc;

    if (!names[0] || !cpm_config_bool(cli->config, "workspaces-update"))
        return 0;
    if ((rc = cpm_flow_options_fill_at(cli, cli->local_prefix, &opts, err)) < 0)
        return rc;
    opts.mode = CPM_FLOW_UPDATE;
    opts.specs = names;
    if (cpm_config_where(cli->config, "save") == CPM_CONFIG_DEFAULT)
        opts.save = opts.tree.save = false;
    return cpm_flow_command(cli, &opts, exit_code, err);
}
