/* The solver alone, everything at hand: solve [COUNT…] makes a graph of COUNT packages (1000, 5000
 * and 20000 by default), solves it some times and prints the best CPU time, per edge of the tree,
 * and the growth against the first: 1.00 is linear. The graph is the same on every machine. */
#include "cases/tree_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LAYERS = 20, POPULAR = 100, RUNS = 5 };

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)*state * below) >> 32);
}

/* Each package has two majors; it needs the one below it in the next layer, a neighbour of that,
 * and two of the popular ones at the end, whose older major is asked for now and then. */
static void add_needs(struct cpm_buf *out, unsigned i, unsigned count, uint32_t *state)
{
    unsigned layer = count / LAYERS;
    unsigned below = i + layer, beside = below + 1 + draw(state, 40);

    cpm_buf_add_text(out, "\"dependencies\":{");
    if (beside < count)
        cpm_buf_addf(out, "\"p%u\":\"^2.0.0\",\"p%u\":\"^%u.0.0\",", below, beside,
                     draw(state, 10) ? 2 : 1);
    for (int k = 0; k < 2 && i + POPULAR < count; k++)
        cpm_buf_addf(out, "\"p%u\":\"^%u.0.0\",", count - 1 - draw(state, POPULAR),
                     draw(state, 20) ? 2 : 1);
    if (out->ptr[out->len - 1] == ',')
        out->len--;
    cpm_buf_add_text(out, "}");
}

static int add_package(struct world *w, unsigned i, unsigned count, uint32_t *state,
                       struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str name = cpm_str(cpm_arena_printf(&w->arena, "p%u", i));
    int rc;

    cpm_buf_addf(&text, "{\"name\":\"p%u\",\"dist-tags\":{\"latest\":\"2.0.0\"},\"versions\":{", i);
    for (unsigned v = 1; v <= 2; v++) {
        cpm_buf_addf(&text, "%s\"%u.0.0\":{\"name\":\"p%u\",\"version\":\"%u.0.0\",",
                     v == 1 ? "" : ",", v, i, v);
        add_needs(&text, i, count, state);
        cpm_buf_addf(
            &text,
            ",\"dist\":{\"tarball\":\"http://localhost/p%u/-/p%u-%u.0.0.tgz\",\"integrity\":"
            "\"sha512-%08x\"}}",
            i, i, v, i * 2 + v);
    }
    cpm_buf_add_text(&text, "}}");
    rc = world_add_packument(w, name, cpm_arena_str(&w->arena, cpm_buf_str(&text)), err);
    cpm_buf_release(&text);
    return rc;
}

static const struct cpm_manifest *make_root(struct world *w, unsigned count)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    const struct cpm_manifest *root;

    cpm_buf_add_text(&text, "{\"name\":\"root\",\"version\":\"1.0.0\",\"dependencies\":{");
    for (unsigned i = 0; i < count / LAYERS; i++)
        cpm_buf_addf(&text, "%s\"p%u\":\"^2.0.0\"", i ? "," : "", i);
    cpm_buf_add_text(&text, "}}");
    root = world_manifest(w, cpm_arena_str(&w->arena, cpm_buf_str(&text)));
    cpm_buf_release(&text);
    return root;
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static size_t count_edges(const struct cpm_lock *lock)
{
    size_t edges = 0;

    for (size_t i = 0; i < lock->count; i++)
        for (int g = 0; lock->entries[i].manifest && g < CPM_DEPS_ACCEPT; g++)
            edges += lock->entries[i].manifest->deps[g].n;
    return edges;
}

struct measured {
    double best;
    size_t nodes, edges;
};

static int solve(struct world *w, const struct cpm_manifest *root, struct measured *m,
                 struct cpm_error *err)
{
    struct cpm_tree_options opts = CPM_TREE_OPTIONS_INIT;
    struct cpm_tree_source source = world_source(w);
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_tree_input in = {.root = root, .names = w->names, .arena = &arena};
    struct cpm_tree_result out;
    double begin = now_ms();
    int rc;

    opts.path = "/project";
    rc = cpm_tree_solve(&in, &opts, &source, &out, err);
    if (rc == 0) {
        double ms = now_ms() - begin;

        m->best = m->best > 0 && m->best < ms ? m->best : ms;
        m->nodes = out.lock.count;
        m->edges = count_edges(&out.lock);
    }
    cpm_arena_release(&arena);
    return rc;
}

static int measure(unsigned count, struct measured *m, struct cpm_error *err)
{
    struct world w;
    const struct cpm_manifest *root;
    uint32_t state = 1;
    int rc = 0;

    world_init(&w);
    w.eager = true;
    for (unsigned i = 0; i < count && rc == 0; i++)
        rc = add_package(&w, i, count, &state, err);
    root = make_root(&w, count);
    for (int i = 0; i < RUNS && rc == 0; i++)
        rc = solve(&w, root, m, err);
    world_release(&w);
    return rc;
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"1000", "5000", "20000", NULL};
    const char *const *counts = argc > 1 ? (const char *const *)argv + 1 : usual;
    struct cpm_error err = CPM_ERROR_INIT;
    double first = 0;

    printf("packages   nodes   edges       ms  ns/edge  growth\n");
    for (; *counts; counts++) {
        struct measured m = {0};
        unsigned count = (unsigned)strtoul(*counts, NULL, 10);
        double each;

        if (count < LAYERS || measure(count, &m, &err) < 0) {
            fprintf(stderr, "%s: %s\n", *counts, err.text);
            return 1;
        }
        each = m.best * 1e6 / (double)m.edges;
        first = first > 0 ? first : each;
        printf("%8u %7zu %7zu %8.2f %8.0f %7.2f\n", count, m.nodes, m.edges, m.best, each,
               each / first);
    }
    return 0;
}
