/* Solves a project against a folder of packuments and writes the lock on standard output.
 *     solve_project PROJECT PACKUMENTS BASE [RUNS]
 * PACKUMENTS holds NAME.json.gz; tarball addresses below https://registry.example.org/ are moved to
 * BASE. With RUNS the solve is repeated with everything at hand and its time is told on standard
 * error. */
#include "base/fs.h"
#include "base/mem.h"
#include "cases/tree_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#define MOVED "https://registry.example.org/"

struct source {
    struct world world;
    const char *folder, *base;
};

static struct cpm_str read_gz(struct cpm_arena *arena, const char *file)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str kept = CPM_STR_NONE;
    char part[1 << 16];
    gzFile in = gzopen(file, "rb");
    int n;

    while (in && (n = gzread(in, part, sizeof(part))) > 0)
        cpm_buf_add(&text, part, (size_t)n);
    if (in)
        gzclose(in);
    if (text.len)
        kept = cpm_arena_str(arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return kept;
}

static struct cpm_str move_base(struct cpm_arena *arena, struct cpm_str text, const char *base)
{
    struct cpm_buf out = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str kept;
    size_t at;

    while ((at = cpm_str_find(text, MOVED)) != CPM_NPOS) {
        cpm_buf_add_str(&out, cpm_str_sub(text, 0, at));
        cpm_buf_add_text(&out, base);
        text = cpm_str_sub(text, at + strlen(MOVED), CPM_NPOS);
    }
    cpm_buf_add_str(&out, text);
    kept = cpm_arena_str(arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return kept;
}

static int give(void *data, const struct cpm_name *name, const struct cpm_packument **out,
                struct cpm_error *err)
{
    struct source *s = data;
    struct cpm_tree_source world = world_source(&s->world);
    struct cpm_str text;

    if (!cpm_map_get(&s->world.packuments, cpm_name_str(name))) {
        text = read_gz(&s->world.arena,
                       cpm_arena_printf(&s->world.arena, "%s/%s.json.gz", s->folder, name->text));
        if (text.len && world_add_packument(&s->world, cpm_name_str(name),
                                            move_base(&s->world.arena, text, s->base), err) < 0)
            return CPM_EJSONPARSE;
    }
    return world.packument(world.data, name, out, err);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void measure(struct source *s, struct cpm_tree_input *in,
                    const struct cpm_tree_options *opts, int runs)
{
    struct cpm_tree_source source = {
        .data = s, .packument = give, .manifest = world_source(&s->world).manifest};
    double best = 1e9;

    for (int i = 0; i < runs; i++) {
        struct cpm_arena arena = CPM_ARENA_INIT;
        struct cpm_tree_result out;
        struct cpm_error err;
        double begin = now(), end;

        in->arena = &arena;
        cpm_tree_solve(in, opts, &source, &out, &err);
        end = now();
        if (end - begin < best)
            best = end - begin;
        cpm_arena_release(&arena);
    }
    fprintf(stderr, "best of %d solves: %.2f ms\n", runs, best);
}

static int solve(struct source *s, struct cpm_str package, int runs, struct cpm_error *err)
{
    struct cpm_tree_source source = {
        .data = s, .packument = give, .manifest = world_source(&s->world).manifest};
    struct cpm_tree_options opts = CPM_TREE_OPTIONS_INIT;
    struct cpm_tree_input in = {.names = s->world.names, .arena = &s->world.arena};
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_json_style style;
    struct cpm_tree_result out;
    int code;

    opts.path = "/project";
    opts.node_version = "20.20.2";
    opts.npm_version = "11.19.1";
    opts.pick.node_version = CPM_STR("20.20.2");
    opts.pick.npm_version = CPM_STR("11.19.1");
    s->world.eager = true;
    in.root = world_manifest(&s->world, package);
    code = cpm_tree_solve(&in, &opts, &source, &out, err);
    for (size_t i = 0; code == 0 && i < out.warning_count; i++)
        fprintf(stderr, "warning: %.*s\n", CPM_STR_ARG(out.warnings[i].text));
    if (code == 0) {
        cpm_json_style_detect(package, &style);
        code = cpm_lock_write(&out.lock, &style, &text, err);
    }
    if (code == 0)
        fwrite(text.ptr, 1, text.len, stdout);
    cpm_buf_release(&text);
    if (code == 0 && runs)
        measure(s, &in, &opts, runs);
    return code;
}

int main(int argc, char **argv)
{
    struct source s = {.folder = argc > 2 ? argv[2] : "", .base = argc > 3 ? argv[3] : ""};
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_str package;
    int code;

    if (argc < 4) {
        fprintf(stderr, "usage: solve_project PROJECT PACKUMENTS BASE [RUNS]\n");
        return 2;
    }
    world_init(&s.world);
    code = cpm_fs_read(cpm_arena_printf(&s.world.arena, "%s/package.json", argv[1]), CPM_JSON_MAX,
                       &s.world.arena, &package, &err);
    if (code == 0)
        code = solve(&s, package, argc > 4 ? (int)strtol(argv[4], NULL, 10) : 0, &err);
    if (code)
        fprintf(stderr, "%s: %s\n", cpm_error_name(code), err.text);
    world_release(&s.world);
    return code ? 1 : 0;
}
