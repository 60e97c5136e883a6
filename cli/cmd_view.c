/* cpm view: what a registry says of a package, whole or by field. A field is looked up in the
 * version laid over the packument, whose `versions` are their names alone. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/fields.h"
#include "cli/inspect.h"
#include "cli/net.h"
#include "cli/print_json.h"
#include "cli/project_name.h"
#include "cli/view_text.h"
#include "cli/workspace_filter.h"
#include "semver/package_absent.h"
#include "semver/range.h"
#include "semver/spec.h"

#include <stdlib.h>

struct view {
    struct cpm_cli *cli;
    struct cpm_net net;
    const char **fields;
    size_t field_count;
    struct cpm_json *packument; /* owned, `versions` taken out */
    struct cpm_json *versions;  /* the manifests; owned */
    struct cpm_json *found;     /* version → label → value; owned */
    const char *workspace;
    struct cpm_json *by_workspace; /* --json of workspaces: name → answer; owned */
    struct cpm_json *absent;       /* … name → failure; owned, or NULL */
};

struct named_version {
    struct cpm_str text;
    struct cpm_version v;
};

static int by_precedence(const void *a, const void *b)
{
    return cpm_version_cmp_build(&((const struct named_version *)a)->v,
                                 &((const struct named_version *)b)->v);
}

/* `versions` of the packument becomes the list of their names, in order. */
static size_t name_versions(struct view *w)
{
    size_t n = 0;
    struct cpm_json *names = cpm_json_new_array();
    struct named_version *list =
        CPM_NEW_ARRAY(w->cli->arena, struct named_version, cpm_json_count(w->versions) + 1);
    CPM_JSON_EACH (w->versions, m) {
        list[n].text = cpm_json_key(m);
        if (cpm_version_parse(list[n].text, 0, &list[n].v))
            n++;
    }
    qsort(list, n, sizeof(*list), by_precedence);
    for (size_t i = 0; i < n; i++)
        cpm_json_add(names, cpm_json_new_str(list[i].text));
    cpm_json_set(w->packument, CPM_STR("versions"), names);
    return n;
}

static bool asks(const struct view *w, const char *field)
{
    for (size_t i = 0; i < w->field_count; i++)
        if (strcmp(w->fields[i], field) == 0)
            return true;
    return false;
}

static struct cpm_json *laid_over(const struct view *w, const struct cpm_json *manifest)
{
    struct cpm_json *both = cpm_json_copy(w->packument);
    CPM_JSON_EACH (manifest, v)
        cpm_json_set(both, cpm_json_key(v), cpm_json_copy(v));
    return both;
}

static int read_fields(struct view *w, const struct cpm_json *manifest, struct cpm_error *err)
{
    struct cpm_json *both = laid_over(w, manifest), *out = cpm_json_new_object();
    int rc = 0;
    for (size_t i = 0; i < w->field_count && rc == 0; i++)
        rc = cpm_field_get(w->cli->arena, both, cpm_str(w->fields[i]), !cpm_term_json(w->cli->term),
                           out, err);
    cpm_json_free(both);
    if (rc == 0 && cpm_json_count(out))
        cpm_json_set(w->found, cpm_json_get_str(manifest, "version"), out);
    else
        cpm_json_free(out);
    return rc;
}

/* Whole, or by field. */
static int show_version(struct view *w, const struct cpm_json *manifest, size_t versions,
                        struct cpm_error *err)
{
    if (w->field_count)
        return read_fields(w, manifest, err);
    if (cpm_term_json(w->cli->term))
        cpm_json_set(w->found, cpm_json_get_str(manifest, "version"), laid_over(w, manifest));
    else
        cpm_view_text(w->cli, w->packument, manifest, versions);
    return 0;
}

static int no_match(const struct view *w, struct cpm_str wanted, struct cpm_error *err)
{
    struct cpm_str name = cpm_json_get_str(w->packument, "_id");
    cpm_error_set(err, CPM_E404, "404 No match found for version %.*s", CPM_STR_ARG(wanted));
    return cpm_package_absent(err, name, wanted);
}

static int show_matching(struct view *w, struct cpm_str wanted, struct cpm_error *err)
{
    const struct cpm_range *range = cpm_range_parse(w->cli->arena, wanted, CPM_SEMVER_LOOSE);
    size_t versions = name_versions(w), shown = 0;
    int rc = 0;
    if (!asks(w, "readme"))
        cpm_json_del(w->packument, CPM_STR("readme"));
    CPM_JSON_EACH (w->versions, m) {
        struct cpm_version v;
        if (rc < 0 || !range || !cpm_version_parse(cpm_json_key(m), CPM_SEMVER_LOOSE, &v) ||
            !cpm_range_satisfies(range, &v, 0))
            continue;
        shown++;
        rc = show_version(w, m, versions, err);
    }
    if (rc == 0 && !shown && !cpm_str_is(wanted, "latest"))
        return no_match(w, wanted, err);
    return rc;
}

