/* cpm dist-tag: add, rm, ls. A tag is a resource of its own at the registry. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/project_name.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"
#include "registry/endpoints.h"
#include "semver/range.h"
#include "semver/spec.h"

#include <stdlib.h>

struct dist_tag {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_spec spec;
    struct cpm_json *tags; /* of the package; owned */
};

static bool is_word(const char *word, const char *const *words)
{
    for (; word && *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static const char *tags_url(struct dist_tag *d, const char *tag)
{
    struct cpm_arena *arena = d->cli->arena;
    const char *name = cpm_net_escape(arena, d->spec.name);
    return tag ? cpm_arena_printf(arena, CPM_ENDPOINT_DIST_TAG, name,
                                  cpm_net_encode(arena, cpm_str(tag)))
               : cpm_arena_printf(arena, CPM_ENDPOINT_DIST_TAGS, name);
}

static int parse(struct dist_tag *d, const char *arg, struct cpm_error *err)
{
    int rc = cpm_spec_parse(d->cli->arena, cpm_str(arg ? arg : ""), d->cli->cwd, &d->spec, err);
    if (rc < 0)
        return rc;
    if (!d->spec.registry || !d->spec.name.len)
        return cpm_error_set(err, CPM_EUSAGE,
                             "must provide a spec with a name and version, and a tag to add");
    return 0;
}

static int fetch_tags(struct dist_tag *d, struct cpm_error *err)
{
    struct cpm_net_call call = {.registry = cpm_net_registry(&d->net, d->spec.name),
                                .url = tags_url(d, NULL)};
    int rc = cpm_net_exchange(&d->net, &call, err);
    cpm_json_free(d->tags);
    d->tags = call.json;
    cpm_json_del(d->tags, CPM_STR("_etag"));
    if (rc == 0 && cpm_json_count(d->tags) == 0)
        return cpm_error_set(err, CPM_EUNKNOWN, "No dist-tags found for %.*s",
                             CPM_STR_ARG(d->spec.name));
    return rc;
}

static int change(struct dist_tag *d, const char *method, const char *tag,
                  const struct cpm_json *body, struct cpm_error *err)
{
    struct cpm_net_call call = {.method = method,
                                .registry = cpm_net_registry(&d->net, d->spec.name),
                                .url = tags_url(d, tag),
                                .body = body};
    int rc = cpm_net_exchange_otp(&d->net, &call, err);
    cpm_json_free(call.json);
    return rc;
}

static int check_tag(struct dist_tag *d, const char *tag, struct cpm_error *err)
{
    struct cpm_spec spec;
    const char *arg = cpm_arena_printf(d->cli->arena, "%.*s@%s", CPM_STR_ARG(d->spec.name), tag);
    if (cpm_range_parse(d->cli->arena, cpm_str(tag), 0))
        return cpm_error_set(err, CPM_EUNKNOWN, "Tag name must not be a valid SemVer range: %s",
                             tag);
    return cpm_spec_parse(d->cli->arena, cpm_str(arg), d->cli->cwd, &spec, err);
}

static int add(struct dist_tag *d, const char *arg, const char *tag, struct cpm_error *err)
{
    int rc = parse(d, arg, err);
    if (rc < 0)
        return rc;
    struct cpm_str version = d->spec.raw_spec;
    tag = tag ? tag : cpm_config_str(d->cli->config, "tag");
    tag = cpm_arena_str(d->cli->arena, cpm_str_trim(cpm_str(tag ? tag : "latest"))).ptr;
    if (!version.len || !*tag)
        return cpm_error_set(err, CPM_EUSAGE,
                             "must provide a spec with a name and version, and a tag to add");
    rc = check_tag(d, tag, err);
    if (rc == 0)
        rc = fetch_tags(d, err);
    if (rc < 0)
        return rc;
    if (cpm_str_eq(cpm_json_get_str(d->tags, tag), version)) {
        cpm_term_log(d->cli->term, CPM_LOG_WARN, "dist-tag add",
                     "%s is already set to version %.*s", tag, CPM_STR_ARG(version));
        return 0;
    }
    struct cpm_json *body = cpm_json_new_str(version);
    rc = change(d, "PUT", tag, body, err);
    cpm_json_free(body);
    if (rc == 0)
        cpm_term_outf(d->cli->term, "+%s: %.*s@%.*s", tag, CPM_STR_ARG(d->spec.name),
                      CPM_STR_ARG(version));
    return rc;
}

static int take(struct dist_tag *d, const char *arg, const char *tag, struct cpm_error *err)
{
    int rc = arg && tag ? parse(d, arg, err) : cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (rc == 0)
        rc = fetch_tags(d, err);
    if (rc < 0)
        return rc;
    struct cpm_str version = cpm_json_get_str(d->tags, tag);
    if (!version.len)
        return cpm_error_set(err, CPM_EUNKNOWN, "%s is not a dist-tag on %.*s", tag,
                             CPM_STR_ARG(d->spec.name));
    rc = change(d, "DELETE", tag, NULL, err);
    if (rc == 0)
        cpm_term_outf(d->cli->term, "-%s: %.*s@%.*s", tag, CPM_STR_ARG(d->spec.name),
                      CPM_STR_ARG(version));
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list(struct dist_tag *d, const char *arg, struct cpm_error *err)
{
    int rc = arg ? 0 : cpm_project_name(d->cli, d->cli->local_prefix, &arg, err);
    if (rc == 0)
        rc = parse(d, arg, err);
    if (rc < 0)
        return rc;
    rc = fetch_tags(d, err);
    if (rc < 0) {
        cpm_term_log(d->cli->term, CPM_LOG_ERROR, "dist-tag ls",
                     "Couldn't get dist-tag data for %s", arg);
        return rc;
    }
    const char **lines = CPM_NEW_ARRAY(d->cli->arena, const char *, cpm_json_count(d->tags) + 1);
    size_t n = 0;
    CPM_JSON_EACH (d->tags, tag)
        lines[n++] = cpm_arena_printf(d->cli->arena, "%.*s: %.*s", CPM_STR_ARG(cpm_json_key(tag)),
                                      CPM_STR_ARG(cpm_json_str(tag)));
    qsort(lines, n, sizeof(*lines), by_text);
    for (size_t i = 0; i < n; i++)
        cpm_term_out(d->cli->term, cpm_str(lines[i]));
    return 0;
}

/* Of each workspace; a fault is told, and the next one is listed. */
static int list_workspaces(struct dist_tag *d, int *exit_code, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(d->cli, &picks, &count, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct cpm_error fault = CPM_ERROR_INIT;
        cpm_term_outf(d->cli->term, "%s:", picks[i].name);
        if (list(d, picks[i].name, &fault) < 0)
            *exit_code = 1;
    }
    return rc;
}

static bool names_here(const char *word)
{
    return !word || strcmp(word, ".") == 0 || strncmp(word, ".@", 2) == 0;
}

static int run(struct dist_tag *d, int *exit_code, struct cpm_error *err)
{
    static const char *const adds[] = {"add", "a", "set", "s", NULL};
    static const char *const takes[] = {"rm", "r", "del", "d", "remove", NULL};
    static const char *const lists[] = {"ls", "l", "sl", "list", NULL};
    struct cpm_cli *cli = d->cli;
    const char *word = cli->argc > 0 ? cli->argv[0] : NULL;
    const char *arg = cli->argc > 1 ? cli->argv[1] : NULL;
    const char *tag = cli->argc > 2 ? cli->argv[2] : NULL;
    bool ls = is_word(word, lists);
    if (cpm_workspaces_wanted(cli)) {
        if (ls ? names_here(arg) : !arg && names_here(word))
            return list_workspaces(d, exit_code, err);
        cpm_term_log(cli->term, CPM_LOG_WARN, "dist-tag",
                     "Ignoring workspaces for specified package");
    }
    if (is_word(word, adds))
        return add(d, arg, tag, err);
    if (is_word(word, takes))
        return take(d, arg, tag, err);
    if (ls || !arg)
        return list(d, ls ? arg : word, err);
    return cpm_error_set(err, CPM_EUSAGE, "%s", "");
}

int cpm_cmd_dist_tag(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct dist_tag d = {.cli = cli};
    int rc = cpm_net_open(cli, &d.net, err);
    if (rc == 0)
        rc = run(&d, exit_code, err);
    cpm_json_free(d.tags);
    cpm_net_close(&d.net);
    return rc;
}
