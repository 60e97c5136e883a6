/* What is missing comes into the folder of exec, after a question where there is somebody to ask.
 * The folder remembers for a while what the registry said, so that the same command starts next
 * time without asking anybody. */
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/exec_packages.h"
#include "cli/prompt.h"
#include "cli/term.h"
#include "install/npx.h"
#include "install/script.h"

#include <time.h>
#include <unistd.h>

#define FRESH_MAX_MS (60u * 60 * 1000) /* beyond it a clock went back, or a registry errs */
#define DAY_MS       (24LL * 60 * 60 * 1000)

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static const char *bins_of(const struct cpm_exec_packages *p)
{
    return cpm_path_join(p->exec->cli->arena, p->folder, "node_modules/.bin");
}

static bool has_bin(const struct cpm_exec_packages *p, const char *command)
{
    return cpm_exec_is_file(cpm_arena_printf(p->exec->cli->arena, "%s/%s", bins_of(p), command));
}

/* Registries only: what a folder holds may change at any time, and so may a branch. */
static bool may_recall(const struct cpm_exec_packages *p)
{
    const struct cpm_cli *cli = p->exec->cli;

    for (size_t i = 0; i < p->count; i++)
        if (!p->wants[i].spec.registry)
            return false;
    return p->exec->arg_count > 0 && !cpm_config_bool(cli->config, "prefer-online");
}

static bool is_fresh(const struct cpm_exec_packages *p, const struct cpm_npx_memory *memory)
{
    const struct cpm_config *config = p->exec->cli->config;
    uint64_t now = now_ms();

    if (cpm_config_bool(config, "offline") || cpm_config_bool(config, "prefer-offline"))
        return true;
    return memory->until_ms == UINT64_MAX ||
           (now < memory->until_ms && memory->until_ms - now <= FRESH_MAX_MS);
}

/* True when the last run of the same packages answers for this one too. */
static bool recall(struct cpm_exec_packages *p)
{
    struct cpm_exec *x = p->exec;
    struct cpm_npx_memory memory;
    const char *command;

    if (!may_recall(p) || !cpm_npx_recall(p->folder, x->cli->arena, &memory) ||
        !is_fresh(p, &memory) ||
        strcmp(memory.registry, cpm_config_str(x->cli->config, "registry")) != 0)
        return false;
    command = x->swap ? memory.command : x->args[0];
    if (!*command || !has_bin(p, command) || cpm_exec_packages_elsewhere(p))
        return false;
    x->args[0] = command;
    x->bin_dir = bins_of(p);
    return true;
}

/* A version stays what it is; everything else is asked about again when the registry's answer is no
 * longer fresh. What the project has was not asked about at all. */
static uint64_t remembered_until(const struct cpm_exec_packages *p)
{
    uint64_t until = UINT64_MAX;

    for (size_t i = 0; i < p->count; i++) {
        const struct cpm_exec_want *w = &p->wants[i];
        uint64_t fresh = (uint64_t)w->fresh_until_ms;

        if (w->spec.type != CPM_SPEC_VERSION && fresh < until)
            until = fresh;
    }
    return until;
}

static void remember(struct cpm_exec_packages *p)
{
    struct cpm_exec *x = p->exec;
    struct cpm_npx_memory memory = {.until_ms = remembered_until(p),
                                    .registry = cpm_config_str(x->cli->config, "registry"),
                                    .command = x->swap ? x->args[0] : ""};

    if (may_recall(p))
        cpm_npx_remember(p->folder, &memory, x->cli->arena);
}

static const char *shown(const struct cpm_exec_packages *p, const struct cpm_exec_want *w)
{
    if (!w->spec.registry)
        return w->word;
    return cpm_arena_printf(p->exec->cli->arena, "%.*s@%.*s", CPM_STR_ARG(w->name),
                            CPM_STR_ARG(w->version));
}

/* What somebody who is asked should know: how old the version is, and what it would run. */
static void describe(const struct cpm_exec_packages *p, const struct cpm_exec_want *w,
                     struct cpm_buf *out)
{
    int64_t days = ((int64_t)now_ms() - w->time) / DAY_MS;

    cpm_sanitize(out, cpm_str(shown(p, w)));
    if (w->time != CPM_TIME_NONE && days < 1)
        cpm_buf_add_text(out, " (published today)");
    else if (w->time != CPM_TIME_NONE)
        cpm_buf_addf(out, " (published %lld day%s ago)", (long long)days, days == 1 ? "" : "s");
    if (w->has_scripts)
        cpm_buf_add_text(out, " (has install scripts)");
    cpm_buf_add_char(out, '\n');
}

