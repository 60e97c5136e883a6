/* cpm explain: why a package is there. Steps: read the tree with its edges, find the nodes that the
 * arguments name (by package name, by place, by version), explain each, print. */
#include "cli/commands.h"

#include "base/path.h"
#include "cli/config/config.h"
#include "cli/explain_json.h"
#include "cli/graph_load.h"
#include "cli/term.h"
#include "look/explain.h"
#include "semver/package_name.h"
#include "semver/spec.h"

#include <limits.h>

#define TEXT_MAX (1u << 29)

struct explain {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    const struct cpm_graph_node **found;
    size_t count;
    bool *listed; /* by index of the node */
    const bool *filter;
};

/* npm's filter counts for nothing when it leaves nothing. */
static int read_filter(struct explain *x, struct cpm_error *err)
{
    const bool *set;
    int rc = cpm_graph_load_filter(&x->load, &set, err);

    for (size_t i = 0; rc == 0 && set && i < x->load.graph.count; i++)
        if (set[i])
            x->filter = set;
    return rc;
}

static void add(struct explain *x, const struct cpm_graph_node *node)
{
    size_t i = cpm_graph_index(&x->load.graph, node);

    if (x->listed[i] || (x->filter && !x->filter[i]))
        return;
    x->listed[i] = true;
    x->found[x->count++] = node;
}

static struct cpm_str package_name(const struct cpm_graph_node *n)
{
    struct cpm_str own = cpm_name_str(n->manifest->name);

    if (!own.len)
        own = cpm_name_str(n->target->entry->name);
    return own.len ? own : n->target->name;
}

static bool is_named(const struct cpm_graph_node *n, struct cpm_str name,
                     const struct cpm_range *range)
{
    struct cpm_version version;

    if (!cpm_str_eq(package_name(n), name))
        return false;
    return !range || (cpm_version_parse(cpm_name_str(n->manifest->version), 0, &version) &&
                      cpm_range_satisfies(range, &version, 0));
}

/* In npm's order: links last. */
static void add_named(struct explain *x, struct cpm_str name, const struct cpm_range *range)
{
    const struct cpm_graph *t = &x->load.graph;

    for (int links = 0; links < 2; links++)
        for (size_t i = 0; i < t->count; i++)
            if (t->nodes[i].entry->link == links && is_named(&t->nodes[i], name, range))
                add(x, &t->nodes[i]);
}

static bool add_at(struct explain *x, struct cpm_str location)
{
    const struct cpm_graph *t = &x->load.graph;

    for (size_t i = 0; i < t->count; i++)
        if (cpm_str_eq(t->nodes[i].entry->location, location)) {
            add(x, &t->nodes[i]);
            return true;
        }
    return false;
}

static void add_matching(struct explain *x, const char *arg)
{
    struct cpm_arena *arena = x->cli->arena;
    struct cpm_str place = cpm_str(arg);
    struct cpm_spec spec;

    if (cpm_package_name_ok(place)) {
        add_named(x, place, NULL);
        return;
    }
    while (place.len > 1 && place.ptr[place.len - 1] == '/')
        place.len--;
    if (add_at(x, place))
        return;
    const char *path =
        cpm_path_resolve(arena, x->cli->cwd, cpm_arena_strndup(arena, place.ptr, place.len));
    if (add_at(x, cpm_str(cpm_path_relative(arena, x->load.src.path, path))))
        return;
    if (cpm_spec_parse(arena, cpm_str(arg), x->load.src.path, &spec, NULL) == 0 &&
        (spec.type == CPM_SPEC_VERSION || spec.type == CPM_SPEC_RANGE))
        add_named(x, spec.name, spec.range);
}

