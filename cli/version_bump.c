/* The order is npm's: the new version, a clean checkout, preversion, the files, version, commit and
 * tag, postversion. Everything that can be refused is refused before a file changes. */
#include "cli/version_bump.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/git.h"
#include "cli/script_host.h"
#include "cli/term.h"
#include "lockfile/package.h"
#include "semver/coerce.h"
#include "semver/inc.h"

struct bump {
    struct cpm_version_bump *in;
    struct cpm_cli *cli;
    struct cpm_git git;
    struct cpm_script_package package;
    const char *old;
    bool use_git;
    const char *locks[2]; /* that were changed */
    size_t lock_count;
};

static bool option(const struct bump *b, const char *key)
{
    return cpm_config_bool(b->cli->config, key);
}

static const char *incremented(struct bump *b, const char *current)
{
    struct cpm_arena *arena = b->cli->arena;
    const char *preid = cpm_config_str(b->cli->config, "preid");
    struct cpm_inc how = {.identifier = cpm_str(preid ? preid : ""), .flags = CPM_SEMVER_LOOSE};
    struct cpm_version v;
    if (!current || !cpm_release_parse(cpm_str(b->in->wanted), &how.release) ||
        !cpm_version_parse(cpm_str(current), CPM_SEMVER_LOOSE, &v) ||
        cpm_version_inc(arena, &v, &how, NULL) != 0)
        return NULL;
    return cpm_version_text(arena, &v);
}

/* The nearest tag that looks like a version. */
static int from_git(struct bump *b, const char **out, struct cpm_error *err)
{
    static const char *const args[] = {"describe", "--tags", "--abbrev=0", "--match=*.*.*", NULL};
    struct cpm_str tag;
    struct cpm_version v;
    int rc = cpm_git_run(&b->git, args, true, &tag, &b->in->exit_code, err);
    if (rc < 0)
        return rc;
    tag = cpm_str_trim(tag);
    if (!cpm_version_coerce(b->cli->arena, tag, false, CPM_SEMVER_INCLUDE_PRERELEASE, &v))
        return cpm_error_set(err, CPM_EUNKNOWN, "Tag is not a valid version: \"%.*s\"",
                             CPM_STR_ARG(tag));
    *out = cpm_version_text(b->cli->arena, &v);
    return 0;
}

static int choose(struct bump *b, struct cpm_error *err)
{
    struct cpm_arena *arena = b->cli->arena;
    struct cpm_str wanted = cpm_str(b->in->wanted);
    const char *current = cpm_version_clean(arena, cpm_str(b->old), 0), *next = NULL;
    if (cpm_version_valid(arena, wanted, CPM_SEMVER_LOOSE)) {
        next = cpm_version_clean(arena, wanted, CPM_SEMVER_LOOSE);
    } else if (cpm_str_is(wanted, "from-git")) {
        int rc = from_git(b, &next, err);
        if (rc < 0)
            return rc;
    } else {
        next = incremented(b, current);
    }
    if (!next)
        return cpm_error_set(err, CPM_EUNKNOWN, "Invalid version: %s", b->in->wanted);
    if (current && strcmp(next, current) == 0 && !option(b, "allow-same-version"))
        return cpm_error_set(err, CPM_EUNKNOWN, "Version not changed");
    b->in->version = next;
    return 0;
}

/* Whether git is used at all: the folder is a checkout and nothing in it waits to be committed. */
static int check_git(struct bump *b, struct cpm_error *err)
{
    static const char *const args[] = {"status", "--porcelain=v1", "-uno", NULL};
    struct cpm_term *term = b->cli->term;
    struct cpm_str changes;
    b->use_git = b->in->git && (strcmp(b->in->wanted, "from-git") == 0 || cpm_git_is(&b->git));
    if (!b->use_git)
        return 0;
    int rc = cpm_git_run(&b->git, args, true, &changes, &b->in->exit_code, err);
    if (rc == CPM_ENOENT) {
        b->use_git = false;
        cpm_term_log(term, CPM_LOG_WARN, "version",
                     "This is a Git checkout, but the git command was not found. "
                     "cpm could not create a Git tag for this release!");
        return 0;
    }
    if (rc < 0 || cpm_str_trim(changes).len == 0)
        return rc;
    if (!option(b, "force"))
        return cpm_error_set(err, CPM_EUNKNOWN, "Git working directory not clean.");
    cpm_term_log(term, CPM_LOG_WARN, "version",
                 "Git working directory not clean, proceeding forcefully.");
    return 0;
}

static int run_script(struct bump *b, const char *event, struct cpm_error *err)
{
    struct cpm_arena *arena = b->cli->arena;
    struct cpm_str command = cpm_json_get_str(cpm_script_table(&b->package), event);
    const char *env[] = {cpm_arena_printf(arena, "npm_old_version=%s", b->old),
                         cpm_arena_printf(arena, "npm_new_version=%s", b->in->version), NULL};
    struct cpm_script script = {
        .package = &b->package, .event = event, .command = command, .env = env};
    struct cpm_script_options opts;
    b->package.id = NULL; /* npm's banner names the event alone here */
    if (command.len == 0 || option(b, "ignore-scripts"))
        return 0;
    cpm_script_host_options(b->cli, &opts);
    return cpm_script_host_run(b->cli, &opts, &script, true, &b->in->exit_code, err);
}

