/* cpm fund: who of the tree looks for funding, or the page of one package. */
#include "cli/commands.h"

#include "cli/branches.h"
#include "cli/browser.h"
#include "cli/config/config.h"
#include "cli/graph_load.h"
#include "cli/net.h"
#include "cli/paint.h"
#include "cli/pick_options.h"
#include "cli/print_json.h"
#include "lockfile/funding.h"
#include "look/fund.h"
#include "semver/spec.h"
#include "semver/version.h"

struct fund {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    struct cpm_net net;
    struct cpm_map urls; /* address -> the branch that stands for it */
    bool color;
    int which; /* 0: not said */
};

static const char *usage(const struct fund *f, const char *which)
{
    const char *program = cpm_term_program(f->cli->term);
    if (!which)
        return cpm_arena_printf(f->cli->arena, "`%s fund`", program);
    return cpm_arena_printf(f->cli->arena, "`%s fund [<package-spec>] --which=%s`", program, which);
}

/* The first address of a package that can be shown. */
static struct cpm_str first_url(const struct cpm_json *item)
{
    const struct cpm_json *funding = cpm_json_get(item, CPM_STR("funding"));
    if (!cpm_json_is(funding, CPM_JSON_ARRAY))
        return cpm_funding_is_valid(funding) ? cpm_json_get_str(funding, "url") : CPM_STR_NONE;
    CPM_JSON_EACH (funding, one)
        if (cpm_funding_is_valid(one))
            return cpm_json_get_str(one, "url");
    return CPM_STR_NONE;
}

static struct cpm_str label_of(struct fund *f, struct cpm_str url, struct cpm_str package)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_paint(&text, f->color, CPM_BLUE, url);
    if (url.len)
        cpm_buf_add_text(&text, cpm_term_unicode(f->cli->term) ? "\n└── " : "\n`-- ");
    cpm_sanitize(&text, package);
    struct cpm_str label = cpm_arena_str(f->cli->arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return label;
}

