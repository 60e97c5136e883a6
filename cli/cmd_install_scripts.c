/* cpm install-scripts, approve-scripts and deny-scripts: the policy of install scripts in the
 * root's package.json, by what stands in node_modules. */
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/print_json.h"
#include "install/allow_edit.h"
#include "install/rebuild.h"
#include "lockfile/package.h"
#include "semver/spec.h"

struct policy {
    struct cpm_cli *cli;
    const char *verb; /* "approve" or "deny" */
    int argc;
    const char **argv;
    struct cpm_flow_options opts;
    struct cpm_rebuild tree;
    struct cpm_package package;
    struct cpm_allow_edit edit;
    struct cpm_allow_group *groups;
    size_t group_count;
};

static bool option(const struct policy *p, const char *key)
{
    return cpm_config_bool(p->cli->config, key);
}

static void show_warning(void *data, const char *prefix, struct cpm_str text)
{
    const struct policy *p = data;
    cpm_term_log(p->cli->term, CPM_LOG_WARN, prefix, "%.*s", CPM_STR_ARG(text));
}

static int load(struct policy *p, struct cpm_error *err)
{
    struct cpm_cli *cli = p->cli;
    const struct cpm_flow_events events = {.data = p, .warning = show_warning};
    struct cpm_allow *allow;
    int rc = cpm_flow_options_fill(cli, &p->opts, err);
    if (rc < 0)
        return rc;
    p->opts.allow_scripts_explicit = false;
    p->tree = (struct cpm_rebuild){.opts = &p->opts, .events = &events};
    rc = cpm_rebuild_review(&p->tree, cli->arena, &allow, err);
    p->tree.events = NULL;
    if (rc == 0)
        rc = cpm_package_read(cpm_path_join(cli->arena, cli->local_prefix, "package.json"),
                              cli->arena, &p->package, err);
    if (rc < 0)
        return rc;
    const struct cpm_json *map = cpm_json_get(p->package.doc, CPM_STR("allowScripts"));
    p->edit = (struct cpm_allow_edit){
        .arena = cli->arena,
        .lock = &p->tree.actual,
        .map = cpm_json_is(map, CPM_JSON_OBJECT) ? cpm_json_copy(map) : cpm_json_new_object()};
    return 0;
}

static int save(struct policy *p, struct cpm_error *err)
{
    if (cpm_json_count(p->edit.map))
        cpm_json_set(p->package.doc, CPM_STR("allowScripts"), cpm_json_copy(p->edit.map));
    else
        cpm_json_del(p->package.doc, CPM_STR("allowScripts"));
    cpm_package_order_deps(&p->package);
    return cpm_package_save_whole(&p->package, true, err);
}

static void print_json(struct policy *p, struct cpm_json *value)
{
    struct cpm_json *doc = cpm_json_new_object();
    cpm_json_set(doc, CPM_STR("allowScripts"), value);
    cpm_print_json(p->cli->term, doc);
}

static bool is_waiting(const struct cpm_allow_row *row)
{
    return row->verdict == CPM_ALLOW_UNREVIEWED;
}

static size_t count_waiting(const struct policy *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->tree.row_count; i++)
        n += is_waiting(&p->tree.rows[i]);
    return n;
}

/* {name, changes}, in the order in which the names came up. */
static struct cpm_json *group_json(struct cpm_json *list, struct cpm_str name)
{
    CPM_JSON_EACH (list, one)
        if (cpm_str_eq(cpm_json_get_str(one, "name"), name))
            return cpm_json_get(one, CPM_STR("changes"));
    struct cpm_json *one = cpm_json_new_object();
    cpm_json_set_str(one, "name", name);
    cpm_json_set(one, CPM_STR("changes"), cpm_json_new_array());
    cpm_json_add(list, one);
    return cpm_json_get(one, CPM_STR("changes"));
}

