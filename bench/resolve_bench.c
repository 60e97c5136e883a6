/* How long the resolver takes for the facts of an installed tree (see tests/corpora/resolve_facts.c
 * for their form): with an empty cache, with a full one, on one thread and on several.
 *
 *     resolve_bench ROOT FACTS.tsv [NODE_MODULES [THREADS]]
 *
 * A NODE_MODULES gets an index (in `write` microseconds), and it is used; "" is none. THREADS: 2
 * unless told. Prints one line of JSON, in microseconds a fact; the best of the rounds. */
#include "base/arena.h"
#include "base/fs.h"
#include "cpm/resolver.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, MOST_THREADS = 16 };

struct question {
    enum cpm_resolve_mode mode;
    const char *specifier, *parent;
};

struct questions {
    struct question *list;
    size_t count;
};

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct questions read_questions(struct cpm_arena *arena, const char *root,
                                       struct cpm_str text)
{
    struct questions q = {.list = CPM_NEW_ARRAY(arena, struct question, text.len / 8 + 1)};
    struct cpm_str line, from, mode, specifier;

    while (text.len && cpm_str_split(&text, '\n', &line)) {
        if (!cpm_str_split(&line, '\t', &from) || !cpm_str_split(&line, '\t', &mode) ||
            !cpm_str_split(&line, '\t', &specifier))
            continue;
        q.list[q.count].mode =
            cpm_str_is(mode, "import") ? CPM_RESOLVE_IMPORT : CPM_RESOLVE_REQUIRE;
        q.list[q.count].specifier = cpm_arena_strndup(arena, specifier.ptr, specifier.len);
        q.list[q.count++].parent = cpm_arena_printf(arena, "%s/%.*s", root, CPM_STR_ARG(from));
    }
    return q;
}

static void ask(struct cpm_resolver *r, const struct questions *q, size_t from, size_t step)
{
    for (size_t i = from; i < q->count; i += step)
        cpm_resolver_resolve(r, q->list[i].mode, q->list[i].specifier, q->list[i].parent);
}

struct share {
    pthread_t thread;
    struct cpm_resolver *resolver;
    const struct questions *questions;
    size_t from, step;
};

static void *ask_share(void *data)
{
    struct share *share = data;

    ask(share->resolver, share->questions, share->from, share->step);
    return NULL;
}

static void ask_threads(struct cpm_resolver *r, const struct questions *q, size_t threads)
{
    struct share shares[MOST_THREADS];

    for (size_t i = 0; i < threads; i++) {
        shares[i] = (struct share){.resolver = r, .questions = q, .from = i, .step = threads};
        pthread_create(&shares[i].thread, NULL, ask_share, &shares[i]);
    }
    for (size_t i = 0; i < threads; i++)
        pthread_join(shares[i].thread, NULL);
}

static void time_one(double *best, double begin, const struct questions *q)
{
    double each = (now_us() - begin) / (double)q->count;

    if (*best == 0 || each < *best)
        *best = each;
}

int main(int argc, char **argv)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    double cold = 0, warm = 0, cold_threads = 0, warm_threads = 0, begin, write;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = {.code = 0};
    struct cpm_resolver *r;
    struct questions q;
    struct cpm_str text;
    size_t threads = argc > 4 ? strtoul(argv[4], NULL, 10) : 2;

    if (argc < 3 || threads < 1 || threads > MOST_THREADS ||
        cpm_fs_read(argv[2], 256u << 20, &arena, &text, &err) < 0) {
        fprintf(stderr, "resolve_bench ROOT FACTS.tsv [NODE_MODULES [THREADS]]: %s\n", err.text);
        return 2;
    }
    options.index = argc > 3 && *argv[3] ? argv[3] : NULL;
    begin = now_us();
    if (options.index && cpm_resolver_index_write(options.index, &err) < 0) {
        fprintf(stderr, "resolve_bench: %s\n", err.text);
        return 1;
    }
    write = now_us() - begin;
    q = read_questions(&arena, argv[1], text);
    for (int i = 0; i < ROUNDS; i++) {
        begin = now_us();
        r = cpm_resolver_new(&options, NULL);
        ask(r, &q, 0, 1);
        time_one(&cold, begin, &q);
        begin = now_us();
        ask(r, &q, 0, 1);
        time_one(&warm, begin, &q);
        cpm_resolver_free(r);
        begin = now_us();
        r = cpm_resolver_new(&options, NULL);
        ask_threads(r, &q, threads);
        time_one(&cold_threads, begin, &q);
        begin = now_us();
        ask_threads(r, &q, threads);
        time_one(&warm_threads, begin, &q);
        cpm_resolver_free(r);
    }
    printf("{\"facts\": %zu, \"cold\": %.3f, \"warm\": %.3f, \"cold2\": %.3f, \"warm2\": %.3f, "
           "\"write\": %.0f}\n",
           q.count, cold, warm, cold_threads, warm_threads, write);
    cpm_arena_release(&arena);
    return 0;
}
