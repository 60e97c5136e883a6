/* Most projects have no devEngines: the word is looked for before anything is parsed. cpm stands in
 * for npm, so the package manager that is there is npm, of the version that it follows. */
#include "cli/dev_engines.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/inspect.h"
#include "cli/term.h"
#include "lockfile/dev_engines.h"
#include "lockfile/package.h"
#include "resolver/tree/platform.h"

#include <sys/utsname.h>

static void look_here(struct cpm_cli *cli, struct cpm_dev_engines_here *here)
{
    struct cpm_platform platform = cpm_platform_here();
    struct utsname system;

    *here = (struct cpm_dev_engines_here){
        .v = {[CPM_DEV_ENGINE_PACKAGE_MANAGER] = {CPM_STR("npm"),
                                                  cpm_str(cpm_config_npm_version(cli->config))},
              [CPM_DEV_ENGINE_RUNTIME] = {CPM_STR("node"),
                                          cpm_str(cpm_config_node_version(cli->config))},
              [CPM_DEV_ENGINE_CPU] = {cpm_str(platform.cpu), CPM_STR("")},
              [CPM_DEV_ENGINE_LIBC] = {cpm_str(platform.libc), CPM_STR("")},
              [CPM_DEV_ENGINE_OS] = {cpm_str(platform.os), CPM_STR("")}}};
    if (uname(&system) == 0)
        here->v[CPM_DEV_ENGINE_OS].version = cpm_arena_str(cli->arena, cpm_str(system.release));
}

static struct cpm_json *here_json(const struct cpm_dev_engines_here *here,
                                  enum cpm_dev_engine engine)
{
    struct cpm_json *out = cpm_json_new_object();
    cpm_json_set_str(out, "name", here->v[engine].name);
    if (here->v[engine].version.len)
        cpm_json_set_str(out, "version", here->v[engine].version);
    return out;
}

/* As node prints { current, required }. */
static struct cpm_str details(struct cpm_cli *cli, const struct cpm_dev_engines_here *here,
                              const struct cpm_dev_engine_failure *failure)
{
    struct cpm_json *both = cpm_json_new_object();
    cpm_json_set(both, CPM_STR("current"), here_json(here, failure->engine));
    cpm_json_set(both, CPM_STR("required"), cpm_json_copy(failure->required));
    struct cpm_str text = cpm_inspect(cli->arena, both);
    cpm_json_free(both);
    return text;
}

static struct cpm_str summary(struct cpm_cli *cli, const struct cpm_dev_engine_failure *failure,
                              bool first)
{
    return cpm_str(cpm_arena_printf(
        cli->arena, "%sInvalid devEngines.%s\n%.*s",
        first ? "The developer of this package has specified the following through devEngines\n"
              : "",
        cpm_dev_engine_name(failure->engine), CPM_STR_ARG(failure->reasons)));
}

/* Warnings first, then, with --force, what would be errors. */
static void warn(struct cpm_cli *cli, const struct cpm_dev_engines_here *here,
                 const struct cpm_dev_engine_failures *failures, bool force)
{
    bool first = true;
    for (unsigned level = CPM_DEV_ENGINE_WARN; level <= CPM_DEV_ENGINE_ERROR; level++)
        for (size_t i = 0; i < failures->count; i++) {
            const struct cpm_dev_engine_failure *f = &failures->v[i];
            if (f->on_fail != level || (level == CPM_DEV_ENGINE_ERROR && !force))
                continue;
            cpm_term_log(cli->term, CPM_LOG_WARN, "EBADDEVENGINES", "%.*s",
                         CPM_STR_ARG(summary(cli, f, first)));
            cpm_term_log(cli->term, CPM_LOG_WARN, "EBADDEVENGINES", "%.*s",
                         CPM_STR_ARG(details(cli, here, f)));
            first = false;
        }
}

static int refuse(struct cpm_cli *cli, const struct cpm_dev_engines_here *here,
                  const struct cpm_dev_engine_failures *failures)
{
    for (size_t i = 0; i < failures->count; i++) {
        const struct cpm_dev_engine_failure *f = &failures->v[i];
        if (f->on_fail != CPM_DEV_ENGINE_ERROR)
            continue;
        struct cpm_failure words = {.code = "EBADDEVENGINES",
                                    .title = "EBADDEVENGINES",
                                    .detail_title = "EBADDEVENGINES",
                                    .summary = summary(cli, f, true),
                                    .detail = details(cli, here, f)};
        cpm_term_failure(cli->term, &words);
        return 1;
    }
    return 0;
}

int cpm_dev_engines_enforce(struct cpm_cli *cli, struct cpm_error *err)
{
    const char *file = cpm_path_join(cli->arena, cli->local_prefix, "package.json");
    bool force = cpm_config_bool(cli->config, "force");
    struct cpm_package package;
    struct cpm_dev_engines_here here;
    struct cpm_dev_engine_failures failures;
    struct cpm_str text;

    if (cpm_fs_read(file, CPM_PACKAGE_MAX, cli->arena, &text, NULL) != 0 ||
        cpm_str_find(text, "\"devEngines\"") == CPM_NPOS ||
        cpm_package_parse(text, file, &package, NULL) != 0)
        return 0;
    const struct cpm_json *wanted = cpm_json_get(package.doc, CPM_STR("devEngines"));
    int rc = 0;
    if (wanted) {
        look_here(cli, &here);
        rc = cpm_dev_engines_check(cli->arena, wanted, &here, &failures, err);
        if (rc == 0)
            warn(cli, &here, &failures, force);
        if (rc == 0 && !force)
            rc = refuse(cli, &here, &failures);
    }
    cpm_package_release(&package);
    return rc;
}