static int write_version(struct bump *b, const char *file, bool lock, struct cpm_error *err)
{
    struct cpm_package doc;
    int rc = cpm_package_read(cpm_path_join(b->cli->arena, b->in->folder, file), b->cli->arena,
                              &doc, err);
    if (rc < 0 || (lock && !doc.exists)) {
        cpm_package_release(&doc);
        return rc < 0 ? rc : CPM_ENOENT;
    }
    struct cpm_json *root = cpm_json_get(cpm_json_get(doc.doc, CPM_STR("packages")), CPM_STR(""));
    cpm_json_set_str(doc.doc, "version", cpm_str(b->in->version));
    if (lock && cpm_json_is(root, CPM_JSON_OBJECT))
        cpm_json_set_str(root, "version", cpm_str(b->in->version));
    cpm_json_del(doc.doc, CPM_STR("_id"));
    rc = cpm_package_save_whole(&doc, true, err);
    cpm_package_release(&doc);
    return rc;
}

/* A lock that is not there or cannot be read is passed over, as npm does. */
static int write_files(struct bump *b, struct cpm_error *err)
{
    static const char *const locks[] = {"package-lock.json", "npm-shrinkwrap.json"};
    int rc = write_version(b, "package.json", false, err);
    for (size_t i = 0; rc == 0 && i < 2; i++)
        if (write_version(b, locks[i], true, NULL) == 0)
            b->locks[b->lock_count++] = locks[i];
    if (rc < 0)
        return rc;
    cpm_script_package_release(&b->package);
    return cpm_script_package_read(b->in->folder, b->cli->arena, &b->package, err);
}

/* The configured message, each "%s" the version. */
static const char *message(struct bump *b)
{
    const char *text = cpm_config_str(b->cli->config, "message");
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    struct cpm_str rest = cpm_str(text ? text : "%s");
    for (size_t at; (at = cpm_str_find(rest, "%s")) != CPM_NPOS;) {
        cpm_buf_add_str(&out, cpm_str_sub(rest, 0, at));
        cpm_buf_add_text(&out, b->in->version);
        rest = cpm_str_sub(rest, at + 2, rest.len);
    }
    cpm_buf_add_str(&out, rest);
    const char *copy = cpm_arena_str(b->cli->arena, cpm_buf_str(&out)).ptr;
    cpm_buf_release(&out);
    return copy ? copy : "";
}

static int git_add(struct bump *b, const char *file, bool report, struct cpm_error *err)
{
    int ignored = 0;
    const char *args[] = {"add", cpm_path_join(b->cli->arena, b->in->folder, file), NULL};
    return cpm_git_run(&b->git, args, report, NULL, report ? &b->in->exit_code : &ignored, err);
}

static int commit(struct bump *b, struct cpm_error *err)
{
    const char *args[8] = {"commit"};
    size_t n = 1;
    if (!option(b, "commit-hooks"))
        args[n++] = "-n";
    if (option(b, "allow-same-version"))
        args[n++] = "--allow-empty";
    if (option(b, "sign-git-commit"))
        args[n++] = "-S";
    args[n++] = "-m";
    args[n++] = message(b);
    return cpm_git_run(&b->git, args, true, NULL, &b->in->exit_code, err);
}

static int tag(struct bump *b, struct cpm_error *err)
{
    struct cpm_arena *arena = b->cli->arena;
    const char *prefix = cpm_config_str(b->cli->config, "tag-version-prefix");
    const char *flags = cpm_arena_printf(arena, "-%s%sm", option(b, "sign-git-tag") ? "s" : "",
                                         option(b, "allow-same-version") ? "f" : "");
    const char *args[] = {"tag", flags, message(b),
                          cpm_arena_printf(arena, "%s%s", prefix ? prefix : "", b->in->version),
                          NULL};
    return cpm_git_run(&b->git, args, true, NULL, &b->in->exit_code, err);
}

static int record(struct bump *b, struct cpm_error *err)
{
    if (!b->use_git)
        return 0;
    int rc = git_add(b, "package.json", true, err);
    for (size_t i = 0; rc == 0 && i < b->lock_count; i++)
        git_add(b, b->locks[i], false, NULL); /* it may be in .gitignore */
    if (rc == 0)
        rc = commit(b, err);
    return rc == 0 ? tag(b, err) : rc;
}

int cpm_version_bump(struct cpm_version_bump *in, struct cpm_error *err)
{
    struct bump b = {.in = in, .cli = in->cli, .git = {.cli = in->cli, .folder = in->folder}};
    int rc = cpm_script_package_read(in->folder, in->cli->arena, &b.package, err);
    if (rc < 0)
        return rc;
    struct cpm_str old = cpm_json_get_str(b.package.json, "version");
    b.old = old.len ? cpm_arena_str(in->cli->arena, old).ptr : "0.0.0";
    rc = choose(&b, err);
    if (rc == 0)
        rc = check_git(&b, err);
    if (rc == 0)
        rc = run_script(&b, "preversion", err);
    if (rc == 0)
        rc = write_files(&b, err);
    if (rc == 0)
        rc = run_script(&b, "version", err);
    if (rc == 0)
        rc = record(&b, err);
    if (rc == 0)
        rc = run_script(&b, "postversion", err);
    cpm_script_package_release(&b.package);
    return rc;
}
