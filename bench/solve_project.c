/* A real project against the cache that its install left behind. Each round begins as a run of the
 * program does: no packument is mapped, no name is known. */
#include "solve_bench.h"

#include "base/fs.h"
#include "registry/registry.h"

struct shelf { /* packuments at hand, found as an install finds them */
    struct cpm_registry *registry;
    struct cpm_map packuments; /* name -> packument */
};

static int give(void *data, const struct cpm_name *name, const struct cpm_packument **out,
                struct cpm_error *err)
{
    struct shelf *shelf = data;

    *out = cpm_map_get(&shelf->packuments, cpm_name_str(name));
    if (*out)
        return 0;
    *out = cpm_packument_peek(shelf->registry, cpm_name_str(name), false);
    if (!*out)
        return cpm_error_set(err, CPM_E404, "the cache has no packument of %s", name->text);
    cpm_map_set(&shelf->packuments, cpm_packument_name(*out), (void *)*out);
    return 0;
}

static int give_no_manifest(void *data, const struct cpm_spec *spec, struct cpm_tree_manifest *out,
                            struct cpm_error *err)
{
    (void)data, (void)out;
    return cpm_error_set(err, CPM_EUNSUPPORTED, "'%.*s' is in no registry", CPM_STR_ARG(spec->raw));
}

static int open_registry(const struct bench_job *job, struct cpm_arena *arena, uv_loop_t *loop,
                         struct cpm_registry **out, struct cpm_error *err)
{
    struct cpm_registry_options opts = CPM_REGISTRY_OPTIONS_INIT;

    opts.registry = job->project.registry;
    opts.cache_dir = cpm_arena_printf(arena, "%s/_cpm", job->project.cache);
    opts.mode = CPM_OFFLINE;
    return cpm_registry_new(loop, &opts, out, err);
}

static int read_root(struct bench_job *job, struct cpm_error *err)
{
    struct cpm_arena *arena = &job->world.arena;
    struct cpm_str text;
    int rc = cpm_fs_read(cpm_arena_printf(arena, "%s/package.json", job->project.folder),
                         CPM_JSON_MAX, arena, &text, err);

    if (rc == 0 && !(job->root = world_manifest(&job->world, text)))
        rc =
            cpm_error_set(err, CPM_EJSONPARSE, "%s/package.json is no object", job->project.folder);
    return rc;
}

/* Solving opens what it needs as it goes; the second solve then finds all of it in memory, and what
 * the first took longer is the opening. */
static int solve_twice(struct bench_job *job, struct cpm_registry *reg, int round,
                       struct cpm_error *err)
{
    struct shelf shelf = {.registry = reg, .packuments = CPM_MAP_INIT};
    const struct cpm_tree_source source = {
        .data = &shelf, .packument = give, .manifest = give_no_manifest};
    int rc = bench_solve(job, &source, &job->open[round], err);

    world_release(&job->world);
    world_init(&job->world);
    if (rc == 0 && (rc = read_root(job, err)) == 0)
        rc = bench_solve(job, &source, &job->solve[round], err);
    cpm_map_release(&shelf.packuments);
    return rc;
}

int bench_project_round(struct bench_job *job, int round, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_registry *reg = NULL;
    uv_loop_t loop;
    int rc;

    uv_loop_init(&loop);
    world_init(&job->world);
    rc = open_registry(job, &arena, &loop, &reg, err);
    if (rc == 0 && (rc = read_root(job, err)) == 0)
        rc = solve_twice(job, reg, round, err);
    world_release(&job->world);
    cpm_registry_free(reg);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    cpm_arena_release(&arena);
    return rc;
}
