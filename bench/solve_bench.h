/* One thing to solve, again and again: filled by solve_graph.c (a made-up graph) or solve_project.c
 * (a project whose packuments are in a cache), solved and told by solve_bench.c. */
#ifndef BENCH_SOLVE_BENCH_H
#define BENCH_SOLVE_BENCH_H

#include "cases/tree_world.h"

enum { BENCH_ROUNDS = 9, BENCH_MOST_ROUNDS = 999 };

struct bench_project {
    const char *folder;   /* with a package.json */
    const char *cache;    /* npm's cache folder, as an install of the project left it */
    const char *registry; /* that it was filled from; ends in '/' */
};

struct bench_job {
    struct world world; /* a project uses its names and arena only, both made anew each round */
    struct bench_project project;
    int rounds;
    unsigned count; /* packages of a made-up graph; 0: a project */
    const struct cpm_manifest *root;
    size_t nodes, edges;            /* of the tree */
    double open[BENCH_MOST_ROUNDS]; /* CPU ms of this thread: packuments out of the cache */
    double solve[BENCH_MOST_ROUNDS];
};

double bench_cpu_ms(void);
/* Solves once with everything at hand; the time it took is added to *ms. */
int bench_solve(struct bench_job *job, const struct cpm_tree_source *source, double *ms,
                struct cpm_error *err);
/* A graph of job->count packages, the same on every machine. */
int bench_graph_make(struct bench_job *job, struct cpm_error *err);
/* One round: opens what the project needs, then solves it. */
int bench_project_round(struct bench_job *job, int round, struct cpm_error *err);

#endif
