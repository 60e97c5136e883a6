/* cpm shrinkwrap: the lock under the name that is published. A lock that stands there is renamed;
 * one of another version or of another name of the project, or none at all, is written by the
 * install flow first, which is told to touch the lock only. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/term.h"
#include "lockfile/lock.h"
#include "lockfile/package.h"

#include <errno.h>
#include <stdio.h>

struct shrinkwrap {
    struct cpm_cli *cli;
    const char *file, *lock; /* npm-shrinkwrap.json, package-lock.json */
    bool has_file, has_lock;
    int original, version; /* of the lock that stands there, and wanted */
    bool other_root;       /* the lock names the project otherwise than package.json */
};

static bool same_text(const struct cpm_json *a, const struct cpm_json *b, const char *key)
{
    return cpm_str_eq(cpm_json_get_str(a, key), cpm_json_get_str(b, key));
}

/* npm writes the root anew from package.json, whatever else it finds in the lock. */
static int compare_root(struct shrinkwrap *s, const struct cpm_json *lock, struct cpm_error *err)
{
    struct cpm_package package;
    const char *file = cpm_path_join(s->cli->arena, s->cli->local_prefix, "package.json");
    int rc = cpm_package_read(file, s->cli->arena, &package, err);
    if (rc < 0)
        return rc;
    s->other_root =
        !same_text(lock, package.doc, "version") ||
        (cpm_json_get_str(package.doc, "name").len && !same_text(lock, package.doc, "name"));
    cpm_package_release(&package);
    return 0;
}

/* The lock's version as npm chooses it: the configured one, else its own, but never 1 for long. */
static int read_version(struct shrinkwrap *s, struct cpm_error *err)
{
    struct cpm_package doc;
    int wanted = (int)cpm_config_num(s->cli->config, "lockfile-version");
    s->version = wanted ? wanted : 3;
    if (!s->has_file && !s->has_lock)
        return 0;
    int rc = cpm_package_read(s->has_file ? s->file : s->lock, s->cli->arena, &doc, err);
    if (rc < 0)
        return rc;
    s->original = (int)cpm_json_number(cpm_json_get(doc.doc, CPM_STR("lockfileVersion")));
    if (!wanted && s->original > 1)
        s->version = s->original;
    rc = compare_root(s, doc.doc, err);
    cpm_package_release(&doc);
    return rc;
}

static int write_lock(struct shrinkwrap *s, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    struct cpm_flow_result result;
    int rc = cpm_flow_options_fill(s->cli, &opts, err);
    if (rc < 0)
        return rc;
    opts.mode = CPM_FLOW_INSTALL;
    opts.lock_only = opts.package_lock = true;
    opts.dry_run = opts.install.dry_run = false;
    opts.save = opts.tree.save = opts.tree.complete = true;
    opts.ignore_scripts = true;
    opts.lockfile_version = opts.tree.lockfile_version = s->version;
    return cpm_flow_command_quiet(s->cli, &opts, &result, exit_code, err);
}

static void tell(const struct shrinkwrap *s)
{
    struct cpm_arena *arena = s->cli->arena;
    bool updated = s->original != s->version;
    const char *version = cpm_arena_printf(arena, "%d", s->version);
    struct cpm_term *term = s->cli->term;
    if (!s->has_file && !s->has_lock)
        cpm_term_log(term, CPM_LOG_NOTICE, "",
                     "created a lockfile as npm-shrinkwrap.json with version %s", version);
    else if (!s->has_file)
        cpm_term_log(term, CPM_LOG_NOTICE, "",
                     "package-lock.json has been renamed to npm-shrinkwrap.json%s%s",
                     updated ? " and updated to version " : "", updated ? version : "");
    else if (updated)
        cpm_term_log(term, CPM_LOG_NOTICE, "", "npm-shrinkwrap.json updated to version %s",
                     version);
    else
        cpm_term_log(term, CPM_LOG_NOTICE, "", "npm-shrinkwrap.json up to date");
}

int cpm_cmd_shrinkwrap(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct shrinkwrap s = {
        .cli = cli,
        .file = cpm_path_join(cli->arena, cli->local_prefix, "npm-shrinkwrap.json"),
        .lock = cpm_path_join(cli->arena, cli->local_prefix, "package-lock.json")};
    if (cpm_config_bool(cli->config, "global"))
        return cpm_error_set(err, CPM_ESHRINKWRAPGLOBAL,
                             "`cpm shrinkwrap` does not work for global packages");
    s.has_file = cpm_fs_exists(s.file);
    s.has_lock = cpm_fs_exists(s.lock);
    int rc = read_version(&s, err);
    if (rc < 0)
        return rc;
    if (s.original && s.original != s.version)
        cpm_term_log(cli->term, CPM_LOG_WARN, "shrinkwrap",
                     "Converting lock file (npm-shrinkwrap.json) from v%d -> v%d", s.original,
                     s.version);
    if (s.original != s.version || s.other_root)
        rc = write_lock(&s, exit_code, err);
    if (rc < 0 || *exit_code)
        return rc;
    if (!s.has_file && rename(s.lock, s.file) < 0)
        return cpm_error_sys(err, errno, "could not rename '%s'", s.lock);
    tell(&s);
    return 0;
}
