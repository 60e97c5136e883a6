/* Random dependency graphs with the tree and the ordered trace of placements of npm's own builder.
 *     random_graphs FILE [SEED]     with a seed: that graph alone, in detail */
#include "base/fs.h"
#include "cases/tree_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct tally {
    unsigned graphs, trees, traces, errors, wrong, hangs, crashes;
    double slowest;
};

static bool flag(const struct cpm_json *options, const char *key)
{
    return cpm_json_bool(cpm_json_get(options, cpm_str(key)));
}

static struct cpm_tree_options options_of(const struct cpm_json *graph)
{
    const struct cpm_json *o = cpm_json_get(graph, CPM_STR("options"));
    struct cpm_tree_options opts = CPM_TREE_OPTIONS_INIT;

    opts.path = "/project";
    opts.trace = true;
    opts.complete = true;
    opts.strict_peer_deps = flag(o, "strictPeerDeps");
    opts.legacy_peer_deps = flag(o, "legacyPeerDeps");
    opts.prefer_dedupe = flag(o, "preferDedupe");
    opts.force = flag(o, "force");
    opts.pick.node_version = CPM_STR("20.20.2");
    opts.pick.npm_version = CPM_STR("11.21.2");
    return opts;
}

static bool same_tree(struct world *w, const struct cpm_json *tree, const struct cpm_lock *lock,
                      bool talk)
{
    bool same = cpm_json_count(tree) == lock->count - 1;

    for (size_t i = 1; i < lock->count; i++) {
        const struct cpm_lock_entry *e = &lock->entries[i];
        const struct cpm_json *want = cpm_json_get(tree, e->location);
        const char *got = e->link ? "" : world_entry_text(w, e);
        bool ok = want && cpm_str_is(cpm_json_str(want), got);

        same &= ok;
        if (talk && !ok)
            printf("  %.*s: '%s', npm has '%.*s'\n", CPM_STR_ARG(e->location), got,
                   CPM_STR_ARG(cpm_json_str(want)));
    }
    CPM_JSON_EACH (tree, t) {
        bool found = false;

        for (size_t i = 1; i < lock->count; i++)
            found |= cpm_str_eq(lock->entries[i].location, cpm_json_key(t));
        if (talk && !found)
            printf("  %.*s is missing\n", CPM_STR_ARG(cpm_json_key(t)));
    }
    return same;
}

static bool same_trace(const struct cpm_json *trace, const struct cpm_tree_result *out, bool talk)
{
    const struct cpm_json *line = cpm_json_first(trace);
    bool same = cpm_json_count(trace) == out->trace_count;

    for (size_t i = 0; i < out->trace_count; i++, line = line ? cpm_json_next(line) : NULL) {
        bool ok = line && cpm_str_eq(cpm_json_str(line), out->trace[i]);

        if (talk)
            printf("  %s %.*s%s%.*s\n", ok ? " " : "!", CPM_STR_ARG(out->trace[i]),
                   ok ? "" : "   npm: ", CPM_STR_ARG(ok ? CPM_STR_NONE : cpm_json_str(line)));
        same &= ok;
    }
    for (; talk && line; line = cpm_json_next(line))
        printf("  - %.*s\n", CPM_STR_ARG(cpm_json_str(line)));
    return same;
}

static void judge(struct world *w, const struct cpm_json *graph, int code,
                  const struct cpm_tree_result *out, struct tally *tally, bool talk)
{
    struct cpm_str error = cpm_json_get_str(graph, "error");
    int seed = (int)cpm_json_number(cpm_json_get(graph, CPM_STR("seed")));
    bool tree, trace;

    if (cpm_json_truthy(cpm_json_get(graph, CPM_STR("npmHangs")))) {
        tally->hangs++;
    } else if (cpm_json_truthy(cpm_json_get(graph, CPM_STR("npmCrashes")))) {
        tally->crashes++;
    } else if (code || error.len) {
        if (code && cpm_str_is(error, cpm_error_name(code))) {
            tally->errors++;
            return;
        }
        tally->wrong++;
        printf("%d: %s, npm has '%.*s'\n", seed, code ? cpm_error_name(code) : "a tree",
               CPM_STR_ARG(error));
        if (talk)
            same_trace(cpm_json_get(graph, CPM_STR("placeDep")), out, true);
        return;
    }
    if (code)
        return;
    tree = same_tree(w, cpm_json_get(graph, CPM_STR("tree")), &out->lock, talk);
    trace = same_trace(cpm_json_get(graph, CPM_STR("placeDep")), out, talk);
    if (cpm_json_truthy(cpm_json_get(graph, CPM_STR("npmHangs"))) ||
        cpm_json_truthy(cpm_json_get(graph, CPM_STR("npmCrashes"))))
        return; /* npm has no answer */
    tally->trees += tree;
    tally->traces += trace;
    if (!tree || !trace) {
        tally->wrong++;
        printf("%d: %s\n", seed, tree ? "another trace" : "another tree");
    }
}

static void run(const struct cpm_json *graph, struct tally *tally, bool talk)
{
    struct cpm_tree_options opts = options_of(graph);
    struct cpm_json *package = cpm_json_copy(cpm_json_get(graph, CPM_STR("packageJson")));
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_tree_input in = {0};
    struct cpm_tree_result out;
    struct timespec a, b;
    struct world w;
    int code;

    world_init(&w);
    cpm_json_set_str(package, "name", CPM_STR("root"));
    cpm_json_set_str(package, "version", CPM_STR("1.0.0"));
    in.root = world_manifest(&w, world_json_text(&w, package));
    code = world_add_packages(&w, cpm_json_get(graph, CPM_STR("packages")), "http://localhost/",
                              NULL, &err);
    clock_gettime(CLOCK_MONOTONIC, &a);
    if (code == 0)
        code = world_solve(&w, &in, &opts, &out, &err);
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (talk)
        printf("%s %s (%u rounds)\n", code ? cpm_error_name(code) : "ok", err.text, w.rounds);
    judge(&w, graph, code, &out, tally, talk);
    tally->graphs++;
    if ((double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9 > tally->slowest)
        tally->slowest = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    cpm_json_free(package);
    world_release(&w);
}

int main(int argc, char **argv)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_json *doc = NULL;
    struct tally tally = {0};
    double only = argc > 2 ? strtod(argv[2], NULL) : -1;
    struct cpm_str text;

    if (argc < 2 || cpm_fs_read(argv[1], CPM_JSON_MAX, &arena, &text, &err) < 0 ||
        cpm_json_parse(text, argv[1], 0, &doc, &err) < 0) {
        fprintf(stderr, "random_graphs: %s\n", argc < 2 ? "which file?" : err.text);
        return 2;
    }
    CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("graphs")), g) {
        if (only < 0 || cpm_json_number(cpm_json_get(g, CPM_STR("seed"))) == only)
            run(g, &tally, only >= 0);
    }
    printf("%u graphs: %u trees and %u traces equal, %u equal errors, %u wrong; npm never ends on "
           "%u and crashes on %u; slowest %.3f s\n",
           tally.graphs, tally.trees, tally.traces, tally.errors, tally.wrong, tally.hangs,
           tally.crashes, tally.slowest);
    cpm_json_free(doc);
    cpm_arena_release(&arena);
    return tally.wrong > 0;
}