/* A person of up to three fields is one text. */
static struct cpm_json *cleaned(struct cpm_arena *arena, const struct cpm_json *value)
{
    size_t n = cpm_json_count(value);
    bool email = cpm_json_get_str(value, "email").len, url = cpm_json_get_str(value, "url").len;
    if (cpm_json_is(value, CPM_JSON_ARRAY)) {
        struct cpm_json *list = cpm_json_new_array();
        CPM_JSON_EACH (value, v)
            cpm_json_add(list, cleaned(arena, v));
        return list;
    }
    if (cpm_json_is(value, CPM_JSON_OBJECT) && cpm_json_get_str(value, "name").len &&
        (n == 1 || (n == 2 && (email || url)) || (n == 3 && email && url) ||
         (n <= 3 && cpm_json_get(value, CPM_STR("trustedPublisher")))))
        return cpm_json_new_str(cpm_view_person(arena, value));
    return cpm_json_copy(value);
}

/* npm unwraps: one field of each version is that value alone, one version stands without a list. */
static struct cpm_json *answer_json(const struct view *w)
{
    struct cpm_json *list = cpm_json_new_array();
    bool whole = w->field_count == 0;
    bool single = !whole && cpm_json_count(cpm_json_first(w->found)) == 1;
    CPM_JSON_EACH (w->found, version) {
        struct cpm_json *fields = cpm_json_new_object();
        CPM_JSON_EACH (version, v)
            cpm_json_set(fields, cpm_json_key(v), cleaned(w->cli->arena, v));
        cpm_json_add(list, single ? cpm_json_copy(cpm_json_first(fields)) : cpm_json_copy(fields));
        cpm_json_free(fields);
    }
    if (cpm_json_count(list) != 1)
        return list;
    struct cpm_json *one = cpm_json_copy(cpm_json_first(list));
    cpm_json_free(list);
    return one;
}

static void print_fields(const struct view *w)
{
    struct cpm_arena *arena = w->cli->arena;
    struct cpm_str id = cpm_json_get_str(w->packument, "_id");
    struct cpm_buf out = CPM_BUF_INIT(256u << 20);
    bool many = cpm_json_count(w->found) > 1, labels = false;
    CPM_JSON_EACH (w->found, version) {
        labels |= cpm_json_count(version) > 1;
        CPM_JSON_EACH (version, v) {
            struct cpm_json *value = cleaned(arena, v);
            bool plain = !many && !labels && cpm_json_is(value, CPM_JSON_STRING);
            struct cpm_str text = plain ? cpm_json_str(value) : cpm_inspect(arena, value);
            if (many)
                cpm_buf_addf(&out, "%.*s@%.*s ", CPM_STR_ARG(id),
                             CPM_STR_ARG(cpm_json_key(version)));
            if (labels)
                cpm_buf_addf(&out, "%.*s = ", CPM_STR_ARG(cpm_json_key(v)));
            cpm_buf_addf(&out, "%.*s\n", CPM_STR_ARG(text));
            cpm_json_free(value);
        }
    }
    struct cpm_str text = cpm_str_trim(cpm_buf_str(&out));
    if (text.len)
        cpm_term_out(w->cli->term, text);
    cpm_buf_release(&out);
}

static int fetch(struct view *w, const struct cpm_spec *spec, struct cpm_error *err)
{
    struct cpm_net_call call = {.registry = cpm_net_registry(&w->net, spec->name),
                                .url = cpm_net_escape(w->cli->arena, spec->name)};
    int rc = cpm_net_exchange(&w->net, &call, err);
    w->packument = call.json;
    if (rc < 0)
        return cpm_package_absent(err, spec->name, spec->raw_spec);
    const struct cpm_json *versions = cpm_json_get(w->packument, CPM_STR("versions"));
    w->versions = versions ? cpm_json_copy(versions) : cpm_json_new_object();
    const struct cpm_json *gone =
        cpm_json_get(cpm_json_get(w->packument, CPM_STR("time")), CPM_STR("unpublished"));
    if (gone)
        return cpm_error_set(err, CPM_E404, "Unpublished on %.*s",
                             CPM_STR_ARG(cpm_json_get_str(gone, "time")));
    return 0;
}