static void list_json(struct policy *p)
{
    struct cpm_json *list = cpm_json_new_array();
    for (size_t i = 0; i < p->tree.row_count; i++) {
        const struct cpm_allow_row *row = &p->tree.rows[i];
        if (!is_waiting(row))
            continue;
        struct cpm_json *one = cpm_json_new_object();
        const char *key = cpm_arena_printf(p->cli->arena, "%.*s%s%.*s", CPM_STR_ARG(row->name),
                                           row->version.len ? "@" : "", CPM_STR_ARG(row->version));
        cpm_json_set_str(one, "key", cpm_str(key));
        cpm_json_set_str(one, "change", CPM_STR("pending"));
        cpm_json_add(group_json(list, row->name), one);
    }
    print_json(p, list);
}

static int list(struct policy *p)
{
    struct cpm_term *term = p->cli->term;
    size_t n = count_waiting(p);
    if (cpm_term_json(term)) {
        list_json(p);
        return 0;
    }
    if (!n) {
        cpm_term_outf(term, "No packages with unreviewed install scripts.");
        return 0;
    }
    cpm_term_outf(term, "%zu package%s install scripts not yet covered by allowScripts:", n,
                  n == 1 ? " has" : "s have");
    for (size_t i = 0; i < p->tree.row_count; i++) {
        const struct cpm_allow_row *row = &p->tree.rows[i];
        if (is_waiting(row))
            cpm_term_outf(term, "  %.*s%s%.*s (%s)", CPM_STR_ARG(row->name),
                          row->version.len ? "@" : "", CPM_STR_ARG(row->version), row->scripts);
    }
    cpm_term_outf(term, "\nRun `cpm install-scripts approve <pkg>` to allow, or "
                        "`cpm install-scripts deny <pkg>` to deny.");
    return 0;
}

static void add_to_group(struct policy *p, const struct cpm_lock_entry *entry)
{
    const char *name = cpm_allow_edit_name(&p->edit, entry);
    struct cpm_allow_group *group = p->groups;
    if (!name) {
        cpm_term_log(p->cli->term, CPM_LOG_WARN, p->cli->command,
                     "skipping %.*s: no trusted identity for policy key",
                     CPM_STR_ARG(cpm_location_name(entry->location)));
        return;
    }
    while (group < p->groups + p->group_count && strcmp(group->name, name) != 0)
        group++;
    if (group == p->groups + p->group_count) {
        group->name = name;
        group->entries =
            CPM_NEW_ARRAY(p->cli->arena, const struct cpm_lock_entry *, p->tree.actual.count);
        p->group_count++;
    }
    for (size_t i = 0; i < group->count; i++)
        if (group->entries[i] == entry)
            return;
    group->entries[group->count++] = entry;
}

static bool arg_means(struct policy *p, const char *arg, const struct cpm_lock_entry *e)
{
    struct cpm_spec spec;
    struct cpm_str name, text;
    struct cpm_version version;
    if (e->location.len == 0 || e->in_bundle || (e->link && !e->resolved.len) ||
        cpm_location_is_top(e->location))
        return false;
    cpm_allow_edit_display(&p->edit, e, &name, &text);
    if (cpm_spec_parse(p->cli->arena, cpm_str(arg), p->cli->cwd, &spec, NULL) < 0)
        return cpm_str_is(name, arg);
    if (!cpm_str_eq(name, spec.name.len ? spec.name : cpm_str(arg)))
        return false;
    if (spec.type != CPM_SPEC_VERSION && spec.type != CPM_SPEC_RANGE)
        return true;
    return cpm_str_is(spec.fetch, "*") || !spec.raw_spec.len ||
           (cpm_version_parse(text, CPM_SEMVER_LOOSE, &version) &&
            cpm_range_satisfies(spec.range, &version, 0));
}

