/* One function a kind of spec. Registry specs, nearly all of them, cost a look-up and a range
 * check; the others compare where the node came from with where the spec points. */
#include "resolver/tree/depvalid.h"

#include "base/path.h"
#include "resolver/tree/override.h"
#include "resolver/tree/solver.h"
#include "semver/hosted.h"

struct cpm_str cpm_edge_where(struct cpm_solver *s, const struct cpm_edge *e)
{
    struct cpm_node *n = e->from;

    if (e->overrides && cpm_override_applies(e->overrides, e->want->name))
        return cpm_str(s->opts->path);
    if (cpm_str_starts(n->resolved, "file:") &&
        (cpm_str_ends(n->resolved, ".tgz") || cpm_str_ends(n->resolved, ".tar.gz") ||
         cpm_str_ends(n->resolved, ".tar")))
        return cpm_str(cpm_path_dirname(
            &s->work, cpm_arena_strndup(&s->work, n->resolved.ptr + 5, n->resolved.len - 5)));
    return cpm_node_path(s, n);
}

static bool in_range(const struct cpm_node *child, const struct cpm_range *range)
{
    return range && child->pkg->parsed_ok &&
           cpm_range_satisfies(range, &child->pkg->parsed, CPM_SEMVER_LOOSE);
}

static bool is_remote(struct cpm_str resolved)
{
    return cpm_str_starts(resolved, "http:") || cpm_str_starts(resolved, "https:");
}

static bool same_path(struct cpm_solver *s, struct cpm_str a, struct cpm_str b)
{
    return cpm_str_eq(cpm_str(cpm_path_normalize(&s->work, a)),
                      cpm_str(cpm_path_normalize(&s->work, b)));
}

static bool folder_valid(struct cpm_solver *s, const struct cpm_node *child,
                         const struct cpm_spec *spec)
{
    struct cpm_node *n = (struct cpm_node *)child;

    if (s->opts->install_links && !cpm_node_is_workspace(s, n))
        return !child->target;
    return child->target && same_path(s, cpm_node_path(s, child->target), spec->fetch);
}

static bool file_valid(const struct cpm_node *child, const struct cpm_spec *spec)
{
    return !child->target && cpm_str_starts(child->resolved, "file:") &&
           cpm_str_eq(cpm_str_sub(child->resolved, 5, CPM_NPOS), spec->fetch);
}

static struct cpm_str ssh_url(struct cpm_solver *s, const struct cpm_hosted *hosted,
                              bool with_commit)
{
    struct cpm_hosted_options opts = {.no_committish = !with_commit};

    return hosted ? cpm_hosted_url(&s->work, hosted, CPM_HOSTED_SSH, &opts) : CPM_STR_NONE;
}

static bool same_repository(struct cpm_solver *s, const struct cpm_node *child,
                            const struct cpm_spec *spec, bool commit)
{
    struct cpm_spec from = {0};

    if (!child->resolved.len || cpm_spec_parse(&s->work, child->resolved, NULL, &from, NULL) < 0)
        return false;
    if (!from.hosted)
        return cpm_str_eq(from.fetch, spec->fetch);
    return spec->hosted &&
           cpm_str_eq(ssh_url(s, spec->hosted, commit), ssh_url(s, from.hosted, commit));
}

static const struct cpm_name *locked_spec(const struct cpm_edge *e)
{
    static const enum cpm_dep_group order[] = {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL, CPM_DEPS_DEV,
                                               CPM_DEPS_PEER};
    const struct cpm_manifest *m = e->from->entry ? e->from->entry->manifest : NULL;

    for (size_t g = 0; m && g < sizeof(order) / sizeof(*order); g++)
        for (uint32_t i = 0; i < m->deps[order[g]].n; i++)
            if (m->deps[order[g]].v[i].name == e->want->name)
                return m->deps[order[g]].v[i].spec;
    return NULL;
}

/* A named ref says nothing about the commit it led to: it holds while the lock asked for the same.
 */
static bool same_ref(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_spec *spec)
{
    const struct cpm_name *text = locked_spec(e);
    const struct cpm_spec *locked = text ? cpm_edge_parse(s, e, text, NULL) : NULL;

    return !locked || locked->type != CPM_SPEC_GIT ||
           cpm_str_eq(locked->committish, spec->committish);
}

static bool git_valid(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_node *child,
                      const struct cpm_spec *spec)
{
    bool commit = cpm_spec_is_commit(spec->committish);

    if (!same_repository(s, child, spec, commit))
        return false;
    if (spec->git_range)
        return in_range(child, spec->git_range);
    return commit || same_ref(s, e, spec);
}

static bool spec_valid(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_node *child,
                       const struct cpm_spec *spec)
{
    switch (spec->type) {
    case CPM_SPEC_RANGE:
        return cpm_str_is(spec->fetch, "*") || in_range(child, spec->range);
    case CPM_SPEC_VERSION:
        return in_range(child, spec->range);
    case CPM_SPEC_ALIAS:
        return spec_valid(s, e, child, spec->sub);
    case CPM_SPEC_TAG:
        return is_remote(child->resolved);
    case CPM_SPEC_REMOTE:
        return cpm_str_eq(child->resolved, spec->fetch);
    case CPM_SPEC_FILE:
        return file_valid(child, spec);
    case CPM_SPEC_DIRECTORY:
    case CPM_SPEC_WORKSPACE:
        return folder_valid(s, child, spec);
    case CPM_SPEC_GIT:
        return git_valid(s, e, child, spec);
    }
    return false;
}

bool cpm_dep_valid(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_node *child,
                   const struct cpm_name *text)
{
    const struct cpm_spec *spec = cpm_edge_parse(s, e, text, NULL);

    /* Nothing is "*" here, which a prerelease satisfies too; the parser's "" is a range. */
    return spec && (text->len == 0 || spec_valid(s, e, child, spec));
}