/* The version or range that is meant: of a tag the version it names. */
static struct cpm_str wanted(const struct view *w, const struct cpm_spec *spec)
{
    const struct cpm_json *tags = cpm_json_get(w->packument, CPM_STR("dist-tags"));
    const char *tag = cpm_config_str(w->cli->config, "tag");
    struct cpm_str text =
        cpm_str_is(spec->raw_spec, "*") ? cpm_str(tag ? tag : "latest") : spec->raw_spec;
    const struct cpm_json *version = cpm_json_get(tags, text);
    return version ? cpm_arena_str(w->cli->arena, cpm_json_str(version)) : text;
}

static int view_package(struct view *w, const char *arg, struct cpm_error *err)
{
    struct cpm_cli *cli = w->cli;
    struct cpm_spec spec;
    if (w->workspace && w->field_count && !cpm_term_json(cli->term))
        cpm_term_outf(cli->term, "%s:", arg);
    int rc = cpm_spec_parse(cli->arena, cpm_str(arg), cli->cwd, &spec, err);
    if (rc < 0)
        return rc;
    cpm_spec_unalias(&spec);
    if (!spec.registry)
        return cpm_error_set(err, CPM_EUNSUPPORTED, "cpm can only view packages of a registry");
    if (!spec.name.len)
        return cpm_error_set(err, CPM_EINVALIDPACKAGENAME,
                             "'%s' is no package's name: see `cpm help view`", arg);
    w->found = cpm_json_new_object();
    rc = fetch(w, &spec, err);
    if (rc == 0)
        rc = show_matching(w, wanted(w, &spec), err);
    if (rc == 0 && cpm_json_count(w->found)) {
        if (w->by_workspace)
            cpm_json_set(w->by_workspace, cpm_str(w->workspace), answer_json(w));
        else if (cpm_term_json(cli->term))
            cpm_print_json(cli->term, answer_json(w));
        else
            print_fields(w);
    }
    cpm_json_free(w->packument);
    cpm_json_free(w->versions);
    cpm_json_free(w->found);
    w->packument = w->versions = w->found = NULL;
    return rc;
}

/* With --json what fails is in the document, behind all that was found. */
static void note_absent(struct view *w, const struct cpm_error *fault)
{
    if (!w->absent)
        w->absent = cpm_json_new_object();
    cpm_json_set(w->absent, cpm_str(w->workspace), cpm_term_error_json(fault));
}

static int view_workspaces(struct view *w, const char *behind, int *exit_code,
                           struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(w->cli, &picks, &count, err);
    if (cpm_term_json(w->cli->term))
        w->by_workspace = cpm_json_new_object();
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct cpm_error fault = CPM_ERROR_INIT;
        w->workspace = picks[i].name;
        rc =
            view_package(w, cpm_arena_printf(w->cli->arena, "%s%s", picks[i].name, behind), &fault);
        if (rc == CPM_E404) {
            if (w->by_workspace)
                note_absent(w, &fault);
            else
                cpm_term_error(w->cli->term, &fault);
            *exit_code = 1;
            rc = 0;
        } else if (rc < 0) {
            cpm_error_set(err, rc, "%s", fault.text);
        }
    }
    if (w->absent)
        cpm_json_set(w->by_workspace, CPM_STR("error"), w->absent);
    if (rc == 0 && w->by_workspace)
        cpm_print_json(w->cli->term, w->by_workspace);
    else
        cpm_json_free(w->by_workspace);
    return rc;
}

static int run(struct view *w, int *exit_code, struct cpm_error *err)
{
    struct cpm_cli *cli = w->cli;
    const char *arg = cli->argc > 0 ? cli->argv[0] : ".", *name;
    bool local = strcmp(arg, ".") == 0 || strncmp(arg, ".@", 2) == 0;
    if (cpm_workspaces_wanted(cli)) {
        if (local)
            return view_workspaces(w, arg + 1, exit_code, err);
        cpm_term_log(cli->term, CPM_LOG_WARN, "", "Ignoring workspaces for specified package(s)");
    }
    if (!local)
        return view_package(w, arg, err);
    int rc = cpm_project_name(cli, cli->local_prefix, &name, err);
    return rc < 0 ? rc : view_package(w, cpm_arena_printf(cli->arena, "%s%s", name, arg + 1), err);
}

int cpm_cmd_view(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct view w = {.cli = cli};
    if (cli->argc > 1) {
        w.fields = cli->argv + 1;
        w.field_count = (size_t)cli->argc - 1;
    }
    int rc = cpm_net_open(cli, &w.net, err);
    if (rc == 0)
        rc = run(&w, exit_code, err);
    cpm_net_close(&w.net);
    return rc;
}