static int group_args(struct policy *p, struct cpm_error *err)
{
    struct cpm_buf unmatched = CPM_BUF_INIT(CPM_ERROR_TEXT);
    int rc = 0;
    for (int i = 0; i < p->argc; i++) {
        bool found = false;
        for (size_t e = 0; e < p->tree.actual.count; e++)
            if (arg_means(p, p->argv[i], &p->tree.actual.entries[e])) {
                add_to_group(p, &p->tree.actual.entries[e]);
                found = true;
            }
        if (!found)
            cpm_buf_addf(&unmatched, "%s%s", unmatched.len ? ", " : "", p->argv[i]);
    }
    if (unmatched.len)
        rc = cpm_error_set(err, CPM_ENOMATCH, "No installed packages match: %s",
                           cpm_buf_text(&unmatched));
    cpm_buf_release(&unmatched);
    return rc;
}

static void group_waiting(struct policy *p)
{
    for (size_t i = 0; i < p->tree.row_count; i++)
        for (size_t e = 0; e < p->tree.actual.count && is_waiting(&p->tree.rows[i]); e++)
            if (cpm_str_eq(p->tree.actual.entries[e].location, p->tree.rows[i].location))
                add_to_group(p, &p->tree.actual.entries[e]);
}

static void print_summary(struct policy *p, struct cpm_json *summary)
{
    bool touched = false;
    if (cpm_term_json(p->cli->term)) {
        print_json(p, summary);
        return;
    }
    CPM_JSON_EACH (summary, group) {
        const struct cpm_json *changes = cpm_json_get(group, CPM_STR("changes"));
        if (cpm_json_count(changes) == 0)
            continue;
        touched = true;
        cpm_term_outf(p->cli->term, "%s %.*s:", *p->verb == 'a' ? "Approved" : "Denied",
                      CPM_STR_ARG(cpm_json_get_str(group, "name")));
        CPM_JSON_EACH (changes, one)
            cpm_term_outf(p->cli->term, "  %.*s %.*s", CPM_STR_ARG(cpm_json_get_str(one, "change")),
                          CPM_STR_ARG(cpm_json_get_str(one, "key")));
    }
    if (!touched)
        cpm_term_outf(p->cli->term, "Nothing to %s; allowScripts unchanged.", p->verb);
    cpm_json_free(summary);
}

static int write_changes(struct policy *p, struct cpm_error *err)
{
    const char *pin = cpm_config_raw(p->cli->config, "allow-scripts-pin");
    struct cpm_json *summary = cpm_json_new_array();
    for (size_t i = 0; i < p->group_count; i++) {
        const struct cpm_allow_group *group = &p->groups[i];
        struct cpm_json *changes = group_json(summary, cpm_str(group->name));
        const char *warning = NULL;
        if (*p->verb == 'a')
            warning =
                cpm_allow_edit_approve(&p->edit, group, !pin || strcmp(pin, "false") != 0, changes);
        else
            cpm_allow_edit_deny(&p->edit, group, changes);
        if (warning)
            cpm_term_log(p->cli->term, CPM_LOG_WARN, p->cli->command, "%s", warning);
    }
    int rc = save(p, err);
    if (rc == 0)
        print_summary(p, summary);
    else
        cpm_json_free(summary);
    return rc;
}

static int change(struct policy *p, struct cpm_error *err)
{
    p->groups = CPM_NEW_ARRAY(p->cli->arena, struct cpm_allow_group, p->tree.actual.count + 1);
    if (!option(p, "all")) {
        int rc = group_args(p, err);
        return rc < 0 ? rc : write_changes(p, err);
    }
    if (count_waiting(p) == 0)
        return list(p);
    group_waiting(p);
    return write_changes(p, err);
}

