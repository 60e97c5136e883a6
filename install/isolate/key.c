/* A key names a package with all that it reaches: the paths to each, sorted, hashed. The walk goes
 * into each package once, where it is met first, so that the number of paths is that of packages.
 * npm's text of a path is kept to the byte, "undefined" and "null" included. */
#include "base/digest.h"
#include "base/mem.h"
#include "base/path.h"
#include "install/isolate/graph.h"

#include <stdlib.h>

#define PATH_MAX_BYTES (1u << 20)
#define TEXT_MAX_BYTES (256u << 20)

struct frame {
    struct cpm_iso_node *node;
    size_t next;   /* of its deps */
    size_t length; /* of the path before it */
};

struct walk {
    const char *path;       /* of the project */
    struct cpm_arena arena; /* the paths */
    struct cpm_buf branch;
    struct cpm_str *paths;
    size_t path_count;
    struct frame *stack;
    size_t depth;
    unsigned mark;
};

/* npm hashes where a tarball file lies on this machine. */
static struct cpm_str resolved_of(struct walk *w, const struct cpm_iso_node *node)
{
    struct cpm_str resolved = node->entry->resolved;
    size_t prefix = strlen("file:");

    if (!resolved.len)
        return CPM_STR("null");
    if (!cpm_str_starts(resolved, "file:"))
        return resolved;
    return cpm_str(cpm_arena_printf(
        &w->arena, "file:%s",
        cpm_path_resolve(
            &w->arena, w->path,
            cpm_arena_str(&w->arena, cpm_str_sub(resolved, prefix, resolved.len)).ptr)));
}

static void enter(struct walk *w, struct cpm_iso_node *node)
{
    const struct cpm_manifest *m = node->entry->manifest;
    bool versioned = (node->stored || node->unlaid) && m && m->version;

    node->mark = w->mark;
    w->stack[w->depth++] = (struct frame){.node = node, .length = w->branch.len};
    cpm_buf_addf(&w->branch, "%s%.*s@%s", w->branch.len ? "->" : "",
                 CPM_STR_ARG(cpm_iso_package_name(node)),
                 versioned ? m->version->text : "undefined");
    w->paths[w->path_count++] = cpm_str(cpm_arena_printf(
        &w->arena, "%s::%.*s", cpm_buf_text(&w->branch), CPM_STR_ARG(resolved_of(w, node))));
}

static void leave(struct walk *w)
{
    struct frame *frame = &w->stack[--w->depth];

    w->branch.len = frame->length;
    if (w->branch.ptr)
        w->branch.ptr[w->branch.len] = '\0';
}

static int by_bytes(const void *a, const void *b)
{
    return cpm_str_cmp(*(const struct cpm_str *)a, *(const struct cpm_str *)b);
}

static int hash(struct walk *w, struct cpm_arena *arena, const char **out, struct cpm_error *err)
{
    unsigned char digest[CPM_DIGEST_MAX];
    struct cpm_buf text = CPM_BUF_INIT(TEXT_MAX_BYTES);
    char *base64;
    int rc;

    qsort(w->paths, w->path_count, sizeof(*w->paths), by_bytes);
    for (size_t i = 0; i < w->path_count; i++) {
        if (i)
            cpm_buf_add_char(&text, ',');
        cpm_buf_add_str(&text, w->paths[i]);
    }
    rc = cpm_digest_of(CPM_SHAKE256_128, cpm_buf_str(&text), digest, err);
    cpm_buf_release(&text);
    if (rc < 0)
        return rc;
    base64 = (char *)cpm_base64(arena, digest, 16);
    for (char *c = base64; *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
    *out = base64;
    return 0;
}

static int set_key(struct walk *w, struct cpm_iso_node *node, struct cpm_arena *arena,
                   struct cpm_error *err)
{
    const struct cpm_manifest *m = node->entry->manifest;
    const char *text;
    int rc;

    w->mark++;
    w->path_count = 0;
    w->branch.len = 0;
    cpm_arena_release(&w->arena);
    cpm_arena_init(&w->arena);
    enter(w, node);
    while (w->depth) {
        struct frame *top = &w->stack[w->depth - 1];

        if (top->next == top->node->dep_count)
            leave(w);
        else if (top->node->deps[top->next++]->mark != w->mark)
            enter(w, top->node->deps[top->next - 1]);
    }
    rc = hash(w, arena, &text, err);
    if (rc == 0)
        node->key = cpm_arena_printf(arena, "%.*s@%s-%s", CPM_STR_ARG(cpm_iso_package_name(node)),
                                     m && m->version ? m->version->text : "undefined", text);
    return rc;
}

int cpm_iso_keys(struct cpm_iso_graph *g, struct cpm_error *err)
{
    struct walk w = {.path = g->in->path,
                     .arena = CPM_ARENA_INIT,
                     .branch = CPM_BUF_INIT(PATH_MAX_BYTES),
                     .paths = cpm_calloc(2 * g->count + 1, sizeof(struct cpm_str)),
                     .stack = cpm_calloc(2 * g->count + 1, sizeof(struct frame))};
    int rc = 0;

    for (size_t i = 0; i < g->count && rc == 0; i++)
        if (g->nodes[i].stored)
            rc = set_key(&w, &g->nodes[i], g->in->arena, err);
    cpm_free(w.paths);
    cpm_free(w.stack);
    cpm_buf_release(&w.branch);
    cpm_arena_release(&w.arena);
    return rc;
}
