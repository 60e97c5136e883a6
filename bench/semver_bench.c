/* How long ranges take, parsing included: lines "range TAB version version …".
 *
 *     semver_bench CASES.tsv
 *
 * Prints one line of JSON: nanoseconds a question, the best of the rounds; and what came out, so
 * that others can be compared. */
#include "base/arena.h"
#include "base/fs.h"
#include "cpm/semver.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 3 };

struct question {
    const char *range;
    const char **versions;
    size_t count;
};

struct questions {
    struct question *list;
    size_t count, versions;
};

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void read_versions(struct cpm_arena *arena, struct cpm_str text, struct question *q)
{
    struct cpm_str version;

    q->versions = CPM_NEW_ARRAY(arena, const char *, text.len / 2 + 1);
    while (text.len && cpm_str_split(&text, ' ', &version))
        q->versions[q->count++] = cpm_arena_str(arena, version).ptr;
}

static struct questions read_questions(struct cpm_arena *arena, struct cpm_str text)
{
    struct questions q = {.list = CPM_NEW_ARRAY(arena, struct question, text.len / 4 + 1)};
    struct cpm_str line, range;

    while (text.len && cpm_str_split(&text, '\n', &line)) {
        if (!cpm_str_split(&line, '\t', &range))
            continue;
        q.list[q.count].range = cpm_arena_str(arena, range).ptr;
        read_versions(arena, line, &q.list[q.count]);
        q.versions += q.list[q.count++].count;
    }
    return q;
}

static size_t ask_satisfies(const struct questions *q, const struct cpm_semver_options *options)
{
    size_t hits = 0;

    for (size_t i = 0; i < q->count; i++)
        for (size_t j = 0; j < q->list[i].count; j++)
            hits += cpm_semver_satisfies(q->list[i].versions[j], q->list[i].range, options);
    return hits;
}

/* The sum of what was picked, so that a difference shows. */
static size_t ask_max(const struct questions *q, const struct cpm_semver_options *options)
{
    size_t sum = 0;

    for (size_t i = 0; i < q->count; i++)
        sum += (size_t)(cpm_semver_max_satisfying(q->list[i].versions, q->list[i].count,
                                                  q->list[i].range, options) +
                        1);
    return sum;
}

typedef size_t ask_fn(const struct questions *q, const struct cpm_semver_options *options);

static double measure(ask_fn *ask, const struct questions *q, size_t *out)
{
    struct cpm_semver_options options = CPM_SEMVER_OPTIONS_INIT;
    double best = 0;

    options.loose = true;
    for (int i = 0; i < ROUNDS; i++) {
        double begin = now_ns(), took;

        *out = ask(q, &options);
        took = now_ns() - begin;
        if (best == 0 || took < best)
            best = took;
    }
    return best;
}

int main(int argc, char **argv)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = {.code = 0};
    struct questions q;
    struct cpm_str text;
    size_t hits, picks;
    double satisfies, max;

    if (argc != 2 || cpm_fs_read(argv[1], 512u << 20, &arena, &text, &err) < 0) {
        fprintf(stderr, "semver_bench CASES.tsv: %s\n", err.text);
        return 2;
    }
    q = read_questions(&arena, text);
    satisfies = measure(ask_satisfies, &q, &hits);
    max = measure(ask_max, &q, &picks);
    printf("{\"satisfies\": %.1f, \"max\": %.1f, \"hits\": %zu, \"picks\": %zu}\n",
           satisfies / (double)q.versions, max / (double)q.count, hits, picks);
    cpm_arena_release(&arena);
    return 0;
}