static int prune(struct policy *p, struct cpm_error *err)
{
    struct cpm_term *term = p->cli->term;
    struct cpm_json *removed = cpm_json_new_array(), *doc;
    bool dry_run = option(p, "dry-run");
    cpm_allow_edit_prune(&p->edit, removed);
    size_t n = cpm_json_count(removed);
    int rc = n && !dry_run ? save(p, err) : 0;
    if (rc == 0 && cpm_term_json(term)) {
        doc = cpm_json_new_object();
        cpm_json_set(doc, CPM_STR("removed"), removed);
        cpm_json_set(doc, CPM_STR("dryRun"), cpm_json_new_bool(dry_run));
        print_json(p, doc);
        return 0;
    }
    if (rc == 0 && n)
        cpm_term_outf(term, "%s %zu unused allowScripts %s:", dry_run ? "Would remove" : "Removed",
                      n, n == 1 ? "entry" : "entries");
    else if (rc == 0)
        cpm_term_outf(term, "No unused allowScripts entries.");
    CPM_JSON_EACH (removed, one)
        if (rc == 0)
            cpm_term_outf(term, "  %.*s (%s)", CPM_STR_ARG(cpm_json_get_str(one, "key")),
                          cpm_str_is(cpm_json_get_str(one, "reason"), "no-scripts")
                              ? "no install scripts"
                              : "package not installed");
    cpm_json_free(removed);
    return rc;
}

/* "approve", "deny", "list" or "prune". */
static int check_mode(struct policy *p, const char *mode, bool pending, struct cpm_error *err)
{
    bool all = option(p, "all"), some = p->argc > 0 || all;
    if (option(p, "global"))
        return cpm_error_set(err, CPM_EGLOBAL, "`cpm %s` does not work for global installs",
                             p->cli->command);
    if (strcmp(mode, "prune") == 0)
        return some ? cpm_error_set(err, CPM_EUSAGE,
                                    "`cpm install-scripts prune` cannot be combined with "
                                    "positional arguments or `--all`.")
                    : 0;
    if ((strcmp(mode, "list") == 0 || pending) && some)
        return cpm_error_set(err, CPM_EUSAGE,
                             "%s cannot be combined with positional arguments or `--all`.",
                             pending ? "`--allow-scripts-pending`" : "`cpm install-scripts ls`");
    if (strcmp(mode, "deny") == 0 && pending)
        return cpm_error_set(err, CPM_EUSAGE,
                             "`cpm deny-scripts --allow-scripts-pending` is not supported; run "
                             "`cpm install-scripts ls` to list unreviewed packages.");
    if (strcmp(mode, "list") != 0 && !pending && !some)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    return 0;
}

static int run(struct policy *p, const char *mode, bool pending, struct cpm_error *err)
{
    int rc = check_mode(p, mode, pending, err);
    if (rc < 0)
        return rc;
    p->verb = mode;
    rc = load(p, err);
    if (rc == 0 && strcmp(mode, "prune") == 0)
        rc = prune(p, err);
    else if (rc == 0 && (pending || strcmp(mode, "list") == 0))
        rc = list(p);
    else if (rc == 0)
        rc = change(p, err);
    cpm_json_free(p->edit.map);
    cpm_package_release(&p->package);
    cpm_names_free(p->opts.names);
    return rc;
}

int cpm_cmd_install_scripts(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    static const char *const modes[] = {"approve", "deny", "list", "prune"};
    struct policy p = {.cli = cli, .argc = cli->argc - 1, .argv = cli->argv + 1};
    const char *word = cli->argc ? cli->argv[0] : NULL;
    (void)exit_code;
    if (word && strcmp(word, "ls") == 0)
        word = "list";
    for (size_t i = 0; word && i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(word, modes[i]) == 0)
            return run(&p, modes[i], false, err);
    if (word)
        return cpm_error_set(err, CPM_EUSAGE, "`%s` is not a recognized subcommand.", word);
    return cpm_error_set(err, CPM_EUSAGE, "%s", "");
}

int cpm_cmd_approve_scripts(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct policy p = {.cli = cli, .argc = cli->argc, .argv = cli->argv};
    (void)exit_code;
    return run(&p, "approve", option(&p, "allow-scripts-pending"), err);
}

int cpm_cmd_deny_scripts(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct policy p = {.cli = cli, .argc = cli->argc, .argv = cli->argv};
    (void)exit_code;
    return run(&p, "deny", option(&p, "allow-scripts-pending"), err);
}