static int nothing_found(const struct explain *x, struct cpm_error *err)
{
    struct cpm_buf names = CPM_BUF_INIT(4096);

    for (int i = 0; i < x->cli->argc; i++)
        cpm_buf_addf(&names, "%s%s", i ? ", " : "", x->cli->argv[i]);
    cpm_error_set(err, CPM_EUNKNOWN, "No dependencies found matching %s", cpm_buf_text(&names));
    cpm_buf_release(&names);
    return CPM_EUNKNOWN;
}

static const char *colour_of(enum cpm_explained_part part, struct cpm_str text)
{
    static const struct {
        const char *kind, *on;
    } kinds[] = {{"extraneous", "\033[31m"}, {"dev", "\033[34m"},       {"optional", "\033[35m"},
                 {"peer", "\033[95m"},       {"bundled", "\033[4;36m"}, {"workspace", "\033[94m"},
                 {"overridden", "\033[2m"}};

    if (part == CPM_PART_LOCATION)
        return "\033[2m";
    if (part == CPM_PART_WORKSPACE)
        return "\033[94m";
    if (part == CPM_PART_FOLDER)
        return "\033[1m";
    for (size_t i = 0; part == CPM_PART_KIND && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (cpm_str_is(text, kinds[i].kind))
            return kinds[i].on;
    return NULL;
}

static void paint(enum cpm_explained_part part, struct cpm_str text, struct cpm_buf *out)
{
    const char *on = colour_of(part, text);

    cpm_buf_add_text(out, on ? on : "");
    cpm_sanitize(out, text);
    cpm_buf_add_text(out, on ? "\033[0m" : "");
}

static int print_words(const struct explain *x, const struct cpm_explained_node *const *nodes,
                       struct cpm_error *err)
{
    bool colour = cpm_term_color(x->cli->term);
    const struct cpm_explained_style style = {.depth = INT_MAX, .paint = colour ? paint : NULL};
    struct cpm_buf text = CPM_BUF_INIT(TEXT_MAX);
    bool full;

    for (size_t i = 0; i < x->count; i++) {
        cpm_buf_add_text(&text, i ? "\n\n" : "");
        cpm_explained_node_write(nodes[i], &style, &text);
    }
    full = text.overflow;
    if (colour)
        cpm_buf_add_char(&text, '\n');
    if (!full && colour)
        cpm_term_put(x->cli->term, cpm_buf_str(&text));
    else if (!full)
        cpm_term_out(x->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return full ? cpm_error_set(err, CPM_ETOOBIG,
                                "the explanation is larger than 512 MB: ask for one place, as in "
                                "'cpm explain node_modules/NAME'")
                : 0;
}

static int print(struct explain *x, struct cpm_error *err)
{
    struct cpm_explain asked;
    const struct cpm_explained_node **nodes =
        CPM_NEW_ARRAY(x->cli->arena, const struct cpm_explained_node *, x->count);

    cpm_explain_init(&asked, &x->load.graph);
    for (size_t i = 0; i < x->count; i++)
        nodes[i] = cpm_explain_node(&asked, x->found[i]);
    if (cpm_term_json(x->cli->term))
        return cpm_explain_print_json(x->cli, nodes, x->count, err);
    return print_words(x, nodes, err);
}

static int run(struct explain *x, struct cpm_error *err)
{
    int rc = cpm_graph_load(&x->load, err);

    if (rc == 0)
        rc = read_filter(x, err);
    if (rc < 0)
        return rc;
    x->found = CPM_NEW_ARRAY(x->cli->arena, const struct cpm_graph_node *, x->load.graph.count);
    x->listed = CPM_NEW_ARRAY(x->cli->arena, bool, x->load.graph.count);
    for (int i = 0; i < x->cli->argc; i++)
        add_matching(x, x->cli->argv[i]);
    return x->count ? print(x, err) : nothing_found(x, err);
}

int cpm_cmd_explain(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct explain x = {.cli = cli, .load = {.cli = cli}};

    (void)exit_code;
    if (cli->argc == 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    int rc = run(&x, err);
    cpm_graph_load_release(&x.load);
    return rc;
}
