/* The solver alone, with every packument at hand.
 *     solve [COUNT…]                            made-up graphs (1000, 5000 and 20000 packages)
 *     solve --project=DIR --cache=DIR --registry=URL   a project and npm's cache folder
 *     --rounds=N   of which the median is told (9)
 * Prints the CPU time of the solving thread, also per edge of the tree, medians of rounds. The
 * graphs take turns, so that they suffer alike from what else the machine does, and each of their
 * solves has a process of its own, as in use: its memory is new, for small and large graphs. Growth
 * is against the first: 1.00 is linear. */
#include "solve_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_JOBS = 8 };

double bench_cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
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

int bench_solve(struct bench_job *job, const struct cpm_tree_source *source, double *ms,
                struct cpm_error *err)
{
    struct cpm_tree_options opts = CPM_TREE_OPTIONS_INIT;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_tree_input in = {.root = job->root, .names = job->world.names, .arena = &arena};
    struct cpm_tree_result out;
    double begin = bench_cpu_ms();
    int rc;

    opts.path = "/project";
    rc = cpm_tree_solve(&in, &opts, source, &out, err);
    *ms += bench_cpu_ms() - begin;
    if (rc == 0) {
        job->nodes = out.lock.count;
        job->edges = count_edges(&out.lock);
    }
    cpm_arena_release(&arena);
    return rc;
}

struct told { /* by the process of one solve */
    int rc;
    size_t nodes, edges;
    double ms;
    struct cpm_error err;
};

static void solve_and_tell(struct bench_job *job, int to)
{
    struct cpm_tree_source source = world_source(&job->world);
    struct told told = {.err = CPM_ERROR_INIT};

    told.rc = bench_solve(job, &source, &told.ms, &told.err);
    told.nodes = job->nodes;
    told.edges = job->edges;
    _exit(write(to, &told, sizeof(told)) != sizeof(told));
}

static int graph_round(struct bench_job *job, int round, struct cpm_error *err)
{
    struct told told = {.rc = CPM_EIO, .err = CPM_ERROR_INIT};
    int ends[2];

    if (pipe(ends) < 0)
        return cpm_error_set(err, CPM_EIO, "no pipe");
    if (fork() == 0)
        solve_and_tell(job, ends[1]);
    close(ends[1]);
    if (read(ends[0], &told, sizeof(told)) != sizeof(told))
        cpm_error_set(&told.err, CPM_EIO, "the solve ended early");
    close(ends[0]);
    wait(NULL);
    job->nodes = told.nodes;
    job->edges = told.edges;
    job->solve[round] = told.ms;
    if (told.rc < 0)
        *err = told.err;
    return told.rc;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *times, int rounds)
{
    qsort(times, (size_t)rounds, sizeof(*times), ascending);
    return times[rounds / 2];
}

static double us_per_edge(const struct bench_job *job, double ms)
{
    return ms * 1e3 / (double)job->edges;
}

static void print_graphs(struct bench_job *jobs, int n)
{
    double first = 0;

    printf("packages   nodes   edges       ms  µs/edge  growth\n");
    for (int i = 0; i < n; i++) {
        double ms = median(jobs[i].solve, jobs[i].rounds), each = us_per_edge(&jobs[i], ms);

        first = i ? first : each;
        printf("%8u %7zu %7zu %8.2f %8.2f %7.2f\n", jobs[i].count, jobs[i].nodes, jobs[i].edges, ms,
               each, each / first);
    }
}

static void print_project(struct bench_job *job)
{
    double solve = median(job->solve, job->rounds), open = median(job->open, job->rounds);

    printf("  nodes   edges       ms  µs/edge  with opening the cache's files\n");
    printf("%7zu %7zu %8.2f %8.2f %8.2f ms, %.2f µs/edge\n", job->nodes, job->edges, solve,
           us_per_edge(job, solve), open, us_per_edge(job, open));
}

static int run(struct bench_job *jobs, int n, struct cpm_error *err)
{
    int rc = 0;

    for (int i = 0; i < n && rc == 0; i++)
        rc = jobs[i].count ? bench_graph_make(&jobs[i], err) : 0;
    for (int round = 0; round < jobs[0].rounds && rc == 0; round++)
        for (int i = 0; i < n && rc == 0; i++)
            rc = jobs[i].count ? graph_round(&jobs[i], round, err)
                               : bench_project_round(&jobs[i], round, err);
    if (rc == 0 && jobs[0].count)
        print_graphs(jobs, n);
    else if (rc == 0)
        print_project(&jobs[0]);
    for (int i = 0; i < n; i++)
        if (jobs[i].count)
            world_release(&jobs[i].world);
    return rc;
}

static bool take_option(const char *arg, const char *key, const char **value)
{
    size_t len = strlen(key);

    if (strncmp(arg, key, len) != 0)
        return false;
    *value = arg + len;
    return true;
}

static int read_rounds(const char *text)
{
    unsigned long n = text ? strtoul(text, NULL, 10) : BENCH_ROUNDS;

    return n < 1 ? 1 : n < BENCH_MOST_ROUNDS ? (int)n : BENCH_MOST_ROUNDS;
}

/* The number of jobs; 0: the arguments are not understood. */
static int read_arguments(int argc, char **argv, struct bench_job *jobs)
{
    static const unsigned usual[] = {1000, 5000, 20000};
    struct bench_project *p = &jobs[0].project;
    const char *rounds = NULL;
    int n = 0;

    for (int i = 1; i < argc; i++)
        if (!take_option(argv[i], "--project=", &p->folder) &&
            !take_option(argv[i], "--cache=", &p->cache) &&
            !take_option(argv[i], "--registry=", &p->registry) &&
            !take_option(argv[i], "--rounds=", &rounds) && n < MOST_JOBS)
            jobs[n++].count = (unsigned)strtoul(argv[i], NULL, 10);
    jobs[0].rounds = read_rounds(rounds);
    if (p->folder || p->cache || p->registry)
        return n == 0 && p->folder && p->cache && p->registry;
    for (size_t i = 0; argc == 1 + (rounds != NULL) && i < sizeof(usual) / sizeof(usual[0]); i++)
        jobs[n++].count = usual[i];
    for (int i = 1; i < n; i++)
        jobs[i].rounds = jobs[0].rounds;
    return n;
}

int main(int argc, char **argv)
{
    static struct bench_job jobs[MOST_JOBS];
    struct cpm_error err = CPM_ERROR_INIT;
    int n = read_arguments(argc, argv, jobs);

    if (n == 0) {
        fprintf(stderr,
                "usage: solve [--rounds=N] [COUNT…] | --project=DIR --cache=DIR --registry=URL\n");
        return 2;
    }
    if (run(jobs, n, &err) < 0) {
        fprintf(stderr, "%s: %s\n", cpm_error_name(err.code), err.text);
        return 1;
    }
    return 0;
}
