/* A made-up graph in layers, the same on every machine. */
#include "solve_bench.h"

enum { LAYERS = 20, POPULAR = 100 };

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

int bench_graph_make(struct bench_job *job, struct cpm_error *err)
{
    uint32_t state = 1;
    int rc = 0;

    if (job->count < LAYERS)
        return cpm_error_set(err, CPM_EINVAL, "a graph has %d packages at least", LAYERS);
    world_init(&job->world);
    job->world.eager = true;
    for (unsigned i = 0; i < job->count && rc == 0; i++)
        rc = add_package(&job->world, i, job->count, &state, err);
    job->root = make_root(&job->world, job->count);
    return rc;
}