static int ask(struct cpm_exec_packages *p, struct cpm_exec_want *const *add, size_t count,
               struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    const char *answer;
    int rc;

    cpm_buf_add_text(&text, "Need to install the following packages:\n");
    for (size_t i = 0; i < count; i++)
        describe(p, add[i], &text);
    cpm_buf_add_text(&text, "Ok to proceed? (y)");
    rc = cpm_prompt(p->exec->cli, cpm_buf_text(&text), false, "y", &answer, err);
    cpm_buf_release(&text);
    if (rc == CPM_ECANCELED || (rc == 0 && answer[0] != 'y' && answer[0] != 'Y'))
        rc = cpm_error_set(err, CPM_EUNKNOWN, "canceled"); /* npm gives it no code */
    return rc;
}

static struct cpm_str listed(const struct cpm_exec_packages *p, struct cpm_exec_want *const *add,
                             size_t count, bool quoted)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    struct cpm_str copy;

    for (size_t i = 0; i < count; i++) {
        cpm_buf_add_text(&text, i == 0 ? "" : quoted ? "," : ", ");
        if (quoted)
            cpm_json_quote(&text, cpm_str(shown(p, add[i])));
        else
            cpm_buf_add_text(&text, shown(p, add[i]));
    }
    copy = cpm_arena_str(p->exec->cli->arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return copy;
}

static bool can_ask(const struct cpm_exec *x)
{
    return isatty(STDIN_FILENO) && !cpm_config_is_ci(x->cli->config);
}

/* npm's rule: --yes, --no, a question, and a warning where nobody can be asked. */
static int confirm(struct cpm_exec_packages *p, struct cpm_exec_want *const *add, size_t count,
                   struct cpm_error *err)
{
    const struct cpm_cli *cli = p->exec->cli;
    bool one = count == 1;
    bool told = cpm_config_where(cli->config, "yes") != CPM_CONFIG_DEFAULT;

    if (p->exec->own || (p->exec->swap && p->wants[0].spec.type == CPM_SPEC_DIRECTORY))
        return 0;
    if (told && cpm_config_bool(cli->config, "yes"))
        return 0;
    if (told)
        return cpm_error_set(err, CPM_EUNKNOWN,
                             "cpx canceled due to missing packages and no YES option: [%.*s]",
                             CPM_STR_ARG(listed(p, add, count, true)));
    if (can_ask(p->exec))
        return ask(p, add, count, err);
    cpm_term_log(cli->term, CPM_LOG_WARN, "exec",
                 "The following package%s not found and will be installed: %.*s",
                 one ? " was" : "s were", CPM_STR_ARG(listed(p, add, count, false)));
    return 0;
}

/* The command of a package that had no name before it was there. */
static int name_late(struct cpm_exec_packages *p, struct cpm_exec_want *w, struct cpm_str name,
                     struct cpm_error *err)
{
    struct cpm_arena *arena = p->exec->cli->arena;
    struct cpm_script_package package;
    const struct cpm_json *bins;
    int rc = cpm_script_package_read(
        cpm_arena_printf(arena, "%s/node_modules/%.*s", p->folder, CPM_STR_ARG(name)), arena,
        &package, err);

    if (rc < 0)
        return rc;
    bins = cpm_json_get(package.json, CPM_STR("bin"));
    w->name = name;
    w->bins = bins ? cpm_json_copy(bins) : NULL;
    cpm_script_package_release(&package);
    return 0;
}

static int install(struct cpm_exec_packages *p, struct cpm_exec_want *const *add, size_t count,
                   int *exit_code, struct cpm_error *err)
{
    const char **specs = CPM_NEW_ARRAY(p->exec->cli->arena, const char *, count + 1);
    struct cpm_flow_result result;
    int rc;

    for (size_t i = 0; i < count; i++)
        specs[i] = shown(p, add[i]);
    p->opts.specs = specs;
    rc = cpm_flow_command_quiet(p->exec->cli, &p->opts, &result, exit_code, err);
    for (size_t i = 0; i < count && rc == 0 && *exit_code == 0; i++)
        if (!add[i]->bins && !add[i]->spec.registry)
            rc = name_late(p, add[i], result.names[i], err);
    return rc;
}

