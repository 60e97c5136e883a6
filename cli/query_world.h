/* What `cpm query` gives the query engine: package.json files (or the lock's entries) as npm reads
 * them, packuments and advisories. */
#ifndef CPM_CLI_QUERY_WORLD_H
#define CPM_CLI_QUERY_WORLD_H

#include "cli/graph_load.h"
#include "cli/net.h"
#include "look/query.h"
#include "registry/advisories.h"

struct cpm_query_files {
    /* in */
    struct cpm_cli *cli;
    const struct cpm_graph_load *load;
    /* the world's own */
    struct cpm_net net;
    struct cpm_json *lock;      /* --package-lock-only: the lock as it stands */
    struct cpm_json **packages; /* by node of the graph, once asked for */
    struct cpm_map packuments;  /* by name */
    struct cpm_advisories_request request;
    struct cpm_json *answer;
};

/* Fills query->world. To be released in any case. */
void cpm_query_files_init(struct cpm_query_files *files, struct cpm_cli *cli,
                          const struct cpm_graph_load *load, struct cpm_query *query);
void cpm_query_files_release(struct cpm_query_files *files);

#endif
