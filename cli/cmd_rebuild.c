/* cpm rebuild: everything that stands in node_modules, or what specs name. */
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/script_host.h"
#include "cli/term.h"
#include "install/rebuild.h"
#include "semver/spec.h"

struct rebuild {
    struct cpm_cli *cli;
    const char *path;
    struct cpm_spec *specs;
    size_t count;
};

static void show_warning(void *data, const char *prefix, struct cpm_str text)
{
    const struct rebuild *r = data;
    cpm_term_log(r->cli->term, CPM_LOG_WARN, prefix, "%.*s", CPM_STR_ARG(text));
}

static void show_script(void *data, const struct cpm_script *script)
{
    const struct rebuild *r = data;
    cpm_script_host_banner(r->cli, script);
}

static void show_failed_script(void *data, const struct cpm_script_job *job)
{
    const struct rebuild *r = data;
    cpm_script_host_report(r->cli, job, NULL);
}

static bool spec_matches(const struct rebuild *r, const struct cpm_spec *spec,
                         const struct cpm_lock_entry *e)
{
    struct cpm_arena *arena = r->cli->arena;
    struct cpm_version version;
    if (spec->type == CPM_SPEC_DIRECTORY)
        return cpm_str_is(spec->fetch,
                          cpm_path_resolve(arena, r->path, cpm_arena_str(arena, e->location).ptr));
    if (!cpm_str_eq(spec->name, cpm_location_name(e->location)))
        return false;
    if (cpm_str_is(spec->raw_spec, "*") || spec->raw_spec.len == 0)
        return true;
    return e->manifest &&
           cpm_version_parse(cpm_name_str(e->manifest->version), CPM_SEMVER_LOOSE, &version) &&
           cpm_range_satisfies(spec->range, &version, 0);
}

static bool wanted(void *data, const struct cpm_lock_entry *e)
{
    const struct rebuild *r = data;
    for (size_t i = 0; i < r->count && !e->in_bundle; i++)
        if (spec_matches(r, &r->specs[i], e))
            return true;
    return false;
}

static int read_specs(struct rebuild *r, struct cpm_error *err)
{
    struct cpm_cli *cli = r->cli;
    r->specs = CPM_NEW_ARRAY(cli->arena, struct cpm_spec, (size_t)cli->argc + 1);
    for (; r->count < (size_t)cli->argc; r->count++) {
        struct cpm_spec *spec = &r->specs[r->count];
        int rc = cpm_spec_parse(cli->arena, cpm_str(cli->argv[r->count]), cli->cwd, spec, err);
        if (rc < 0)
            return rc;
        if (spec->type != CPM_SPEC_RANGE && spec->type != CPM_SPEC_VERSION &&
            spec->type != CPM_SPEC_DIRECTORY)
            return cpm_error_set(err, CPM_EUNKNOWN,
                                 "`cpm rebuild` only supports SemVer version/range specifiers");
    }
    return 0;
}

static void tell_unreviewed(const struct rebuild *r, const struct cpm_rebuild *done)
{
    size_t n = 0;
    for (size_t i = 0; i < done->row_count; i++)
        n += done->rows[i].verdict == CPM_ALLOW_UNREVIEWED;
    if (n)
        cpm_term_log(r->cli->term, CPM_LOG_WARN, "rebuild",
                     "%zu package%s install scripts not yet covered by allowScripts. %s", n,
                     n == 1 ? " has" : "s have",
                     done->opts->global
                         ? "Run `cpm config set allow-scripts=NAME --location=user` to allow one."
                         : "Run `cpm install-scripts ls` to review.");
}

int cpm_cmd_rebuild(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct rebuild r = {.cli = cli};
    struct cpm_flow_options opts;
    const struct cpm_flow_events events = {.data = &r,
                                           .warning = show_warning,
                                           .script = show_script,
                                           .script_failed = show_failed_script};
    int rc = read_specs(&r, err);
    if (rc == 0)
        rc = cpm_flow_options_fill(cli, &opts, err);
    if (rc < 0)
        return rc;
    r.path = opts.path;
    struct cpm_rebuild run = {
        .opts = &opts, .events = &events, .wanted = r.count ? wanted : NULL, .data = &r};
    rc = cpm_rebuild_run(&run, cli->arena, err);
    if (rc == CPM_ELIFECYCLE && run.script_exit) {
        if (run.script_signal)
            cpm_script_host_die(cli, run.script_signal);
        *exit_code = run.script_exit;
        rc = 0;
    } else if (rc == 0) {
        tell_unreviewed(&r, &run);
        cpm_term_outf(cli->term, "rebuilt dependencies successfully");
    }
    cpm_names_free(opts.names);
    return rc;
}