static bool held(struct cpm_exec_packages *p, const struct cpm_exec_want *w)
{
    bool own = p->exec->own && w == &p->wants[0];

    return cpm_exec_packages_held(p, w) && (!own || has_bin(p, p->exec->args[0]));
}

/* What comes by git or as a tarball is put there each time, but asked about once. */
static int fill_folder(struct cpm_exec_packages *p, int *exit_code, struct cpm_error *err)
{
    struct cpm_exec *x = p->exec;
    struct cpm_arena *arena = x->cli->arena;
    struct cpm_exec_want **add = CPM_NEW_ARRAY(arena, struct cpm_exec_want *, p->count + 1);
    struct cpm_exec_want **news = CPM_NEW_ARRAY(arena, struct cpm_exec_want *, p->count + 1);
    size_t count = 0, fresh = 0;
    int rc = cpm_npx_open(p->folder, arena, err);

    for (size_t i = 0; i < p->count && rc == 0; i++) {
        struct cpm_exec_want *w = &p->wants[i];

        if (!w->missing || held(p, w))
            continue;
        add[count++] = w;
        if (w->spec.registry || !cpm_npx_holds(p->folder, w->word, arena))
            news[fresh++] = w;
    }
    if (rc == 0 && fresh)
        rc = confirm(p, news, fresh, err);
    if (rc == 0 && count)
        rc = install(p, add, count, exit_code, err);
    if (rc == 0 && *exit_code == 0)
        rc = cpm_npx_sign(p->folder, x->packages, p->count, arena, err);
    x->bin_dir = bins_of(p);
    return rc;
}

static int name_command(struct cpm_exec_packages *p, struct cpm_error *err)
{
    const char *command;

    if (!p->exec->swap)
        return 0;
    command = cpm_exec_command_of(p->exec, p->wants[0].bins, p->wants[0].name);
    if (!command)
        return cpm_error_set(err, CPM_EUNKNOWN, "could not determine executable to run");
    p->exec->args[0] = command;
    return 0;
}

static int provide(struct cpm_exec_packages *p, int *exit_code, struct cpm_error *err)
{
    struct cpm_exec *x = p->exec;
    const struct cpm_exec_want *first = &p->wants[0];
    size_t missing = 0;
    int rc = cpm_exec_packages_look(p, err);

    for (size_t i = 0; i < p->count && rc == 0; i++)
        missing += p->wants[i].missing;
    /* what is not in a registry has a command to be named once it is there */
    bool late = first->missing && !first->spec.registry && first->spec.type != CPM_SPEC_DIRECTORY;
    if (rc == 0 && !late)
        rc = name_command(p, err);
    if (rc < 0 || !missing)
        return rc;
    if (x->swap && cpm_exec_packages_global(p, x->args[0])) {
        x->bin_dir = cpm_path_join(x->cli->arena, x->cli->global_prefix, "bin");
        return 0;
    }
    rc = fill_folder(p, exit_code, err);
    if (rc == 0 && *exit_code == 0 && late)
        rc = name_command(p, err);
    if (rc == 0 && *exit_code == 0)
        remember(p);
    return rc;
}

/* exec heeds no project's allowScripts: what is run here belongs to no project. */
static int fill_options(struct cpm_exec_packages *p, struct cpm_error *err)
{
    static const char *const none[] = {NULL};
    struct cpm_cli *cli = p->exec->cli;
    int rc = cpm_flow_options_fill_at(cli, p->folder, &p->opts, err);

    p->opts.save = p->opts.tree.save = true;
    p->opts.lock_only = p->opts.tree.complete = false;
    p->opts.allow_scripts_explicit = false;
    if (cpm_config_where(cli->config, "allow-scripts") == CPM_CONFIG_PROJECT)
        p->opts.allow_scripts = none;
    if (p->exec->own)
        p->opts.tree.install_links = false;
    return rc;
}

int cpm_exec_provide(struct cpm_exec *x, int *exit_code, struct cpm_error *err)
{
    struct cpm_exec_packages p = {.exec = x, .ask = can_ask(x)};
    int rc = cpm_exec_packages_open(&p, err);

    if (rc == 0 && !recall(&p)) {
        rc = fill_options(&p, err);
        if (rc == 0)
            rc = provide(&p, exit_code, err);
    }
    cpm_exec_packages_close(&p);
    return rc;
}
