/* Labels come from outside, so each part is sanitised before colours are put around it. Depth is
 * bounded by the tree on disk, which the reader bounds. */
#include "cli/ls_print.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/branches.h"
#include "cli/term.h"

#define MANIFEST_MAX (16u << 20)

struct printer {
    const struct cpm_ls_walk *walk;
    const struct cpm_ls_style *style;
};

static void styled(const struct printer *p, struct cpm_buf *out, const char *code, const char *text)
{
    if (p->style->color)
        cpm_buf_addf(out, "\033[%sm", code);
    cpm_sanitize(out, cpm_str(text));
    if (p->style->color)
        cpm_buf_addf(out, "\033[%sm", code[0] == '2' ? "22" : "39");
}

static bool is_extraneous(const struct printer *p, const struct cpm_ls_item *item)
{
    return !item->copy && item->node->extraneous && !p->walk->tree->global;
}

static bool is_optional(const struct cpm_ls_item *item)
{
    return item->type == CPM_GRAPH_OPTIONAL || item->type == CPM_GRAPH_PEER_OPTIONAL;
}

static void add_name(const struct printer *p, const struct cpm_ls_item *item, struct cpm_buf *out)
{
    bool root = item->node && item->node->is_root;
    if (root && (!p->style->has_manifest || p->walk->tree->global)) {
        cpm_sanitize(out, cpm_str(item->node->path));
    } else if (root) {
        cpm_sanitize(out, cpm_str(item->id));
        cpm_buf_add_char(out, p->style->is_long ? '\n' : ' ');
        cpm_sanitize(out, cpm_str(item->node->path));
    } else if (item->match && p->walk->spec_count) {
        styled(p, out, "33", item->id);
    } else if (item->node && !item->copy && item->node->workspace) {
        styled(p, out, "94", item->id);
    } else {
        cpm_sanitize(out, cpm_str(item->id));
    }
}

static void add_marks(const struct printer *p, const struct cpm_ls_item *item, struct cpm_buf *out)
{
    const struct cpm_graph_node *node = item->node;
    struct cpm_arena *arena = p->walk->tree->arena;
    static const char *const words[] = {"deduped", "extraneous", "overridden"};
    bool on[] = {item->copy && !item->missing, is_extraneous(p, item),
                 !item->copy && node->overridden};
    for (size_t i = 0; i < 3; i++) {
        if (on[i]) {
            cpm_buf_add_char(out, ' ');
            styled(p, out, i == 1 ? "31" : "2", words[i]);
        }
        if (i == 0 && item->invalid) {
            cpm_buf_add_char(out, ' ');
            styled(p, out, "31", cpm_arena_printf(arena, "invalid: %s", item->invalid));
        }
    }
    if (!item->copy && cpm_str_starts(node->entry->resolved, "git")) {
        cpm_buf_add_text(out, " (");
        cpm_sanitize(out, node->entry->resolved);
        cpm_buf_add_char(out, ')');
    }
    if (node && node->entry->link) {
        cpm_buf_add_text(out, " -> ./");
        cpm_sanitize(out, cpm_str(cpm_path_relative(arena, p->walk->tree->path, node->real)));
    }
}

/* npm has none for packages that it knows from the hidden lock alone. */
static void add_description(const struct printer *p, const struct cpm_ls_item *item,
                            struct cpm_buf *out)
{
    struct cpm_arena *arena = p->walk->tree->arena;
    struct cpm_json *json = NULL;
    struct cpm_str text;
    if (!item->node || (!item->node->is_root && !p->style->from_folders))
        return;
    const char *file = cpm_path_join(arena, item->node->real, "package.json");
    if (cpm_fs_read(file, MANIFEST_MAX, arena, &text, NULL) < 0 ||
        cpm_json_parse(text, file, CPM_JSON_LAST_WINS, &json, NULL) < 0)
        return;
    cpm_sanitize(out, cpm_json_get_str(json, "description"));
    cpm_json_free(json);
}

static void add_label(const struct printer *p, const struct cpm_ls_item *item, struct cpm_buf *out)
{
    if (item->missing) {
        styled(p, out, is_optional(item) ? "33" : "31",
               is_optional(item) ? "UNMET OPTIONAL DEPENDENCY" : "UNMET DEPENDENCY");
        cpm_buf_add_char(out, ' ');
    }
    add_name(p, item, out);
    add_marks(p, item, out);
    if (p->style->is_long) {
        cpm_buf_add_char(out, '\n');
        add_description(p, item, out);
    }
}

static struct cpm_branch *make_branch(const struct printer *p, const struct cpm_ls_item *item)
{
    struct cpm_arena *arena = p->walk->tree->arena;
    struct cpm_branch *branch = CPM_NEW(arena, struct cpm_branch);
    struct cpm_buf label = CPM_BUF_INIT(1 << 20);
    add_label(p, item, &label);
    branch->label = cpm_arena_str(arena, cpm_buf_str(&label));
    cpm_buf_release(&label);
    for (const struct cpm_ls_item *kid = item->first_kid; kid; kid = kid->next_kid)
        cpm_branch_add(branch, make_branch(p, kid));
    return branch;
}

void cpm_ls_print_tree(const struct cpm_ls_walk *walk, const struct cpm_ls_style *style,
                       struct cpm_buf *out)
{
    struct printer p = {.walk = walk, .style = style};
    struct cpm_branch *root = make_branch(&p, walk->root);
    struct cpm_branch empty = {.label = CPM_STR("(empty)")};
    if (!root->first_kid)
        cpm_branch_add(root, &empty);
    cpm_branches_write(root, style->unicode, out);
}

void cpm_ls_print_parseable(const struct cpm_ls_walk *walk, bool is_long, struct cpm_buf *out)
{
    for (size_t i = 0; i < walk->shown_count; i++) {
        const struct cpm_ls_item *item = walk->shown[i];
        const struct cpm_graph_node *node = item->node;
        if (!item->match)
            continue;
        cpm_buf_addf(out, "%s%s", out->len ? "\n" : "", node->path);
        if (!is_long)
            continue;
        cpm_buf_addf(out, ":%s", item->id);
        if (strcmp(node->path, node->real) != 0)
            cpm_buf_addf(out, ":%s", node->real);
        if (node->extraneous && !walk->tree->global)
            cpm_buf_add_text(out, ":EXTRANEOUS");
        if (item->invalid_at_last)
            cpm_buf_add_text(out, ":INVALID");
        if (node->overridden)
            cpm_buf_add_text(out, ":OVERRIDDEN");
    }
}
