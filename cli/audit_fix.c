/* The report becomes ranges that the solver avoids and, with --force, specs that are installed. */
#include "cli/audit_fix.h"

#include "cli/audit_text.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/term.h"

static struct cpm_str own_name(const struct cpm_graph_node *n)
{
    return n->manifest->name ? cpm_name_str(n->manifest->name) : n->name;
}

static void tell_bundled(struct cpm_cli *cli, const struct cpm_graph_node *n)
{
    const struct cpm_graph_node *by = n->parent;
    struct cpm_str name = own_name(n), version = cpm_name_str(n->manifest->version);
    while (by && by->entry->in_bundle && by->parent)
        by = by->parent;
    if (!n->entry->in_bundle || !by)
        return;
    const char *head = cpm_arena_printf(cli->arena, "audit fix %.*s@%.*s", CPM_STR_ARG(name),
                                        CPM_STR_ARG(version));
    struct cpm_str own = own_name(by);
    cpm_term_log(cli->term, CPM_LOG_WARN, head,
                 "%.*s\nis a bundled dependency of\n%.*s@%.*s at %.*s\nIt cannot be fixed "
                 "automatically.\nCheck for updates to the %.*s package.",
                 CPM_STR_ARG(n->entry->location), CPM_STR_ARG(own),
                 CPM_STR_ARG(cpm_name_str(by->manifest->version)), CPM_STR_ARG(by->entry->location),
                 CPM_STR_ARG(own));
}

static void tell_blocked(struct cpm_cli *cli, const struct cpm_audit_vuln *v)
{
    cpm_term_log(cli->term, CPM_LOG_WARN, "audit",
                 "A fix for %.*s is available (%.*s@%.*s) but was published after the configured "
                 "release-age cutoff, so %.*s was left at a vulnerable version.\nTo install it, "
                 "add \"%.*s\" to min-release-age-exclude, or relax min-release-age or before.",
                 CPM_STR_ARG(v->name), CPM_STR_ARG(v->name), CPM_STR_ARG(v->blocked),
                 CPM_STR_ARG(v->name), CPM_STR_ARG(v->name));
}

/* The project or workspace that is changed: the root, or the only one that -w chose. */
static const char *target_of(const struct cpm_flow_options *opts)
{
    return opts->workspaces && opts->workspaces[0] && !opts->workspaces[1] ? opts->workspaces[0]
                                                                           : opts->path;
}

/* What --force installs because of one top; NULL: nothing. */
static const char *forced_spec(struct cpm_cli *cli, const struct cpm_audit_vuln *v,
                               const struct cpm_graph_node *top, const char *target)
{
    const struct cpm_audit_fix *fix = v->fix;
    if (strcmp(top->path, target) != 0) {
        cpm_term_log(cli->term, CPM_LOG_WARN, "audit",
                     "Manual fix required in linked project at ./%.*s for %.*s@%.*s.\n"
                     "'cd ./%.*s' and run 'cpm audit' for details.",
                     CPM_STR_ARG(top->entry->location), CPM_STR_ARG(v->name), CPM_STR_ARG(v->range),
                     CPM_STR_ARG(top->entry->location));
        return NULL;
    }
    if (fix->kind != CPM_FIX_FORCE) {
        if (fix->kind == CPM_FIX_NONE)
            cpm_term_log(cli->term, CPM_LOG_WARN, "audit", "No fix available for %.*s@%.*s",
                         CPM_STR_ARG(v->name), CPM_STR_ARG(v->range));
        return NULL;
    }
    cpm_term_log(cli->term, CPM_LOG_WARN, "audit", "Updating %.*s to %.*s, which is %s.",
                 CPM_STR_ARG(fix->name), CPM_STR_ARG(fix->version),
                 fix->major ? "a SemVer major change" : "outside your stated dependency range");
    return cpm_arena_printf(cli->arena, "%.*s@%.*s", CPM_STR_ARG(fix->name),
                            CPM_STR_ARG(fix->version));
}

/* Each package once, though several vulnerable ones may need it. */
static void fill_specs(struct cpm_cli *cli, const struct cpm_audit *audit,
                       struct cpm_flow_options *opts)
{
    size_t max = 1, n = 0;
    for (size_t i = 0; i < audit->tops.count; i++)
        max += ((const struct cpm_audit_vuln *)audit->tops.v[i])->top_nodes.count;
    const char **specs = CPM_NEW_ARRAY(cli->arena, const char *, max);
    for (size_t i = 0; opts->tree.force && i < audit->tops.count; i++) {
        const struct cpm_audit_vuln *v = audit->tops.v[i];
        for (size_t k = 0; k < v->top_nodes.count; k++) {
            const char *spec = forced_spec(cli, v, v->top_nodes.v[k], target_of(opts));
            bool known = !spec;
            for (size_t j = 0; !known && j < n; j++)
                known = strcmp(specs[j], spec) == 0;
            if (!known)
                specs[n++] = spec;
        }
    }
    opts->specs = specs;
}

static void fill_avoids(struct cpm_cli *cli, const struct cpm_audit *audit,
                        struct cpm_flow_options *opts)
{
    struct cpm_tree_avoid *v =
        CPM_NEW_ARRAY(cli->arena, struct cpm_tree_avoid, audit->vulns.count + 1);
    for (size_t i = 0; i < audit->vulns.count; i++) {
        const struct cpm_audit_vuln *vuln = audit->vulns.v[i];
        v[i].name = cpm_names_get(opts->names, vuln->name);
        v[i].range = cpm_audit_range(cli->arena, vuln);
    }
    opts->avoids = v;
    opts->avoid_count = audit->vulns.count;
}

/* A dry run ends before anything is asked again: what was found stands. */
static void show_found(struct cpm_cli *cli, const struct cpm_audit *audit, int *exit_code)
{
    struct cpm_buf text = CPM_BUF_INIT(256u << 20);
    struct cpm_json *doc = cpm_audit_json(audit);
    cpm_buf_add_char(&text, '\n');
    cpm_audit_text_detail(doc, cli->term, &text);
    cpm_buf_add_char(&text, '\n');
    cpm_term_put(cli->term, cpm_buf_str(&text));
    *exit_code = cpm_audit_exit_code(doc, cpm_config_str(cli->config, "audit-level"));
    cpm_buf_release(&text);
    cpm_json_free(doc);
}

int cpm_audit_fix(struct cpm_cli *cli, const struct cpm_audit *audit, int *exit_code,
                  struct cpm_error *err)
{
    struct cpm_flow_options opts;
    bool blocked = false;
    int rc = cpm_flow_options_fill(cli, &opts, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < audit->vulns.count; i++) {
        const struct cpm_audit_vuln *v = audit->vulns.v[i];
        if (v->blocked.len)
            tell_blocked(cli, v);
        blocked |= v->blocked.len > 0;
        for (size_t k = 0; k < v->nodes.count; k++)
            tell_bundled(cli, v->nodes.v[k]);
    }
    opts.mode = CPM_FLOW_INSTALL;
    opts.audit = true;
    fill_avoids(cli, audit, &opts);
    fill_specs(cli, audit, &opts);
    rc = cpm_flow_command(cli, &opts, exit_code, err);
    if (rc == 0 && opts.dry_run && !cpm_config_bool(cli->config, "json"))
        show_found(cli, audit, exit_code);
    if (rc == 0 && blocked)
        *exit_code = 1;
    return rc;
}
