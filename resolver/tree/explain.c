/* npm's words for a conflict. */
#include "resolver/tree/conflict.h"

static const struct cpm_explained_node *who_is_installing(const struct cpm_conflict *c)
{
    if (c->dep && c->dep->installing_name.len)
        return c->dep;
    if (c->current && c->current->installing_name.len)
        return c->current;
    return c->edge->from->installing_name.len ? c->edge->from : NULL;
}

void cpm_conflict_describe(const struct cpm_conflict *c, int depth, struct cpm_buf *out)
{
    const struct cpm_explained_node *who = who_is_installing(c);
    const struct cpm_explained_style style = {.depth = depth};

    if (who)
        cpm_buf_addf(out, "While resolving: %.*s@%.*s\n", CPM_STR_ARG(who->installing_name),
                     CPM_STR_ARG(who->installing_version.len ? who->installing_version
                                                             : CPM_STR("undefined")));
    cpm_buf_add_text(out, "Found: ");
    if (c->current || c->peer_current)
        cpm_explained_node_write(c->current ? c->current : c->peer_current, &style, out);
    else
        cpm_explained_edge_write(c->current_edge ? c->current_edge : c->edge, &style, out);
    cpm_buf_add_text(out, "\n\nCould not resolve dependency:\n");
    cpm_explained_edge_write(c->edge, &style, out);
    if (c->peer) {
        cpm_buf_add_text(out, "\n\nConflicting peer dependency: ");
        cpm_explained_node_write(c->peer, &style, out);
    }
}

void cpm_conflict_explain(const struct cpm_conflict *c, int depth, struct cpm_buf *out)
{
    cpm_conflict_describe(c, depth, out);
    cpm_buf_addf(
        out,
        "\n\nFix the upstream dependency conflict, or retry this command with %s to accept "
        "an incorrect (and potentially broken) dependency resolution.",
        c->strict_peer_deps ? "--no-strict-peer-deps, --force, or --legacy-peer-deps"
                            : "--force or --legacy-peer-deps");
}