static void join_label(struct fund *f, struct cpm_branch *branch, struct cpm_str package)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_buf_add_str(&text, branch->label);
    cpm_paint(&text, f->color, CPM_DIM, CPM_STR(","));
    cpm_buf_add_char(&text, ' ');
    cpm_sanitize(&text, package);
    branch->label = cpm_arena_str(f->cli->arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

/* Packages with one address share a branch; what hangs below the second of them is not shown, as in
 * npm, but its addresses count as seen. NULL: the package has joined another. */
static struct cpm_branch *make_branch(struct fund *f, struct cpm_str name,
                                      const struct cpm_json *item)
{
    struct cpm_arena *arena = f->cli->arena;
    struct cpm_str version = cpm_json_get_str(item, "version"), url = first_url(item);
    struct cpm_str package = CPM_CONCAT(arena, name, cpm_str(version.len ? "@" : ""), version);
    struct cpm_branch *seen = url.len ? cpm_map_get(&f->urls, url) : NULL, *branch = NULL;
    if (seen) {
        join_label(f, seen, package);
    } else {
        branch = CPM_NEW(arena, struct cpm_branch);
        branch->label = label_of(f, url, package);
        if (url.len)
            cpm_map_set(&f->urls, url, branch);
    }
    CPM_JSON_EACH (cpm_json_get(item, CPM_STR("dependencies")), kid) {
        struct cpm_branch *below = make_branch(f, cpm_json_key(kid), kid);
        if (branch && below)
            cpm_branch_add(branch, below);
    }
    return branch;
}

static void print_tree(struct fund *f, const struct cpm_json *doc)
{
    struct cpm_buf text = CPM_BUF_INIT(1u << 30);
    struct cpm_branch *root = make_branch(f, cpm_json_get_str(doc, "name"), doc);
    cpm_branches_write(root, cpm_term_unicode(f->cli->term), &text);
    cpm_buf_add_char(&text, '\n');
    cpm_term_put(f->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static int show_tree(struct fund *f, struct cpm_error *err)
{
    const bool *only;
    int rc = cpm_graph_load_filter(&f->load, &only, err);
    if (rc < 0)
        return rc;
    struct cpm_json *doc = cpm_fund_tree(&f->load.graph, only);
    f->color = cpm_term_color(f->cli->term);
    if (cpm_term_json(f->cli->term)) {
        cpm_print_json(f->cli->term, doc);
        return 0;
    }
    print_tree(f, doc);
    cpm_json_free(doc);
    return 0;
}

static const struct cpm_manifest *find_folder(const struct fund *f, struct cpm_str folder)
{
    for (size_t i = 0; i < f->load.graph.count; i++)
        if (cpm_str_is(folder, f->load.graph.nodes[i].path))
            return f->load.graph.nodes[i].manifest;
    return NULL;
}

/* The newest of that name. */
static const struct cpm_manifest *find_name(struct fund *f, struct cpm_str name)
{
    const struct cpm_manifest *best = NULL;
    struct cpm_version *newest = NULL;
    for (size_t i = 0; i < f->load.graph.count; i++) {
        const struct cpm_graph_node *node = &f->load.graph.nodes[i];
        struct cpm_version *version = CPM_NEW(f->cli->arena, struct cpm_version);
        if (!cpm_str_eq(node->name, name) ||
            !cpm_version_parse(cpm_name_str(node->manifest->version), 0, version) ||
            (newest && cpm_version_cmp(version, newest) <= 0))
            continue;
        newest = version;
        best = node->manifest;
    }
    return best;
}

/* What is not installed is looked up; a package that nobody knows has no funding. */
static struct cpm_str published(struct fund *f, const struct cpm_spec *spec)
{
    const struct cpm_spec *wanted = spec->sub ? spec->sub : spec;
    struct cpm_pick_options pick = CPM_PICK_INIT;
    const struct cpm_packument *packument;
    uint32_t index;
    if (!spec->registry || cpm_net_open(f->cli, &f->net, NULL) < 0)
        return CPM_STR_NONE;
    cpm_pick_options_fill(f->cli, &pick);
    if (cpm_net_packument(&f->net, wanted->name, pick.before != CPM_TIME_NONE, &packument, NULL) <
            0 ||
        cpm_pick(packument, wanted, &pick, &index, NULL) < 0)
        return CPM_STR_NONE;
    return cpm_packument_manifest(packument, index, f->load.src.names, f->cli->arena)
        ->raw[CPM_RAW_FUNDING];
}

static int find_funding(struct fund *f, struct cpm_json **out, struct cpm_error *err)
{
    struct cpm_spec spec;
    struct cpm_json *doc = NULL;
    int rc =
        cpm_spec_parse(f->cli->arena, cpm_str(f->cli->argv[0]), f->cli->local_prefix, &spec, err);
    if (rc < 0)
        return rc;
    const struct cpm_manifest *found =
        spec.type == CPM_SPEC_DIRECTORY ? find_folder(f, spec.fetch) : find_name(f, spec.name);
    struct cpm_str raw = found ? found->raw[CPM_RAW_FUNDING] : published(f, &spec);
    if (raw.len && cpm_json_parse(raw, "funding", CPM_JSON_LAST_WINS, &doc, NULL) == 0)
        *out = cpm_funding_normalize(doc);
    cpm_json_free(doc);
    return 0;
}

static const char *title_of(struct fund *f, const struct cpm_json *source)
{
    struct cpm_str type = cpm_json_get_str(source, "type");
    return cpm_arena_printf(f->cli->arena, "%.*s available at the following URL",
                            CPM_STR_ARG(type.len
                                            ? CPM_CONCAT(f->cli->arena, type, CPM_STR(" funding"))
                                            : CPM_STR("Funding")));
}

static void print_choice(struct fund *f, const struct cpm_json *const *sources, size_t count)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    if (f->which)
        cpm_buf_addf(&text, "--which=%d is not a valid index\n", f->which);
    for (size_t i = 0; i < count; i++)
        cpm_buf_addf(&text, "%zu: %s: %.*s\n", i + 1, title_of(f, sources[i]),
                     CPM_STR_ARG(cpm_json_get_str(sources[i], "url")));
    cpm_buf_addf(&text, "Run %s, for example, to open the first funding URL listed in that package",
                 usage(f, "1"));
    cpm_term_out(f->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static int open_one(struct fund *f, const struct cpm_json *funding, struct cpm_error *err)
{
    const struct cpm_json *one = cpm_json_is(funding, CPM_JSON_ARRAY) ? NULL : funding;
    size_t n = 0, all = one ? 1 : cpm_json_count(funding);
    const struct cpm_json **sources =
        CPM_NEW_ARRAY(f->cli->arena, const struct cpm_json *, all + 1);
    for (size_t i = 0; i < all; i++) {
        const struct cpm_json *source = one ? one : cpm_json_at(funding, i);
        if (cpm_funding_is_valid(source))
            sources[n++] = source;
    }
    if (n == 0)
        return cpm_error_set(err, CPM_ENOFUND, "No valid funding method available for: %s",
                             f->cli->argv[0]);
    size_t wanted = f->which ? (size_t)f->which : n == 1 ? 1 : 0;
    if (wanted >= 1 && wanted <= n) {
        const struct cpm_json *source = sources[wanted - 1];
        struct cpm_str url = cpm_arena_str(f->cli->arena, cpm_json_get_str(source, "url"));
        return cpm_browser_open(f->cli, title_of(f, source), url.ptr, err);
    }
    print_choice(f, sources, n);
    return 0;
}

static int show_one(struct fund *f, struct cpm_error *err)
{
    struct cpm_json *funding = NULL;
    int rc = find_funding(f, &funding, err);
    if (rc == 0)
        rc = open_one(f, funding, err);
    cpm_json_free(funding);
    return rc;
}

static int run(struct fund *f, struct cpm_error *err)
{
    const struct cpm_config *config = f->cli->config;
    if (cpm_config_raw(config, "which")) {
        double which = cpm_config_num(config, "which");
        if (!(which >= 1 && which <= INT32_MAX))
            return cpm_error_set(err, CPM_EFUNDNUMBER, "%s must be given a positive integer",
                                 usage(f, "fundingSourceNumber"));
        f->which = (int)which;
    }
    if (cpm_config_bool(config, "global"))
        return cpm_error_set(err, CPM_EFUNDGLOBAL, "%s does not support global packages",
                             usage(f, NULL));
    int rc = cpm_graph_load(&f->load, err);
    if (rc < 0)
        return rc;
    return f->cli->argc ? show_one(f, err) : show_tree(f, err);
}

int cpm_cmd_fund(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct fund f = {.cli = cli, .load = {.cli = cli}};
    (void)exit_code;
    int rc = run(&f, err);
    cpm_net_close(&f.net);
    cpm_map_release(&f.urls);
    cpm_graph_load_release(&f.load);
    return rc;
}
