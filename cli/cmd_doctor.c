/* cpm doctor: a list of checks, each with its title, "Ok" or "Not ok", and what was found or should
 * be done. All run, whatever the ones before gave. */
#include "cli/commands.h"

#include "base/path.h"
#include "cli/config/config.h"
#include "cli/doctor_files.h"
#include "cli/net.h"
#include "cli/paint.h"
#include "install/store_check.h"
#include "registry/packument.h"
#include "semver/sets.h"

#include <stdlib.h>
#include <unistd.h>

/* npm's address; a mirror is named as for node-gyp. */
#define NODE_RELEASES "https://nodejs.org/dist"

struct doctor {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_error fault; /* of the check that runs */
};

static const char *below(const struct doctor *d, const char *prefix, const char *path)
{
    return cpm_path_join(d->cli->arena, prefix, path);
}

static bool failed(struct doctor *d, const char **words)
{
    *words = cpm_arena_printf(d->cli->arena, "%s", d->fault.text);
    return false;
}

static bool exchange(struct doctor *d, struct cpm_net_call *call)
{
    return cpm_net_open(d->cli, &d->net, &d->fault) == 0 &&
           cpm_net_exchange(&d->net, call, &d->fault) == 0;
}

static bool check_ping(struct doctor *d, const char **words)
{
    struct cpm_net_call call = {.url = "/-/ping"};
    bool ok = exchange(d, &call);
    cpm_json_free(call.json);
    return ok || failed(d, words);
}

/* The registry tells the newest npm; that cpm does what an older one does is no fault of the
 * user's. */
static bool check_version(struct doctor *d, const char **words)
{
    const struct cpm_packument *npm;
    struct cpm_str latest = CPM_STR_NONE;
    if (cpm_net_open(d->cli, &d->net, &d->fault) < 0 ||
        cpm_net_packument(&d->net, CPM_STR("npm"), false, &npm, &d->fault) < 0)
        return failed(d, words);
    cpm_packument_tag(npm, CPM_STR("latest"), &latest);
    *words =
        cpm_arena_printf(d->cli->arena, "current: v%s, works as npm v%s, latest npm: v%.*s",
                         CPM_VERSION, cpm_config_npm_version(d->cli->config), CPM_STR_ARG(latest));
    return true;
}

static void raise_to(struct cpm_version *best, const struct cpm_version *v)
{
    if (cpm_version_cmp(v, best) > 0)
        *best = *v;
}

/* The newest of the current major, or the newest that is kept for long: the higher one. */
static struct cpm_version recommended(const struct cpm_json *releases,
                                      const struct cpm_version *current)
{
    struct cpm_version best = {.major = 0}, v;
    CPM_JSON_EACH (releases, release) {
        if (!cpm_version_parse(cpm_json_get_str(release, "version"), 0, &v))
            continue;
        bool same =
            v.major == current->major && v.prerelease.len == 0 && cpm_version_cmp(&v, current) >= 0;
        if (same || cpm_json_truthy(cpm_json_get(release, CPM_STR("lts"))))
            raise_to(&best, &v);
    }
    return best;
}

static bool check_node(struct doctor *d, const char **words)
{
    struct cpm_arena *arena = d->cli->arena;
    const char *mirror = cpm_config_raw(d->cli->config, "disturl");
    const char *node = cpm_config_node_version(d->cli->config);
    struct cpm_version current, best;
    if (!cpm_version_parse(cpm_str(node), 0, &current)) {
        *words = "Install node and ensure it's in your PATH: scripts of packages run with it";
        return false;
    }
    struct cpm_net_call call = {
        .url = cpm_arena_printf(arena, "%s/index.json", mirror ? mirror : NODE_RELEASES),
        .anonymous = true};
    bool ok = exchange(d, &call);
    best = recommended(call.json, &current);
    const char *wanted = cpm_version_text(arena, &best);
    cpm_json_free(call.json);
    if (!ok)
        return failed(d, words);
    ok = cpm_version_cmp(&current, &best) >= 0;
    *words = ok ? cpm_arena_printf(arena, "current: %s, recommended: v%s", node, wanted)
                : cpm_arena_printf(arena, "Use node v%s (current: %s)", wanted, node);
    return ok;
}

static bool check_registry(struct doctor *d, const char **words)
{
    const char *registry = cpm_config_str(d->cli->config, "registry");
    bool ok = strcmp(registry, CPM_DEFAULT_REGISTRY) == 0;
    *words = ok ? "using default registry (" CPM_DEFAULT_REGISTRY ")"
                : cpm_arena_printf(d->cli->arena, "Try `%s config set registry=%s`",
                                   cpm_term_program(d->cli->term), CPM_DEFAULT_REGISTRY);
    return ok;
}

static bool check_git(struct doctor *d, const char **words)
{
    const char *path = getenv("PATH");
    struct cpm_str rest = cpm_str(path ? path : ""), folder;
    while (rest.len && cpm_str_split(&rest, ':', &folder)) {
        *words = below(d, cpm_arena_str(d->cli->arena, folder).ptr, "git");
        if (folder.len && access(*words, X_OK) == 0)
            return true;
    }
    *words = "Error: Install git and ensure it's in your PATH.";
    return false;
}

static bool check_bin_in_path(struct doctor *d, const char **words)
{
    const char *path = getenv("PATH"), *bin = below(d, d->cli->global_prefix, "bin");
    bool ok = path && strstr(path, bin);
    *words = ok ? bin : cpm_arena_printf(d->cli->arena, "Error: Add %s to your $PATH", bin);
    return ok;
}

