/* cpm import: another package manager's lock becomes package-lock.json. Steps: find the lock, read
 * it, and let the install flow solve with its versions; nothing but the lock is written. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/print_json.h"

#define LOCK_MAX (64u << 20)

/* A file that was named is known by its name; else the first that is there. */
static int find_lock(const struct cpm_cli *cli, enum cpm_foreign_kind *kind, const char **file,
                     struct cpm_error *err)
{
    for (int k = 0; k < CPM_FOREIGN_COUNT; k++) {
        const char *name = cpm_foreign_file((enum cpm_foreign_kind)k);

        *kind = (enum cpm_foreign_kind)k;
        *file = cli->argc ? cpm_path_resolve(cli->arena, cli->cwd, cli->argv[0])
                          : cpm_path_join(cli->arena, cli->local_prefix, name);
        if (cli->argc ? cpm_str_is(cpm_path_basename(cpm_str(*file)), name) : cpm_fs_exists(*file))
            return 0;
    }
    if (cpm_fs_exists(cpm_path_join(cli->arena, cli->local_prefix, "bun.lockb")))
        return cpm_error_set(err, CPM_ENOLOCK,
                             "bun.lockb is a binary lock, which is not read: let bun write "
                             "bun.lock with 'bun install --save-text-lockfile --lockfile-only'");
    return cpm_error_set(err, CPM_ENOLOCK,
                         "no lock to import %s: pnpm-lock.yaml, bun.lock and yarn.lock are read",
                         cli->argc ? "by this name" : "in this project");
}

static int refuse_second_lock(const struct cpm_cli *cli, struct cpm_error *err)
{
    static const char *const own[] = {"npm-shrinkwrap.json", "package-lock.json"};

    for (size_t i = 0; i < 2; i++)
        if (!cpm_config_bool(cli->config, "force") &&
            cpm_fs_exists(cpm_path_join(cli->arena, cli->local_prefix, own[i])))
            return cpm_error_set(err, CPM_EEXIST,
                                 "%s is there already: remove it, or let --force replace it",
                                 own[i]);
    return 0;
}

static void say(const struct cpm_cli *cli, const char *file, const struct cpm_foreign *lock)
{
    struct cpm_str name = cpm_path_basename(cpm_str(file));

    if (cpm_term_json(cli->term)) {
        struct cpm_json *doc = cpm_json_new_object();

        cpm_json_set_str(doc, "from", name);
        cpm_json_set(doc, CPM_STR("packages"), cpm_json_new_number((double)lock->ids.count));
        cpm_print_json(cli->term, doc);
        return;
    }
    cpm_term_outf(cli->term,
                  "package-lock.json now has the versions of %.*s (%zu packages). Try it with "
                  "'cpm ci', then remove %.*s.",
                  CPM_STR_ARG(name), lock->ids.count, CPM_STR_ARG(name));
}

static int import(struct cpm_cli *cli, const char *file, const struct cpm_foreign *lock,
                  int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    struct cpm_flow_result result;
    int rc = cpm_flow_options_fill(cli, &opts, err);

    if (rc < 0)
        return rc;
    opts.mode = CPM_FLOW_INSTALL;
    opts.foreign = lock;
    opts.lock_only = opts.package_lock = opts.save = true;
    opts.tree.complete = opts.tree.save = true;
    opts.tree.force = true; /* what was locked stands, also against peers */
    opts.lockfile_version = opts.tree.lockfile_version = 3;
    rc = cpm_flow_command_quiet(cli, &opts, &result, exit_code, err);
    if (rc == 0 && *exit_code == 0)
        say(cli, file, lock);
    return rc;
}

int cpm_cmd_import(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_foreign lock = {0};
    enum cpm_foreign_kind kind;
    const char *file;
    struct cpm_str text;
    int rc = cli->argc > 1 ? cpm_error_set(err, CPM_EUSAGE, "%s", "import takes one lock") : 0;

    if (rc == 0 && (rc = refuse_second_lock(cli, err)) == 0 &&
        (rc = find_lock(cli, &kind, &file, err)) == 0 &&
        (rc = cpm_fs_read(file, LOCK_MAX, cli->arena, &text, err)) == 0 &&
        (rc = cpm_foreign_read(kind, text, cli->arena, &lock, err)) == 0)
        rc = import(cli, file, &lock, exit_code, err);
    cpm_foreign_release(&lock);
    return rc;
}