static bool check_files(struct doctor *d, struct cpm_doctor_files how, const char **words)
{
    how.term = d->cli->term;
    if (cpm_doctor_files_check(&how))
        return true;
    *words = cpm_arena_printf(d->cli->arena, "Check the permissions of files in %s%s", how.root,
                              how.should_own ? " (should be owned by current user)" : "");
    return false;
}

static bool check_cache_files(struct doctor *d, const char **words)
{
    struct cpm_doctor_files how = {
        .root = cpm_config_str(d->cli->config, "cache"), .should_own = true, .mask = R_OK};
    return check_files(d, how, words);
}

static bool check_local_modules(struct doctor *d, const char **words)
{
    struct cpm_doctor_files how = {.root = below(d, d->cli->local_prefix, "node_modules"),
                                   .should_own = true,
                                   .mask = R_OK | W_OK,
                                   .may_be_missing = true};
    return check_files(d, how, words);
}

static bool check_global_modules(struct doctor *d, const char **words)
{
    struct cpm_doctor_files how = {.root = below(d, d->cli->global_prefix, "lib/node_modules"),
                                   .mask = R_OK};
    return check_files(d, how, words);
}

static bool check_local_bin(struct doctor *d, const char **words)
{
    struct cpm_doctor_files how = {.root = below(d, d->cli->local_prefix, "node_modules/.bin"),
                                   .mask = R_OK | W_OK | X_OK,
                                   .may_be_missing = true};
    return check_files(d, how, words);
}

static bool check_global_bin(struct doctor *d, const char **words)
{
    struct cpm_doctor_files how = {.root = below(d, d->cli->global_prefix, "bin"), .mask = X_OK};
    return check_files(d, how, words);
}

static bool check_cache(struct doctor *d, const char **words)
{
    const char *folder = below(d, cpm_config_str(d->cli->config, "cache"), "_cpm/store");
    struct cpm_store *store = NULL;
    struct cpm_store_checked checked;
    int rc = cpm_store_open(folder, &store, &d->fault);
    if (rc == 0)
        rc = cpm_store_check(store, &checked, &d->fault);
    cpm_store_close(store);
    if (rc < 0)
        return failed(d, words);
    if (checked.bad) {
        cpm_term_log(d->cli->term, CPM_LOG_WARN, "doctor",
                     "verifyCachedFiles Corrupted content removed: %zu", checked.bad);
        cpm_term_log(d->cli->term, CPM_LOG_WARN, "doctor",
                     "verifyCachedFiles Cache issues have been fixed");
    }
    *words = cpm_arena_printf(d->cli->arena, "verified %zu tarballs", checked.entries);
    return true;
}

static const struct {
    const char *groups; /* blank-separated: a check runs when one of them is named */
    const char *title;
    /* *words: what was found or should be done, or NULL. False: "Not ok". */
    bool (*run)(struct doctor *d, const char **words);
} checks[] = {
    {"connection ping registry", "Connecting to the registry", check_ping},
    {"versions", "Checking cpm version", check_version},
    {"versions", "Checking node version", check_node},
    {"registry", "Checking configured npm registry", check_registry},
    {"environment", "Checking for git executable in PATH", check_git},
    {"environment", "Checking for global bin folder in PATH", check_bin_in_path},
    {"permissions cache", "Checking permissions on cached files (this may take awhile)",
     check_cache_files},
    {"permissions", "Checking permissions on local node_modules (this may take awhile)",
     check_local_modules},
    {"permissions", "Checking permissions on global node_modules (this may take awhile)",
     check_global_modules},
    {"permissions", "Checking permissions on local bin folder", check_local_bin},
    {"permissions", "Checking permissions on global bin folder", check_global_bin},
    {"cache", "Verifying cache contents (this may take awhile)", check_cache},
};

static bool is_asked_for(const struct cpm_cli *cli, const char *groups)
{
    for (int i = 0; i < cli->argc; i++) {
        struct cpm_str rest = cpm_str(groups), group;
        while (rest.len && cpm_str_split(&rest, ' ', &group))
            if (cpm_str_is(group, cli->argv[i]))
                return true;
    }
    return cli->argc == 0;
}

static void print_result(struct doctor *d, bool ok, const char *words)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    bool color = cpm_term_color(d->cli->term);
    cpm_paint(&text, color, ok ? CPM_GREEN : CPM_RED, ok ? CPM_STR("Ok") : CPM_STR("Not ok"));
    if (words)
        cpm_buf_add_char(&text, '\n');
    cpm_paint(&text, color, ok ? CPM_PLAIN : CPM_CYAN, cpm_str(words));
    cpm_buf_add_text(&text, "\n\n");
    cpm_term_put(d->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

int cpm_cmd_doctor(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    bool silent = cpm_term_level(cli->term) == CPM_LOG_SILENT, all_ok = true;
    struct doctor d = {.cli = cli};
    (void)exit_code;
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        const char *words = NULL;
        if (!is_asked_for(cli, checks[i].groups))
            continue;
        if (!silent)
            cpm_term_out(cli->term, cpm_str(checks[i].title));
        cpm_term_flush(cli->term);
        d.fault = (struct cpm_error)CPM_ERROR_INIT;
        bool ok = checks[i].run(&d, &words);
        all_ok &= ok;
        if (!silent)
            print_result(&d, ok, words);
    }
    cpm_net_close(&d.net);
    if (all_ok)
        return 0;
    return cpm_error_set(err, CPM_EUNKNOWN, "%s",
                         silent ? "Some problems found. Check logs or disable silent mode for "
                                  "recommendations."
                                : "Some problems found. See above for recommendations.");
}
